package io.ztick.scheduler;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/// Jobs by id, hashed with open addressing. A look-up among a million jobs is a walk through memory
/// that no cache holds: without the node that `HashMap` puts between table and job it takes one
/// step less, and each job 32 bytes less.
final class JobTable {
  private static final int FIRST_CAPACITY = 1 << 10;

  /// Secret, so that nobody can choose ids that all hash to one place.
  private static final long KEY = new SecureRandom().nextLong() | 1;

  private @Nullable Job[] slots = new @Nullable Job[FIRST_CAPACITY];
  private int size;

  /// The hash of an id, in this process.
  static int hash(String id) {
    long hash = KEY;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * KEY;
    }
    return (int) (hash >>> 32);
  }

  int size() {
    return size;
  }

  @Nullable Job get(String id) {
    int hash = hash(id);
    int slot = home(hash);
    Job job = slots[slot];
    while (job != null && !job.hasId(id, hash)) {
      slot = next(slot);
      job = slots[slot];
    }
    return job;
  }

  /// Adds a job whose id is not there.
  void add(Job job) {
    if (size >= slots.length / 2) {
      grow();
    }
    size++;
    insert(job);
  }

  /// Takes out a job that is there.
  void remove(Job job) {
    int hole = home(job.hash());
    while (slots[hole] != job) {
      hole = next(hole);
    }
    size--;
    // What follows moves up, unless it would then stand before its home.
    int slot = next(hole);
    Job follower = slots[slot];
    while (follower != null) {
      int home = home(follower.hash());
      if (((slot - home) & (slots.length - 1)) >= ((slot - hole) & (slots.length - 1))) {
        slots[hole] = follower;
        hole = slot;
      }
      slot = next(slot);
      follower = slots[slot];
    }
    slots[hole] = null;
  }

  private void grow() {
    @Nullable Job[] old = slots;
    slots = new @Nullable Job[old.length * 2];
    for (Job job : old) {
      if (job != null) {
        insert(job);
      }
    }
  }

  private void insert(Job job) {
    int slot = home(job.hash());
    while (slots[slot] != null) {
      slot = next(slot);
    }
    slots[slot] = job;
  }

  private int home(int hash) {
    return hash & (slots.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }
}

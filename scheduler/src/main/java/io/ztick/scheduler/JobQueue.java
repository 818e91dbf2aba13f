package io.ztick.scheduler;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Jobs by a time, the earliest first; jobs of the same time in the order of their plans. A heap of
/// four children a node with the times beside the jobs: moving a job to another time touches few
/// cache lines. A job is in one queue at a time, at most, and knows its place there.
final class JobQueue {
  private static final int CHILDREN = 4;

  private long[] times = new long[64];
  private @Nullable Job[] jobs = new @Nullable Job[64];
  private int size;

  int size() {
    return size;
  }

  /// The job with the earliest time.
  @Nullable Job first() {
    return size == 0 ? null : jobs[0];
  }

  /// Adds a job, or moves it to where its new time says.
  void put(Job job, long time) {
    int index = job.queueIndex;
    if (index < 0) {
      if (size == times.length) {
        times = Arrays.copyOf(times, size * 2);
        jobs = Arrays.copyOf(jobs, size * 2);
      }
      index = size++;
    }
    place(index, time, job);
    if (!up(index)) {
      down(index);
    }
  }

  /// The jobs in their order. Each costs the logarithm of how many came before it, whatever the
  /// queue holds; the queue must not change meanwhile.
  Iterator<Job> inOrder() {
    // A node of the heap comes before its children, so only children of what came already can be
    // next.
    var next = new PriorityQueue<Integer>((one, other) -> before(one, other) ? -1 : 1);
    if (size > 0) {
      next.add(0);
    }
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !next.isEmpty();
      }

      @Override
      public Job next() {
        Integer index = next.poll();
        if (index == null) {
          throw new NoSuchElementException();
        }
        int first = index * CHILDREN + 1;
        for (int child = first; child < Math.min(first + CHILDREN, size); child++) {
          next.add(child);
        }
        return job(index);
      }
    };
  }

  /// Takes a job out, if it is in this queue.
  void remove(Job job) {
    int index = job.queueIndex;
    if (index < 0 || index >= size || jobs[index] != job) {
      return;
    }
    job.queueIndex = -1;
    size--;
    Job last = job(size);
    jobs[size] = null;
    if (last != job) {
      place(index, times[size], last);
      if (!up(index)) {
        down(index);
      }
    }
  }

  private boolean up(int start) {
    int index = start;
    long time = times[start];
    Job job = job(start);
    while (index > 0) {
      int parent = (index - 1) / CHILDREN;
      if (!before(time, job, parent)) {
        break;
      }
      place(index, times[parent], job(parent));
      index = parent;
    }
    place(index, time, job);
    return index != start;
  }

  private void down(int start) {
    int index = start;
    long time = times[start];
    Job job = job(start);
    while (true) {
      int child = smallestChild(index);
      if (child < 0 || !before(times[child], job(child), time, job)) {
        break;
      }
      place(index, times[child], job(child));
      index = child;
    }
    place(index, time, job);
  }

  private int smallestChild(int index) {
    int first = index * CHILDREN + 1;
    if (first >= size) {
      return -1;
    }
    int end = Math.min(first + CHILDREN, size);
    int smallest = first;
    for (int child = first + 1; child < end; child++) {
      if (before(times[child], job(child), smallest)) {
        smallest = child;
      }
    }
    return smallest;
  }

  private boolean before(int one, int other) {
    return before(times[one], job(one), other);
  }

  private boolean before(long time, Job job, int other) {
    return before(time, job, times[other], job(other));
  }

  private static boolean before(long time, Job job, long otherTime, Job other) {
    return time < otherTime || (time == otherTime && job.plan() < other.plan());
  }

  private void place(int index, long time, Job job) {
    times[index] = time;
    jobs[index] = job;
    job.queueIndex = index;
  }

  private Job job(int index) {
    Job job = jobs[index];
    if (job == null) {
      throw new AssertionError("a hole in the heap at " + index);
    }
    return job;
  }
}

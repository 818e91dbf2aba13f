package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/// What one client has sent and what it was told, kept outside the server.
///
/// The lines of one connection are executed in order, and whatever ends the server keeps a first
/// part of them. So the state found later is the one after so many steps for some number: at least
/// those that were answered, and those whose effect somebody else was told of.
final class Ledger {
  private final Map<String, String> base = new HashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private int answered;
  private long seen = -1;

  synchronized void send(Step step) {
    steps.add(step);
  }

  /// Takes the answer to the oldest step without one.
  synchronized Step answer(String line) {
    Step step = steps.get(answered);
    assertThat(step.isAnsweredBy(line)).as("%s for %s", line, step).isTrue();
    answered++;
    return step;
  }

  /// Somebody was told of the step with this number.
  synchronized void see(long number) {
    seen = Math.max(seen, number);
  }

  synchronized int unanswered() {
    return steps.size() - answered;
  }

  synchronized int answered() {
    return answered;
  }

  /// How many of the answered steps are changes.
  synchronized long acknowledgedChanges() {
    return steps.subList(0, answered).stream().filter(step -> !step.key().isEmpty()).count();
  }

  /// How many steps lead to this state: the smallest number that is at least `least`.
  synchronized int kept(Map<String, String> actual, int least) {
    Map<String, String> state = after(base, steps, least);
    String difference = difference(state, actual);
    int count = least;
    while (!state.equals(actual)) {
      if (count == steps.size()) {
        throw new AssertionError(
            "no number of steps from %d to %d leads to what is there; %s\nlater steps: %s"
                .formatted(least, count, difference, steps.subList(least, count)));
      }
      steps.get(count++).apply(state);
    }
    return count;
  }

  /// Goes on from what is there after a crash.
  synchronized void resume(Map<String, String> actual) {
    long told = steps.stream().filter(step -> step.number() <= seen).count();
    kept(actual, Math.max(answered, Math.toIntExact(told)));
    base.clear();
    base.putAll(actual);
    steps.clear();
    answered = 0;
  }

  /// The state when everything that was sent is done.
  synchronized Map<String, String> state() {
    return after(base, steps, steps.size());
  }

  /// The state after the first so many steps.
  static Map<String, String> after(Map<String, String> base, List<Step> steps, int count) {
    Map<String, String> state = new HashMap<>(base);
    steps.subList(0, count).forEach(step -> step.apply(state));
    return state;
  }

  private static String difference(Map<String, String> expected, Map<String, String> actual) {
    TreeSet<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    List<String> found = new ArrayList<>();
    for (String key : keys) {
      if (!Objects.equals(expected.get(key), actual.get(key))) {
        found.add(
            "%s: acknowledged %s, there %s".formatted(key, expected.get(key), actual.get(key)));
      }
    }
    return String.join("; ", found);
  }
}

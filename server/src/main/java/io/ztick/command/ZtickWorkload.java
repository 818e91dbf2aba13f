package io.ztick.command;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Requests to a ztick server, a mix of {@link Request}s about jobs `<prefix><nine digits>`.
final class ZtickWorkload implements Workload {
  /// Where the digits of a request id begin.
  private static final int ID_DIGITS = 1;

  private static final int NEIGHBOURS = 1000;
  private static final int SECOND_NANOS = 1_000_000_000;

  /// How far ahead {@link Request#FIRE} plans, at most.
  private static final int FIRE_NANOS = 2 * SECOND_NANOS;

  /// Of a job, and of each half of a time.
  private static final int DIGITS = 9;

  private final List<Request> kinds = new ArrayList<>();
  private final List<byte[]> templates = new ArrayList<>();

  /// The index of a kind, as often as its weight says.
  private final byte[] choice;

  private final KeySpace keys;
  private final InstantSource clock;

  /// Where the digits of a job begin in each template.
  private final int[] keyAt;

  /// Whether each job is set once, in a shuffled order.
  private final boolean walking;

  private final int maxRequestBytes;
  private int kind;
  private int number;

  private ZtickWorkload(
      Mix mix, String prefix, KeySpace keys, InstantSource clock, boolean walking) {
    this.keys = keys;
    this.clock = clock;
    this.walking = walking;
    this.choice = new byte[mix.totalWeight()];
    this.keyAt = new int[mix.parts().size()];
    int chosen = 0;
    int longest = 0;
    for (Mix.Part part : mix.parts()) {
      for (int i = 0; i < part.weight(); i++) {
        choice[chosen++] = (byte) kinds.size();
      }
      byte[] template = part.request().template(prefix);
      keyAt[kinds.size()] = part.request().tailAt(prefix);
      longest = Math.max(longest, template.length);
      kinds.add(part.request());
      templates.add(template);
    }
    this.maxRequestBytes = longest;
  }

  /// Any of the jobs, again and again.
  static ZtickWorkload of(Mix mix, String prefix, KeySpace keys, InstantSource clock) {
    return new ZtickWorkload(mix, prefix, keys, clock, false);
  }

  /// Sets each of the jobs once, in a shuffled order.
  static ZtickWorkload filling(String prefix, KeySpace keys, InstantSource clock) {
    return new ZtickWorkload(Mix.only(Request.SET), prefix, keys, clock, true);
  }

  @Override
  public List<String> kinds() {
    return kinds.stream().map(kind -> kind.name().toLowerCase(Locale.ROOT)).toList();
  }

  @Override
  public int maxRequestBytes() {
    return maxRequestBytes;
  }

  @Override
  public int next() {
    kind = choice.length == 1 ? choice[0] : choice[keys.below(choice.length)];
    return kind;
  }

  @Override
  public int compose(byte[] to, int at) {
    byte[] template = templates.get(kind);
    System.arraycopy(template, 0, to, at, template.length);
    Digits.nine(to, at + ID_DIGITS, number);
    number = number + 1 < Digits.NINE_BOUND ? number + 1 : 0;
    int key = at + keyAt[kind];
    int end = at + template.length;
    switch (kinds.get(kind)) {
      case SET -> {
        Digits.nine(to, key, walking ? keys.walk() : keys.any());
        Digits.nine(to, end - 1 - DIGITS, keys.below(Digits.NINE_BOUND));
      }
      case GET -> Digits.nine(to, key, keys.any());
      case QUERY -> Digits.six(to, key, keys.any() / NEIGHBOURS);
      case FIRE -> {
        Digits.nine(to, key, keys.any());
        soon(to, end - 1 - 2 * DIGITS);
      }
      case DUE, PING -> {}
    }
    return end;
  }

  @Override
  public AnswerReader answers() {
    return new ZtickAnswers();
  }

  /// A moment within two seconds from now.
  private void soon(byte[] to, int at) {
    Instant now = clock.instant();
    long nanos = now.getNano() + (long) keys.below(FIRE_NANOS);
    long seconds = now.getEpochSecond() + nanos / SECOND_NANOS;
    to[at - 1] = (byte) ('0' + seconds / Digits.NINE_BOUND);
    Digits.nine(to, at, (int) (seconds % Digits.NINE_BOUND));
    Digits.nine(to, at + DIGITS, (int) (nanos % SECOND_NANOS));
  }
}

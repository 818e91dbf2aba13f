package io.ztick.scheduler;

/// How a run ended.
///
/// @param success whether the job becomes `executed`; otherwise it becomes `failed`
/// @param text what `SHOW` prints: `ok`, `exit 3`, `signal 9`, `timeout`, `status 503`, `no rule`
///   or a short reason of at most {@value #MAX_CHARS} characters
public record Outcome(boolean success, String text) {

  /// Longest text in UTF-16 units; a longer reason is cut.
  public static final int MAX_CHARS = 200;

  /// The run did what its rule asked for.
  public static final Outcome OK = new Outcome(true, "ok");

  /// The run was ended because `[runs] timeout` had passed.
  public static final Outcome TIMEOUT = failed("timeout");

  /// The job became due and no rule matched it; there was no run.
  public static final Outcome NO_RULE = failed("no rule");

  public Outcome {
    if (text.length() > MAX_CHARS) {
      boolean inPair = Character.isHighSurrogate(text.charAt(MAX_CHARS - 1));
      text = text.substring(0, inPair ? MAX_CHARS - 1 : MAX_CHARS);
    }
  }

  /// A process ended by itself with this exit code; 0 is {@link #OK}.
  public static Outcome exit(int code) {
    return code == 0 ? OK : failed("exit " + code);
  }

  /// A process was ended by this signal, which was not ours.
  public static Outcome signal(int number) {
    return failed("signal " + number);
  }

  /// An HTTP call was answered with this status; 200 to 299 are {@link #OK}.
  public static Outcome status(int code) {
    return code >= 200 && code <= 299 ? OK : failed("status " + code);
  }

  /// The run failed for a reason of its own, such as `cannot start: …`.
  public static Outcome failed(String reason) {
    return new Outcome(false, reason);
  }
}

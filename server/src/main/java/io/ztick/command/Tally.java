package io.ztick.command;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Counts the answers of a {@link Load}. Confined to the thread that runs it.
public final class Tally {
  private static final int MAX_ERROR_BYTES = 512;

  private final long[] errors;
  private final long[] rows;

  /// Answers to each kind of request since the last look.
  private final int[] fresh;

  private byte[] kinds = {};
  private int answered;
  private int expected;
  private @Nullable String firstError;
  private boolean frozen;

  Tally(int kinds) {
    errors = new long[kinds];
    rows = new long[kinds];
    fresh = new int[kinds];
  }

  /// Counts a row of an answer that is not complete yet.
  ///
  /// @throws ProtocolException when no answer is expected
  public void row() throws ProtocolException {
    int kind = kind();
    if (!frozen) {
      rows[kind]++;
    }
  }

  /// Counts the end of an answer.
  ///
  /// @throws ProtocolException when no answer is expected
  public void answer() throws ProtocolException {
    fresh[kind()]++;
    answered++;
  }

  /// Counts an answer that refuses, and keeps the text of the first one.
  ///
  /// @throws ProtocolException when no answer is expected
  public void error(byte[] bytes, int from, int to) throws ProtocolException {
    keep(bytes, from, to);
    int kind = kind();
    if (!frozen) {
      errors[kind]++;
    }
    answer();
  }

  /// Keeps the text of the first refusal, and counts nothing.
  public void keep(byte[] bytes, int from, int to) {
    if (firstError == null) {
      int end = Math.min(to, from + MAX_ERROR_BYTES);
      firstError = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
  }

  /// Goes on with the answers of another connection.
  ///
  /// @param kindsInFlight of each of its requests
  void resume(byte[] kindsInFlight, int answeredBefore, int requests) {
    kinds = kindsInFlight;
    answered = answeredBefore;
    expected = requests;
  }

  /// How many requests of the connection are answered.
  int answered() {
    return answered;
  }

  /// Answers to requests of this kind since the last call.
  int takeFresh(int kind) {
    int count = fresh[kind];
    fresh[kind] = 0;
    return count;
  }

  /// Counts no row and no refusal from now on.
  void freeze() {
    frozen = true;
  }

  long errors(int kind) {
    return errors[kind];
  }

  long rows(int kind) {
    return rows[kind];
  }

  Optional<String> firstError() {
    return Optional.ofNullable(firstError);
  }

  private int kind() throws ProtocolException {
    if (answered == expected) {
      throw new ProtocolException("there are more answers than requests");
    }
    return kinds[answered];
  }
}

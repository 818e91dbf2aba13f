package io.ztick.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Composes the answers of a turn, line by line, in one growing buffer. A word is quoted whenever
/// it would not come back as itself when the line is split by the rules of the wire page. Confined
/// to its caller's thread.
public final class Answers {

  /// The most bytes of a client's word that a sentence repeats.
  static final int MAX_SHOWN_BYTES = 64;

  private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ERROR = "ERROR".getBytes(StandardCharsets.US_ASCII);

  private final LineWriter lines;

  /// For each answer that has been composed to its end: where its last line begins, and where its
  /// `OK` or `ERROR`.
  private int[] marks = new int[16];

  private int markCount;

  /// @param capacity the bytes to begin with
  public Answers(int capacity) {
    this.lines = new LineWriter(capacity);
  }

  /// The composed bytes, from 0 to {@link #length()}. Valid until the next call that adds.
  public byte[] bytes() {
    return lines.bytes();
  }

  /// How many bytes have been composed.
  public int length() {
    return lines.length();
  }

  /// Forgets what has been composed.
  public void clear() {
    lines.truncate(0);
    markCount = 0;
  }

  /// The answers whose last line has been composed, for {@link #instead}.
  public int[] marks() {
    return Arrays.copyOf(marks, markCount);
  }

  /// Composes an error for each of some answers: what was to be said can no longer be said.
  ///
  /// @param composed holds the answers
  /// @param answers what {@link #marks()} said of them
  public void instead(byte[] composed, int[] answers, ErrorCode code, String sentence) {
    for (int i = 0; i < answers.length; i += 2) {
      int from = answers[i];
      int idLength = answers[i + 1] - from;
      lines.copy(composed, from, idLength);
      error(null, code, sentence);
    }
  }

  /// The line `[<request id> ]OK`.
  public void ok(@Nullable String requestId) {
    beginLast(requestId).raw(OK).end();
  }

  /// The line `[<request id> ]ERROR <code> <sentence>`; an empty sentence is left out.
  public void error(@Nullable String requestId, ErrorCode code, String sentence) {
    beginLast(requestId).raw(ERROR).text(code.word());
    if (!sentence.isEmpty()) {
      text(sentence);
    }
    end();
  }

  /// The row `[<request id> ]<key> <value>`.
  public void row(@Nullable String requestId, String key, String value) {
    begin(requestId).first(key).word(value).end();
  }

  /// The row `[<request id> ]<key> <value>`.
  public void row(@Nullable String requestId, String key, long value) {
    begin(requestId).first(key).number(value).end();
  }

  /// Begins a line.
  public Answers begin(@Nullable String requestId) {
    lines.begin();
    if (requestId != null) {
      word(requestId);
    }
    return this;
  }

  /// Begins the final line of an answer that says more than `OK`.
  public Answers beginOk(@Nullable String requestId) {
    return beginLast(requestId).raw(OK);
  }

  /// The line `[<request id> ]OK` for a line of the plain form.
  public void okTo(PlainLine line) {
    beginOkTo(line).end();
  }

  /// Begins the final line of an answer to a line of the plain form.
  public Answers beginOkTo(PlainLine line) {
    mark();
    lines.begin();
    int length = line.idTo() - line.idFrom();
    if (length > 0) {
      lines.bare(line.bytes(), line.idFrom(), length);
    }
    markOk(length == 0);
    return raw(OK);
  }

  private Answers beginLast(@Nullable String requestId) {
    mark();
    begin(requestId);
    markOk(requestId == null);
    return this;
  }

  /// An answer's last line begins here.
  private void mark() {
    if (markCount == marks.length) {
      marks = Arrays.copyOf(marks, markCount * 2);
    }
    marks[markCount++] = lines.length();
  }

  /// Its `OK` or `ERROR` comes next.
  private void markOk(boolean isFirstWord) {
    marks[markCount++] = isFirstWord ? lines.length() : lines.length() + 1;
  }

  /// Adds the first word of a row, which must not be taken for the end of the listing.
  public Answers first(String word) {
    if (word.equals("OK") || word.equals("ERROR")) {
      lines.quoted(word);
      return this;
    }
    return word(word);
  }

  /// Adds the first word of a row, which must not be taken for the end of the listing.
  ///
  /// @param source holds the word, in UTF-8
  /// @param from where it begins
  /// @param to where it ends
  public Answers first(byte[] source, int from, int to) {
    if (isWord(OK, source, from, to) || isWord(ERROR, source, from, to)) {
      return first(new String(source, from, to - from, StandardCharsets.UTF_8));
    }
    lines.word(source, from, to);
    return this;
  }

  private static boolean isWord(byte[] word, byte[] source, int from, int to) {
    return Arrays.equals(word, 0, word.length, source, from, to);
  }

  /// Adds a word, quoted if it needs to be.
  public Answers word(String word) {
    lines.word(word);
    return this;
  }

  /// Adds a number.
  public Answers number(long value) {
    lines.number(value);
    return this;
  }

  /// Adds text that is already in the form of words.
  public Answers text(String text) {
    lines.text(text);
    return this;
  }

  /// Ends the line.
  public void end() {
    lines.end();
  }

  /// A client's word as a sentence repeats it: quoted, and cut to {@value #MAX_SHOWN_BYTES} bytes.
  public static String shown(String word) {
    return LineWriter.inQuotes(cut(word));
  }

  private static String cut(String word) {
    int bytes = 0;
    int end = 0;
    while (end < word.length()) {
      int codePoint = word.codePointAt(end);
      bytes += utf8Bytes(codePoint);
      if (bytes > MAX_SHOWN_BYTES) {
        return word.substring(0, end);
      }
      end += Character.charCount(codePoint);
    }
    return word;
  }

  private static int utf8Bytes(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    }
    if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }

  private Answers raw(byte[] text) {
    lines.raw(text);
    return this;
  }
}

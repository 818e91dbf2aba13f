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
  private static final byte[] ERROR = "ERROR ".getBytes(StandardCharsets.US_ASCII);
  private static final int LONGEST_LONG = 20;

  private byte[] bytes;
  private int length;

  /// Whether the line being composed has a word already.
  private boolean inLine;

  /// For each answer that has been composed to its end: where its last line begins, and where its
  /// `OK` or `ERROR`.
  private int[] marks = new int[16];

  private int markCount;

  /// @param capacity the bytes to begin with
  public Answers(int capacity) {
    this.bytes = new byte[capacity];
  }

  /// The composed bytes, from 0 to {@link #length()}. Valid until the next call that adds.
  public byte[] bytes() {
    return bytes;
  }

  /// How many bytes have been composed.
  public int length() {
    return length;
  }

  /// Forgets what has been composed.
  public void clear() {
    length = 0;
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
      reserve(idLength);
      System.arraycopy(composed, from, bytes, length, idLength);
      length += idLength;
      error(null, code, sentence);
    }
  }

  /// The line `[<request id> ]OK`.
  public void ok(@Nullable String requestId) {
    beginLast(requestId).raw(OK).end();
  }

  /// The line `[<request id> ]ERROR <code> <sentence>`; an empty sentence is left out.
  public void error(@Nullable String requestId, ErrorCode code, String sentence) {
    beginLast(requestId).raw(ERROR).append(code.word());
    if (!sentence.isEmpty()) {
      space();
      append(sentence);
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
    inLine = false;
    if (requestId != null) {
      word(requestId);
    }
    return this;
  }

  /// Begins the final line of an answer that says more than `OK`.
  public Answers beginOk(@Nullable String requestId) {
    return beginLast(requestId).raw(OK);
  }

  private Answers beginLast(@Nullable String requestId) {
    if (markCount == marks.length) {
      marks = Arrays.copyOf(marks, markCount * 2);
    }
    marks[markCount++] = length;
    begin(requestId);
    marks[markCount++] = requestId == null ? length : length + 1;
    return this;
  }

  /// Adds the first word of a row, which must not be taken for the end of the listing.
  public Answers first(String word) {
    if (word.equals("OK") || word.equals("ERROR")) {
      separate();
      appendQuoted(word);
      return this;
    }
    return word(word);
  }

  /// Adds a word, quoted if it needs to be.
  public Answers word(String word) {
    separate();
    if (isBare(word)) {
      appendAscii(word);
    } else {
      appendWord(word);
    }
    return this;
  }

  /// Adds a number.
  public Answers number(long value) {
    separate();
    reserve(LONGEST_LONG);
    appendDecimal(value);
    return this;
  }

  /// Adds text that is already in the form of words.
  public Answers text(String text) {
    separate();
    append(text);
    return this;
  }

  /// Ends the line.
  public void end() {
    reserve(1);
    bytes[length++] = '\n';
  }

  /// A client's word as a sentence repeats it: quoted, and cut to {@value #MAX_SHOWN_BYTES} bytes.
  public static String shown(String word) {
    return quoted(cut(word));
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

  private static String quoted(String word) {
    var text = new StringBuilder(word.length() + 2).append('"');
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            text.append("\\u{").append(Integer.toHexString(c)).append('}');
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.append('"').toString();
  }

  private static boolean needsQuotes(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == ' ' || c == '"' || c == '\\' || Character.isISOControl(c)) {
        return true;
      }
    }
    return word.isEmpty();
  }

  /// Whether the word is made of ASCII that stands for itself: the case of nearly every word.
  private static boolean isBare(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') {
        return false;
      }
    }
    return !word.isEmpty();
  }

  private void separate() {
    if (inLine) {
      space();
    }
    inLine = true;
  }

  private void space() {
    reserve(1);
    bytes[length++] = ' ';
  }

  private Answers raw(byte[] text) {
    separate();
    reserve(text.length);
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
    return this;
  }

  private void appendWord(String word) {
    if (needsQuotes(word)) {
      appendQuoted(word);
    } else {
      append(word);
    }
  }

  private void appendQuoted(String word) {
    append(quoted(word));
  }

  private void append(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    reserve(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
  }

  private void appendAscii(String word) {
    reserve(word.length());
    for (int i = 0; i < word.length(); i++) {
      bytes[length++] = (byte) word.charAt(i);
    }
  }

  private void appendDecimal(long value) {
    if (value < 0) {
      append(Long.toString(value));
      return;
    }
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    int end = length + digits;
    long rest = value;
    for (int i = end - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length = end;
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}

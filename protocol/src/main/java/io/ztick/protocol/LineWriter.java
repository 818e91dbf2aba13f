package io.ztick.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes lines, word by word, into one growing buffer. A word is quoted whenever it would not come
/// back as itself when the line is split by the rules of the wire page. Confined to its caller's
/// thread.
///
/// ```
/// writer.begin().number(7).text("SET").word(job).number(nanos).end();
/// ```
public final class LineWriter {
  private static final int LONGEST_LONG = 20;

  private byte[] bytes;
  private int length;

  /// Whether the line being written has a word already.
  private boolean inLine;

  /// @param capacity the bytes to begin with
  public LineWriter(int capacity) {
    this.bytes = new byte[capacity];
  }

  /// The written bytes, from 0 to {@link #length()}. Valid until the next call that adds.
  public byte[] bytes() {
    return bytes;
  }

  /// How many bytes have been written.
  public int length() {
    return length;
  }

  /// Forgets what has been written behind so many bytes.
  public void truncate(int bytesToKeep) {
    length = bytesToKeep;
    inLine = false;
  }

  /// Begins a line.
  public LineWriter begin() {
    inLine = false;
    return this;
  }

  /// Adds a word, quoted if it needs to be.
  public LineWriter word(String word) {
    separate();
    if (isBare(word)) {
      appendAscii(word);
    } else {
      append(needsQuotes(word) ? inQuotes(word) : word);
    }
    return this;
  }

  /// Adds a word, quoted if it needs to be.
  ///
  /// @param source holds the word, in UTF-8
  /// @param from where it begins
  /// @param to where it ends
  public LineWriter word(byte[] source, int from, int to) {
    return isBare(source, from, to)
        ? bare(source, from, to - from)
        : word(new String(source, from, to - from, StandardCharsets.UTF_8));
  }

  /// Adds a word in quotes, whatever it holds.
  public LineWriter quoted(String word) {
    separate();
    append(inQuotes(word));
    return this;
  }

  /// Adds a number.
  public LineWriter number(long value) {
    separate();
    reserve(LONGEST_LONG);
    appendDecimal(value);
    return this;
  }

  /// Adds text that is already in the form of words.
  public LineWriter text(String text) {
    separate();
    append(text);
    return this;
  }

  /// Adds bytes that are already in the form of words.
  LineWriter raw(byte[] text) {
    return bare(text, 0, text.length);
  }

  /// Adds bytes that are already in the form of words.
  LineWriter bare(byte[] source, int from, int count) {
    separate();
    copy(source, from, count);
    return this;
  }

  /// Adds bytes that are whole lines, or the beginning of one that ends in a space.
  public void copy(byte[] source, int from, int count) {
    reserve(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
  }

  /// Ends the line.
  public void end() {
    reserve(1);
    bytes[length++] = '\n';
  }

  static String inQuotes(String word) {
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

  private static boolean isBare(byte[] source, int from, int to) {
    for (int at = from; at < to; at++) {
      byte each = source[at];
      // What is not ASCII is negative.
      if (each <= ' ' || each == 0x7f || each == '"' || each == '\\') {
        return false;
      }
    }
    return from < to;
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

  private void append(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    copy(encoded, 0, encoded.length);
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

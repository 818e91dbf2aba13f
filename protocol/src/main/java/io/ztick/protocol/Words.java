package io.ztick.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The words of one line, by the rules of the wire page (section Lines). Reused from line to line;
/// confined to its caller's thread. The words before a fault are there too.
public final class Words {
  private byte[] line = {};
  private int count;

  /// Where the content of each word begins and ends in the line, quotes not counted.
  private int[] from = new int[16];

  private int[] to = new int[16];

  /// Whether a word was quoted and holds a backslash.
  private boolean[] escaped = new boolean[16];

  /// Where the raw text behind the first word begins, quotes counted.
  private int firstWordEnd;

  private @Nullable String fault;
  private boolean isText;

  private final CharsetDecoder strict =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  /// Splits a line, which must stay as it is for as long as the words are asked for.
  public void split(byte[] bytes, int start, int end) {
    line = bytes;
    count = 0;
    firstWordEnd = end;
    fault = null;
    isText = true;
    int i = start;
    while (i < end) {
      byte b = bytes[i];
      if (b == ' ') {
        i++;
        continue;
      }
      int next = b == '"' ? quoted(i, end) : bare(i, end);
      if (next < 0) {
        fault = "the quote has no end";
        break;
      }
      i = next;
      if (count == 1) {
        firstWordEnd = i;
      }
    }
    if (!isPlain(start, end)) {
      dropWhatIsNoText(start, end);
    }
  }

  /// Splits the beginning of a line whose rest is not there, so that a last word which may go on
  /// does not count.
  void splitBeginning(byte[] bytes, int start, int end) {
    split(bytes, start, end);
    if (count > 0 && to[count - 1] == end) {
      count--;
    }
  }

  /// How many words there are.
  int count() {
    return count;
  }

  /// What is wrong with the line, if anything: then the words are those complete before the fault.
  public @Nullable String fault() {
    return fault;
  }

  /// Whether the whole line is UTF-8 without a NUL.
  boolean isText() {
    return isText;
  }

  @Nullable Verb verb(int index) {
    if (escaped[index]) {
      byte[] name = text(index).getBytes(StandardCharsets.UTF_8);
      return Verb.of(name, 0, name.length);
    }
    return Verb.of(line, from[index], to[index]);
  }

  /// The content of a word, its quotes and escapes resolved.
  String text(int index) {
    return escaped[index]
        ? unescaped(from[index], to[index])
        : new String(line, from[index], to[index] - from[index], StandardCharsets.UTF_8);
  }

  /// All words from `first` on.
  public List<String> texts(int first) {
    List<String> texts = new ArrayList<>(count - first);
    for (int i = first; i < count; i++) {
      texts.add(text(i));
    }
    return texts;
  }

  /// Whether the word is all digits and few enough of them that {@link #decimal} cannot overflow.
  boolean isDecimal(int index) {
    int length = to[index] - from[index];
    if (length < 1 || length > 19) {
      return false;
    }
    for (int i = from[index]; i < to[index]; i++) {
      if (line[i] < '0' || line[i] > '9') {
        return false;
      }
    }
    // The largest long has 19 digits and starts with 922.
    return length < 19 || line[from[index]] < '9';
  }

  /// The value of a word for which {@link #isDecimal} holds: the way of nearly every `SET`, without
  /// a `String`.
  long decimal(int index) {
    long value = 0;
    for (int i = from[index]; i < to[index]; i++) {
      value = value * 10 + (line[i] - '0');
    }
    return value;
  }

  /// The raw bytes behind the first word, without outer spaces.
  byte[] rawRest(int end) {
    int start = firstWordEnd;
    int stop = end;
    while (start < stop && line[start] == ' ') {
      start++;
    }
    while (stop > start && line[stop - 1] == ' ') {
      stop--;
    }
    return Arrays.copyOfRange(line, start, stop);
  }

  /// Whether the line is its first word and exactly one complete quoted word.
  boolean restIsOneQuotedWord() {
    return fault == null && count == 2 && line[from[1] - 1] == '"';
  }

  private int bare(int start, int end) {
    int i = start;
    while (i < end && line[i] != ' ' && line[i] != '"') {
      i++;
    }
    add(start, i, false);
    return i;
  }

  /// The index behind the closing quote, or -1 when there is none.
  private int quoted(int opening, int end) {
    boolean backslash = false;
    for (int i = opening + 1; i < end; i++) {
      if (line[i] == '"') {
        add(opening + 1, i, backslash);
        return i + 1;
      }
      if (line[i] == '\\') {
        backslash = true;
        i++;
      }
    }
    return -1;
  }

  private void add(int start, int end, boolean hasEscapes) {
    if (count == from.length) {
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
      escaped = Arrays.copyOf(escaped, count * 2);
    }
    from[count] = start;
    to[count] = end;
    escaped[count] = hasEscapes;
    count++;
  }

  /// Keeps only the words before the first byte that is a NUL or no UTF-8.
  private void dropWhatIsNoText(int start, int end) {
    int bad = firstNoText(start, end);
    if (bad == end) {
      return;
    }
    isText = false;
    int complete = 0;
    while (complete < count && to[complete] <= bad) {
      complete++;
    }
    // An unterminated quote that begins before the bad byte is the earlier fault; it was found
    // already.
    boolean earlier = fault != null && complete == count;
    count = complete;
    if (!earlier) {
      fault = line[bad] == 0 ? "the line holds a NUL" : "the line is not UTF-8";
    }
  }

  private boolean isPlain(int start, int end) {
    for (int i = start; i < end; i++) {
      if (line[i] <= 0) {
        return false;
      }
    }
    return true;
  }

  private int firstNoText(int start, int end) {
    CharBuffer sink = CharBuffer.allocate(end - start);
    ByteBuffer source = ByteBuffer.wrap(line, start, end - start);
    strict.reset();
    CoderResult result = strict.decode(source, sink, true);
    int good = result.isError() ? source.position() : end;
    for (int i = start; i < good; i++) {
      if (line[i] == 0) {
        return i;
      }
    }
    return good;
  }

  private String unescaped(int start, int end) {
    String raw = new String(line, start, end - start, StandardCharsets.UTF_8);
    var text = new StringBuilder(raw.length());
    int i = 0;
    while (i < raw.length()) {
      char c = raw.charAt(i++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      c = raw.charAt(i++);
      switch (c) {
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> i = appendUnicode(raw, i, text);
        default -> text.append(c);
      }
    }
    return text.toString();
  }

  /// Reads `{hex}` at `i`. What is not a character in this form is the plain letter `u`, like any
  /// other letter behind a backslash.
  private static int appendUnicode(String raw, int i, StringBuilder text) {
    int close = i + 1;
    // Only over the digits: a line full of openings is not searched to its end for each of them.
    while (close < raw.length() && HexFormat.isHexDigit(raw.charAt(close))) {
      close++;
    }
    boolean complete = raw.startsWith("{", i) && raw.startsWith("}", close);
    int codePoint = complete ? scalar(raw, i + 1, close) : -1;
    if (codePoint < 0) {
      text.append('u');
      return i;
    }
    text.appendCodePoint(codePoint);
    return close + 1;
  }

  private static int scalar(String raw, int start, int end) {
    if (start == end) {
      return -1;
    }
    int value = 0;
    for (int i = start; i < end; i++) {
      value = value * 16 + HexFormat.fromHexDigit(raw.charAt(i));
      if (value > Character.MAX_CODE_POINT) {
        return -1;
      }
    }
    boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
    return surrogate ? -1 : value;
  }
}

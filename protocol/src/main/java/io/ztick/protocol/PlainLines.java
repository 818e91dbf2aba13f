package io.ztick.protocol;

import org.jspecify.annotations.Nullable;

/// The plain lines at the beginning of what a decoder holds, read ahead of their turn, so that what
/// they name can be fetched from memory for all of them at once. The decoder is moved on line by
/// line. Reused; confined to its caller's thread.
///
/// ```
/// lines.read(decoder);
/// for (int i = 0; i < lines.count(); i++) { … lines.get(i) … }      // look at them
/// for (var line = lines.next(decoder); line != null; … ) { … }      // answer them
/// ```
public final class PlainLines {
  private final PlainLine[] lines;
  private int count;
  private int next;

  /// @param max how many to read at a time
  public PlainLines(int max) {
    lines = new PlainLine[max];
    for (int i = 0; i < max; i++) {
      lines[i] = new PlainLine();
    }
  }

  /// Reads the lines in front of the first one that is not plain, or not complete, or too long.
  /// Forgets those read before.
  public void read(LineDecoder decoder) {
    next = 0;
    count = 0;
    int from = decoder.position();
    int lineFeed = decoder.lineFeed(from);
    while (lineFeed >= 0 && lines[count].read(decoder.bytes(), from, lineFeed)) {
      count++;
      from = lineFeed + 1;
      lineFeed = count < lines.length ? decoder.lineFeed(from) : -1;
    }
  }

  /// How many lines were read.
  public int count() {
    return count;
  }

  /// One of the lines that were read, taken or not.
  public PlainLine get(int index) {
    return lines[index];
  }

  /// Takes the next line from the decoder that it was read from. It is good until lines are read
  /// again.
  ///
  /// @return nothing when all that were read have been taken
  public @Nullable PlainLine next(LineDecoder decoder) {
    if (next == count) {
      return null;
    }
    PlainLine line = lines[next++];
    decoder.skipTo(line.behind());
    return line;
  }

  /// Forgets what was read and not taken: the decoder has it still.
  public void forget() {
    next = count;
  }
}

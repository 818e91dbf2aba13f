package io.ztick.protocol;

/// Cuts a stream of bytes into lines and keeps each within a limit. Holds at most one limit's worth
/// of an unfinished line; what is behind the limit is skipped without being stored. Confined to its
/// caller's thread.
///
/// ```
/// decoder.offer(bytes, 0, n);
/// while (decoder.next() != NOTHING) { … decoder.from() … decoder.to() … }
/// decoder.retain();                      // only now may the caller reuse its array
/// ```
public final class LineDecoder {

  /// What {@link #next()} found.
  public enum Found {
    /// A line, from {@link #from()} to {@link #to()} without its line feed and without a CR right
    /// before it.
    LINE,
    /// The beginning of a line that is longer than the limit. The rest of it will be skipped.
    TOO_LONG,
    /// No complete line is left.
    NOTHING
  }

  private static final byte[] EMPTY = {};

  private int maxLineBytes;
  private byte[] bytes = EMPTY;

  /// Whether `bytes` is ours to write to; otherwise it is lent by the caller.
  private boolean owned = true;

  private int position;
  private int limit;

  /// Everything from `position` to here has been searched for a line feed.
  private int searched;

  private boolean skipping;
  private int from;
  private int to;

  /// @param maxLineBytes the longest line, its line feed included
  public LineDecoder(int maxLineBytes) {
    this.maxLineBytes = maxLineBytes;
  }

  /// Sets the longest line, its line feed included, for all lines not yet found.
  public void maxLineBytes(int limit) {
    this.maxLineBytes = limit;
  }

  /// Adds bytes behind what is there. They are lent until {@link #retain()}.
  public void offer(byte[] source, int start, int end) {
    if (position == limit) {
      bytes = source;
      owned = false;
      position = start;
      limit = end;
      searched = start;
    } else {
      append(source, start, end);
    }
  }

  /// Makes what is left independent of the array that was offered last.
  public void retain() {
    if (position == limit) {
      bytes = EMPTY;
      owned = true;
      position = 0;
      limit = 0;
      searched = 0;
    } else if (!owned) {
      own(0);
    }
  }

  /// Looks for the next line.
  public Found next() {
    if (skipping && !skipped()) {
      return Found.NOTHING;
    }
    int end = Math.min(limit, position + maxLineBytes);
    int lineFeed = EightBytes.lineFeed(bytes, searched, end);
    if (lineFeed < end) {
      take(lineFeed);
      return Found.LINE;
    }
    searched = Math.max(searched, end);
    if (limit - position < maxLineBytes) {
      return Found.NOTHING;
    }
    from = position;
    to = position + maxLineBytes;
    position = to;
    searched = to;
    skipping = true;
    return Found.TOO_LONG;
  }

  /// Takes what stands behind the last line feed, at the end of the input, as {@link #from()} to
  /// {@link #to()}.
  ///
  /// @return whether there is anything; the rest of a line that was too long does not count
  public boolean takeUnfinished() {
    if (skipping || position == limit) {
      return false;
    }
    from = position;
    to = limit;
    position = limit;
    searched = limit;
    return true;
  }

  /// How many bytes are kept for what is left.
  public int keptBytes() {
    return owned ? bytes.length : 0;
  }

  /// Whether bytes are left that {@link #next()} has not looked at.
  public boolean hasMore() {
    return searched < limit;
  }

  /// Forgets what is left, for a connection that will execute nothing more.
  public void clear() {
    position = limit;
    searched = limit;
    retain();
  }

  /// Where the next line begins.
  int position() {
    return position;
  }

  /// The line feed of a line that begins at a place; -1 when it has none yet, or is too long.
  int lineFeed(int start) {
    int end = Math.min(limit, start + maxLineBytes);
    int lineFeed = skipping ? end : EightBytes.lineFeed(bytes, start, end);
    return lineFeed == end ? -1 : lineFeed;
  }

  /// Takes all lines that end in front of a place.
  void skipTo(int place) {
    position = place;
    searched = place;
  }

  /// The array that holds the line found last.
  public byte[] bytes() {
    return bytes;
  }

  /// Where the line found last begins.
  public int from() {
    return from;
  }

  /// Where the line found last ends, its line feed and a CR before it not counted.
  public int to() {
    return to;
  }

  private void take(int lineFeed) {
    from = position;
    to = lineFeed > position && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    position = lineFeed + 1;
    searched = position;
  }

  /// Drops bytes up to the next line feed; true when it was found.
  private boolean skipped() {
    int lineFeed = EightBytes.lineFeed(bytes, position, limit);
    skipping = lineFeed == limit;
    position = skipping ? limit : lineFeed + 1;
    searched = position;
    return !skipping;
  }

  private void append(byte[] source, int start, int end) {
    int more = end - start;
    if (!owned || bytes.length - limit < more) {
      own(more);
    }
    System.arraycopy(source, start, bytes, limit, more);
    limit += more;
  }

  private void own(int more) {
    int left = limit - position;
    // Room for as much again, so that a line that arrives byte by byte is not copied byte by byte.
    int room = more == 0 ? 0 : Math.max(more, Math.min(left, maxLineBytes - left));
    byte[] copy = new byte[left + room];
    System.arraycopy(bytes, position, copy, 0, left);
    searched -= position;
    position = 0;
    limit = left;
    bytes = copy;
    owned = true;
  }
}

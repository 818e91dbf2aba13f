package io.ztick.server;

import io.ztick.protocol.Answers;
import io.ztick.protocol.LineParser;
import io.ztick.protocol.PlainLines;
import io.ztick.scheduler.Journal;
import java.nio.ByteBuffer;

/// What all connections share. Everything here is confined to the loop; the parser, the lines read
/// ahead and the two buffers are used by one connection at a time, within its turn.
///
/// @param input backed by the array that each read is copied to, to be parsed there
/// @param answers where a turn's answers are composed; empty between turns
record ConnectionContext(
    Configuration.Controller limits,
    Entrance entrance,
    Connections connections,
    CommandHandler handler,
    Firing firing,
    Journal journal,
    Loop loop,
    WallClock clock,
    LineParser parser,
    PlainLines plainLines,
    ByteBuffer input,
    Answers answers) {

  /// The most bytes of one read.
  static final int READ_BYTES = 16_384;
}

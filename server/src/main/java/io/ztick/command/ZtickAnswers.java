package io.ztick.command;

import io.ztick.protocol.EightBytes;
import java.net.ProtocolException;

/// Reads answers of a ztick server to requests with ids `r<nine digits>`.
final class ZtickAnswers implements AnswerReader {
  private static final int ID_BYTES = "r000000000 ".length();
  private static final int OK_BYTES = ID_BYTES + "OK\n".length();
  private static final int ERROR_BYTES = "ERROR ".length();

  @Override
  public int read(byte[] bytes, int from, int to, Tally tally) throws ProtocolException {
    int start = from;
    while (start < to) {
      // Nearly all answers: no line feed has to be looked for.
      if (to - start >= OK_BYTES
          && bytes[start + OK_BYTES - 1] == '\n'
          && bytes[start + ID_BYTES] == 'O'
          && bytes[start + ID_BYTES + 1] == 'K'
          && bytes[start] == 'r') {
        tally.answer();
        start += OK_BYTES;
        continue;
      }
      int end = EightBytes.lineFeed(bytes, start, to);
      if (end == to) {
        return start;
      }
      take(bytes, start, end, tally);
      start = end + 1;
    }
    return start;
  }

  private static void take(byte[] bytes, int start, int end, Tally tally) throws ProtocolException {
    if (isError(bytes, start, end)) {
      // About the connection: it answers no request.
      tally.keep(bytes, start, end);
      return;
    }
    int word = start + ID_BYTES;
    if (bytes[start] != 'r' || word > end) {
      throw new ProtocolException("what answers there is no ztick server");
    }
    if (isError(bytes, word, end)) {
      tally.error(bytes, word, end);
    } else if (end >= word + 2
        && bytes[word] == 'O'
        && bytes[word + 1] == 'K'
        && (end == word + 2 || bytes[word + 2] == ' ')) {
      tally.answer();
    } else {
      tally.row();
    }
  }

  private static boolean isError(byte[] bytes, int from, int end) {
    return end - from >= ERROR_BYTES
        && bytes[from] == 'E'
        && bytes[from + 1] == 'R'
        && bytes[from + 2] == 'R'
        && bytes[from + 3] == 'O'
        && bytes[from + 4] == 'R'
        && bytes[from + 5] == ' ';
  }
}

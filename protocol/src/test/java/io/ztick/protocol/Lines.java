package io.ztick.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/// Lines as tables show them: `%hh` is a byte, everything else is UTF-8.
final class Lines {
  static final long NOW = 1_000_000_000_000_000_000L;

  private Lines() {}

  static byte[] bytes(String shown) {
    var bytes = new ByteArrayOutputStream();
    int plain = 0;
    for (int i = shown.indexOf('%'); i >= 0; i = shown.indexOf('%', plain)) {
      bytes.writeBytes(shown.substring(plain, i).getBytes(UTF_8));
      bytes.write(Integer.parseInt(shown, i + 1, i + 3, 16));
      plain = i + 3;
    }
    bytes.writeBytes(shown.substring(plain).getBytes(UTF_8));
    return bytes.toByteArray();
  }

  static String text(String shown) {
    return new String(bytes(shown), UTF_8);
  }

  static @Nullable Message parse(String shown) {
    byte[] bytes = bytes(shown);
    return new LineParser().parse(bytes, 0, bytes.length, NOW);
  }

  /// What a line is read as: `r1 Get[job=a]`, or the answer that refuses it.
  static String read(String shown) {
    Message message = parse(shown);
    return message == null ? "nothing" : read(message);
  }

  static String read(Message message) {
    var answers = new Answers(0);
    switch (message) {
      case Message.Request request ->
          answers.begin(request.requestId()).text(request.command().toString()).end();
      case Message.Refused refused -> {
        answers.error(refused.requestId(), refused.code(), refused.sentence());
        if (refused.hangUp()) {
          answers.begin(null).text("and hangs up").end();
        }
      }
    }
    return new String(answers.bytes(), 0, answers.length(), UTF_8).stripTrailing();
  }
}

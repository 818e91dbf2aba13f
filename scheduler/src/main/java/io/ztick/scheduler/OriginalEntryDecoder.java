package io.ztick.scheduler;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the payload of a frame of an {@link OriginalLog}, as strictly as the original does: every
/// byte belongs to something, and every string is UTF-8.
///
/// Numbers are big-endian; a string is the number of its bytes in two bytes, and the bytes.
///
/// | type | entry | behind the type |
/// |---|---|---|
/// | 0 | job set | id, execution time in nanoseconds in eight bytes, status in one |
/// | 1 | rule set | id, pattern, runner in one byte, what the runner takes |
/// | 2 | job removed | id |
/// | 3 | rule removed | id |
///
/// | runner | | takes |
/// |---|---|---|
/// | 0 | shell | command |
/// | 1 | amqp | DSN, exchange, routing key |
/// | 2 | direct | executable, number of arguments in two bytes, arguments |
/// | 3 | awf | workflow, number of inputs in two bytes, inputs |
/// | 4 | http | method, URL |
/// | 5 | redis | URL, command, key |
final class OriginalEntryDecoder {
  private final ByteBuffer payload;

  private OriginalEntryDecoder(byte[] payload) {
    this.payload = ByteBuffer.wrap(payload);
  }

  static OriginalEntry decode(byte[] payload) throws RefusedEntryException {
    return new OriginalEntryDecoder(payload).entry();
  }

  private OriginalEntry entry() throws RefusedEntryException {
    int type = unsignedByte("type");
    OriginalEntry entry =
        switch (type) {
          case 0 -> jobSet();
          case 1 -> ruleSet();
          case 2 -> new OriginalEntry.JobRemoved(string("job"));
          case 3 -> new OriginalEntry.RuleRemoved(string("rule"));
          default ->
              throw new RefusedEntryException("type is " + type + " where 0 to 3 is expected");
        };
    if (payload.hasRemaining()) {
      throw new RefusedEntryException(payload.remaining() + " bytes too many");
    }
    return entry;
  }

  private OriginalEntry jobSet() throws RefusedEntryException {
    String id = string("job");
    expect(Long.BYTES, "execution time");
    return new OriginalEntry.JobSet(id, payload.getLong(), status());
  }

  private Status status() throws RefusedEntryException {
    int status = unsignedByte("status");
    return switch (status) {
      case 0 -> Status.PLANNED;
      case 1 -> Status.TRIGGERED;
      case 2 -> Status.EXECUTED;
      case 3 -> Status.FAILED;
      default ->
          throw new RefusedEntryException("status is " + status + " where 0 to 3 is expected");
    };
  }

  private OriginalEntry ruleSet() throws RefusedEntryException {
    return new OriginalEntry.RuleSet(string("rule"), string("pattern"), clause());
  }

  private List<String> clause() throws RefusedEntryException {
    int runner = unsignedByte("runner");
    return switch (runner) {
      case 0 -> List.of("shell", string("command"));
      case 1 -> List.of("amqp", string("DSN"), string("exchange"), string("routing key"));
      case 2 -> direct();
      case 3 -> awf();
      case 4 -> List.of("http", string("method"), string("URL"));
      case 5 -> List.of("redis", string("URL"), string("command"), string("key"));
      default ->
          throw new RefusedEntryException("runner is " + runner + " where 0 to 5 is expected");
    };
  }

  private List<String> direct() throws RefusedEntryException {
    var clause = new ArrayList<>(List.of("direct", string("executable")));
    for (int left = unsignedShort("number of arguments"); left > 0; left--) {
      clause.add(string("argument"));
    }
    return clause;
  }

  private List<String> awf() throws RefusedEntryException {
    var clause = new ArrayList<>(List.of("awf", string("workflow")));
    for (int left = unsignedShort("number of inputs"); left > 0; left--) {
      clause.add("--input");
      clause.add(string("input"));
    }
    return clause;
  }

  private String string(String what) throws RefusedEntryException {
    int length = unsignedShort("length of the " + what);
    expect(length, what);
    ByteBuffer bytes = payload.slice(payload.position(), length);
    payload.position(payload.position() + length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new RefusedEntryException(what + " is not UTF-8");
    }
  }

  private int unsignedByte(String what) throws RefusedEntryException {
    expect(Byte.BYTES, what);
    return Byte.toUnsignedInt(payload.get());
  }

  private int unsignedShort(String what) throws RefusedEntryException {
    expect(Short.BYTES, what);
    return Short.toUnsignedInt(payload.getShort());
  }

  private void expect(int bytes, String what) throws RefusedEntryException {
    if (payload.remaining() < bytes) {
      throw new RefusedEntryException(
          what + " has " + payload.remaining() + " bytes of the " + bytes + " expected");
    }
  }
}

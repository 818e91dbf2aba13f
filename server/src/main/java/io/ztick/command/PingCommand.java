package io.ztick.command;

import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Command;

/// `ztick ping`.
@Command(
    name = "ping",
    header = "Asks the server for a sign of life, and says how long it took.",
    description = "")
final class PingCommand extends ClientCommand {
  PingCommand(Session session) {
    super(session);
  }

  @Override
  int run(ZtickClient client) throws IOException {
    long begin = System.nanoTime();
    client.ping();
    long nanos = System.nanoTime() - begin;
    switch (output) {
      case TABLE ->
          session.line(
              Paint.good(session, "OK") + " after " + HumanTime.length(Duration.ofNanos(nanos)));
      case JSON ->
          Json.line(
              session,
              json -> {
                json.writeBooleanField("ok", true);
                json.writeNumberField("round_trip_ns", nanos);
              });
      case WIRE -> session.line("OK");
    }
    return DONE;
  }
}

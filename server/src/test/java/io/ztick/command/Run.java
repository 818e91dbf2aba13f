package io.ztick.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine;

/// A use of the subcommands in this process, with a configuration directory of its own.
record Run(int exitCode, String out, String errors) {
  static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  static Run of(Path configuration, Map<String, String> environment, String... arguments) {
    var out = new ByteArrayOutputStream();
    var errors = new StringWriter();
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("XDG_CONFIG_HOME", configuration.toString());
    var session = session(out, new PrintWriter(errors, true), variables);
    var commands = new Commands(session, new NoServer(), List.of());
    var ztick = new CommandLine(CommandLine.Model.CommandSpec.create().name("ztick"));
    commands.addAll(ztick);
    ztick
        .setErr(new PrintWriter(errors, true))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Usage::misread)
        .setExecutionExceptionHandler(
            (failure, _, _) -> {
              OptionalInt exitCode = commands.failed(failure);
              if (exitCode.isEmpty()) {
                throw failure;
              }
              return exitCode.getAsInt();
            });
    int exitCode = ztick.execute(arguments);
    return new Run(exitCode, out.toString(UTF_8), errors.toString());
  }

  /// A session whose stdin is these bytes.
  static Session session(byte[] in, ByteArrayOutputStream out) {
    var errors = new PrintWriter(out, true, UTF_8);
    return new Session(
        new ByteArrayInputStream(in), out, errors, Map.of(), InstantSource.fixed(NOW), false);
  }

  static Session session(
      ByteArrayOutputStream out, PrintWriter errors, Map<String, String> variables) {
    return new Session(
        new ByteArrayInputStream(new byte[0]),
        out,
        errors,
        variables,
        InstantSource.fixed(NOW),
        false);
  }

  private static final class NoServer implements LocalServer {
    @Override
    public boolean isNamed() {
      return false;
    }

    @Override
    public Access access() {
      throw new AssertionError("nobody asks for it");
    }
  }
}

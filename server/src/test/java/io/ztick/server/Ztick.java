package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;

/// What a run of the command in this process left behind.
record Ztick(int exitCode, String out, String errors) {

  /// Runs the command at {@link Pems#NOW}.
  static Ztick run(Object... arguments) {
    var out = new ByteArrayOutputStream();
    var errors = new StringWriter();
    int exitCode = run(out, errors, arguments);
    return new Ztick(exitCode, out.toString(UTF_8), errors.toString());
  }

  static int run(OutputStream out, StringWriter errors, Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    return Main.execute(InstantSource.fixed(Pems.NOW), out, new PrintWriter(errors, true), texts);
  }
}

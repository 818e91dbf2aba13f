package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `ztick watch` and `ztick shell` on a pseudo terminal.
class TerminalIT {
  private static final String ENTER_SCREEN = "\u001b[?1049h";
  private static final String LEAVE_SCREEN = "\u001b[?1049l";

  @TempDir Path directory;

  @BeforeEach
  void needsAPseudoTerminal() {
    Tool.assumeInstalled("script", "bsdutils");
  }

  /// The command between a person's hands and eyes.
  private final class Typed implements AutoCloseable {
    private final Process process;
    private final StringBuilder seen = new StringBuilder();

    Typed(ZtickServer server, String arguments) throws IOException {
      String ztick = ZtickServer.home().resolve("bin/ztick") + " " + arguments;
      // What the terminal is like afterwards stands behind it. A ^C goes to every process of the
      // terminal: the trap keeps it from ending the shell in between, as dash would, and is not
      // inherited.
      String commands =
          "trap : INT; stty rows 24 cols 80; "
              + ztick
              + "; echo code=$?; stty -a | tr ' ;' '\\n\\n'";
      ProcessBuilder builder =
          new ProcessBuilder("script", "-q", "-e", "-c", commands, "/dev/null")
              .redirectErrorStream(true);
      builder
          .environment()
          .putAll(
              Map.of(
                  "ZTICK_ENDPOINT",
                  "ztick://127.0.0.1:" + server.port(),
                  "XDG_CONFIG_HOME",
                  "/dev/null",
                  "XDG_STATE_HOME",
                  directory.resolve("home").toString(),
                  "TERM",
                  "xterm-256color",
                  "SHELL",
                  "/bin/sh"));
      builder.environment().remove("ZTICK_TOKEN");
      process = builder.start();
      Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
      try (InputStream input = process.getInputStream()) {
        byte[] bytes = new byte[4096];
        for (int n = input.read(bytes); n >= 0; n = input.read(bytes)) {
          append(new String(bytes, 0, n, UTF_8));
        }
      } catch (IOException e) {
        append("(the terminal is gone)");
      }
    }

    private void append(String text) {
      synchronized (seen) {
        seen.append(text);
      }
    }

    private String seen() {
      synchronized (seen) {
        return seen.toString();
      }
    }

    Typed type(String keys) throws IOException {
      process.getOutputStream().write(keys.getBytes(UTF_8));
      process.getOutputStream().flush();
      return this;
    }

    Typed see(String text) {
      await().atMost(ZtickServer.BOUND).untilAsserted(() -> assertThat(seen()).contains(text));
      return this;
    }

    /// Waits for the prompt behind the answer `OK`: what is typed before it, the shell may not see.
    Typed answered() {
      await()
          .atMost(ZtickServer.BOUND)
          .untilAsserted(() -> assertThat(seen()).containsPattern("OK[\\s\\S]*> $"));
      return this;
    }

    /// Forgets what it has seen, so that something can be seen again.
    Typed forget() {
      synchronized (seen) {
        seen.setLength(0);
      }
      return this;
    }

    void ended() throws InterruptedException {
      assertThat(process.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      see("code=0");
      // Whoever types next sees it.
      see("\necho\r").see("\nicanon\r");
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void watch_fills_the_screen_and_gives_it_back() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect();
        Typed watch = new Typed(server, "watch --interval 200ms")) {
      watch.see(ENTER_SCREEN).see("nothing is due");
      wire.send("SET a.far 2099-04-01").expect("OK");
      watch.see("a.far");
      watch.type("q").see(LEAVE_SCREEN).ended();
    }
  }

  @Test
  void watch_ends_by_ctrl_c_like_by_q() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Typed watch = new Typed(server, "watch")) {
      watch.see("nothing is due").type("\u0003").see(LEAVE_SCREEN).ended();
    }
  }

  @Test
  void watch_outlives_the_server() throws Exception {
    try (ZtickServer first = ZtickServer.withJournal(directory).start();
        Typed watch = new Typed(first, "watch --interval 200ms")) {
      watch.see("nothing is due");
      first.kill();
      watch.see("no connection, trying again").forget();
      try (ZtickServer second =
              ZtickServer.withJournal(directory)
                  .set("controller", "listen", "127.0.0.1:" + first.port())
                  .start();
          Wire wire = second.connect()) {
        wire.send("SET a.later 2099-04-01").expect("OK");
        watch.see("a.later").type("q").ended();
      }
    }
  }

  @Test
  void shell_completes_answers_and_remembers_no_secret() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Wire wire = server.connect()) {
      wire.send("SET backup.nightly 2099-04-01").expect("OK");
      try (Typed shell = new Typed(server, "shell")) {
        shell.see("127.0.0.1:" + server.port()).see("> ");
        shell
            .type("get back\t")
            .see("backup.nightly")
            .type("\r")
            .see("planned 4078684800000000000");
        shell.type("GET none\r").see("ERROR not_found no such job");
        shell.forget().type("AUTH sk_never_kept\r").answered();
        shell.forget().type("PING\r").answered();
        shell.type("\u0004").ended();
      }
    }
    Path history = directory.resolve("home/ztick/history");
    assertThat(history).content().contains("get backup.nightly", "PING").doesNotContain("sk_never");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
  }

  @Test
  void ctrl_c_gives_up_the_line_and_not_the_shell() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start();
        Typed shell = new Typed(server, "shell")) {
      shell.see("> ").type("PING\r").answered().forget();
      // It answers nothing until it goes on.
      server.signal("STOP");
      shell.type("PING\r");
      await()
          .atMost(ZtickServer.BOUND)
          .untilAsserted(
              () -> {
                shell.type("\u0003");
                assertThat(shell.seen()).contains("given up");
              });
      await()
          .atMost(ZtickServer.BOUND)
          .untilAsserted(
              () -> assertThat(shell.seen()).as("a prompt").containsPattern("given up[^>]*> "));
      server.signal("CONT");
      shell.forget();
      shell.type("PING\r").answered().type("\u0004").ended();
    }
  }
}

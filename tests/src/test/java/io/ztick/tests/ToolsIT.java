package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands of an operator: on the directory of a stopped server, on backups, and `backup` on a
/// running server.
class ToolsIT {
  private static final List<String> ODD_IDS =
      List.of(
          "a b",
          "a\"b",
          "\\",
          "😀",
          "é",
          "*",
          "a*",
          "1",
          "#",
          "-c",
          "OK",
          "ERROR",
          "AUTH",
          "SET",
          "GET",
          "SHOW",
          "QUERY",
          "REMOVE",
          "RULE",
          "REMOVERULE",
          "LISTRULES",
          "STAT",
          "PING",
          "HELP",
          "QUIT",
          "BACKUP",
          "CAN",
          "TOKEN",
          "WATCH",
          "LATER",
          "POST",
          "Host:",
          "+5s",
          "1 SET GET",
          " ");

  /// The vectors of the original's page, and rules and a job removed again.
  private static final List<String> ORIGINAL =
      List.of(
          "00 0004 746f746f 1647bb5ceee15000 00",
          "00 0005 7461746174 1647bb5ceee15000 02",
          "01 0001 74 0004 746f746f 00 0004 74697469",
          "02 0003 666f6f",
          "03 0003 626172",
          "01 0002 7461 0003 746f74 01 0005 7469746974 0000 0001 61",
          "01 0001 61 0001 62 05 0009 72656469733a2f2f78 0007 5055424c495348 0002 6368",
          "01 0001 62 0001 62 02 0009 2f62696e2f6563686f 0001 0002 6869");

  private static final String TOKENS =
      """
      [token.operator]
      secret = 'a "long" secret of the operator'
      namespace = "*"

      [token.deploy]
      secret = "sk_deploy_a1b2c3d4e5f6"
      namespace = "deploy."
      runners = ["http"]
      """;

  @TempDir Path directory;

  @Test
  void what_is_dumped_and_sent_again_is_dumped_the_same() throws Exception {
    Path first = directory.resolve("first");
    try (ZtickServer server = journal(first).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r.shell a. shell \"echo  \\\"$HOME\\\" \\\\ ;\\n\"").expect("OK");
      wire.send("RULE SET r.direct b* direct /bin/echo \"\" \"\\u{7f}\\t\" é😀").expect("OK");
      wire.send("RULE SET r.http * http POST https://h.example/?a=b").expect("OK");
      wire.send("RULE SET r.awf c. awf report --input format=pdf --input \"a=b c\"").expect("OK");
      for (String id : ODD_IDS) {
        String quoted = Words.quoted(id);
        wire.send("1 RULE SET %1$s %1$s shell true".formatted(quoted)).expect("1 OK");
        wire.send("1 SET %s 2099-04-01".formatted(quoted)).expect("1 OK");
      }
      stop(server);
    }
    String dump = Ztick.run("dump", first).expectDone().output();
    assertThat(dump).hasLineCount(4 + 2 * ODD_IDS.size());

    Path second = directory.resolve("second");
    try (ZtickServer server = journal(second).start();
        Wire wire = server.connect()) {
      assertThat(wire.write(dump).halfClose().remaining().lines())
          .hasSize(4 + 2 * ODD_IDS.size())
          .allMatch(answer -> answer.matches("(1 )?OK"));
      stop(server);
    }
    assertThat(Ztick.run("dump", second)).isEqualTo(new Ztick(0, dump, ""));
  }

  @Test
  void a_job_that_is_due_when_it_is_sent_again_finds_its_rule() throws Exception {
    Path first = imported(directory.resolve("first"), "--past=run", 1);
    String dump = Ztick.run("dump", first).expectDone().output();

    try (ZtickServer server = journal(directory.resolve("second")).start();
        Wire wire = server.connect()) {
      wire.write(dump).expect("OK").expect("OK");
      wire.awaitStatus("bulk.0", "executed");
    }
  }

  @Test
  void passwords_are_masked_unless_they_are_asked_for() throws Exception {
    Path first = directory.resolve("first");
    try (ZtickServer server = journal(first).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r a http GET https://user:password@h.example/").expect("OK");
      stop(server);
    }
    assertThat(Ztick.run("dump", first))
        .isEqualTo(
            new Ztick(
                0,
                "RULE SET r a http GET https://user:***@h.example/\n",
                "ztick: rules with masked passwords: 1; they cannot be sent as they are, see"
                    + " --secrets\n"));
    assertThat(Ztick.run("dump", "--secrets", "--format=json", first))
        .isEqualTo(
            new Ztick(
                0,
                """
                {"type":"rule","id":"r","pattern":"a","runner":"http",\
                "arguments":["GET","https://user:password@h.example/"]}
                """,
                ""));
  }

  @Test
  void json_says_what_show_says() throws Exception {
    Path first = directory.resolve("first");
    Map<String, String> shown;
    try (ZtickServer server = journal(first).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r a. shell \"exit 3\"").expect("OK");
      wire.send("SET a.1 now").expect("OK");
      wire.awaitStatus("a.1", "failed");
      shown = wire.table("SHOW a.1");
      stop(server);
    }
    assertThat(Ztick.run("dump", first).expectDone().output()).hasLineCount(1);
    assertThat(Ztick.run("dump", "--format=json", first).expectDone().output()).hasLineCount(1);
    String json = Ztick.run("dump", "--format=json", "--all", first).expectDone().output();
    assertThat(shown).containsEntry("outcome", "exit 3").containsKey("started_ns");
    shown.forEach((key, value) -> assertThat(json).containsPattern(key + "\":\"?" + value));
  }

  @Test
  void a_reader_that_has_seen_enough_ends_it_quietly() throws Exception {
    Path first = imported(directory.resolve("first"), "--past=run", 20_000);
    Path errors = directory.resolve("errors");
    String dump = ZtickServer.home().resolve("bin/ztick") + " dump " + first;

    assertThat(Tool.run("sh", "-c", "(%s; echo $? >&2) 2>%s | head -n 1".formatted(dump, errors)))
        .isEqualTo("RULE SET bulk bulk. shell true\n");
    assertThat(Files.readString(errors)).isEqualTo("141\n");
  }

  @Test
  void verify_tells_good_from_damaged() throws Exception {
    Path first = imported(directory.resolve("first"), "--past=run", 1000);
    assertThat(Ztick.run("verify", first))
        .isEqualTo(
            new Ztick(
                0, "last_change 1001\njobs 1000\nrules 1\ntokens 0\ndropped_bytes 0\nok\n", ""));

    Files.write(file(first, ".log"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    assertThat(Ztick.run("verify", first).expectDone().output())
        .contains("last_change 1001\n", "dropped_bytes 3\n");

    Path table = file(first, ".sst");
    byte[] bytes = Files.readAllBytes(table);
    bytes[bytes.length / 4] ^= 1;
    Files.write(table, bytes);
    Ztick damaged = Ztick.run("verify", first);
    assertThat(damaged.exitCode()).isEqualTo(1);
    assertThat(damaged.errors()).startsWith("ztick: ").contains(first.toString());
    assertThat(damaged.output()).endsWith("damaged\n");
  }

  @Test
  void a_backup_of_a_running_server_is_restored_elsewhere() throws Exception {
    Path first = directory.resolve("first");
    try (ZtickServer server = journal(first).start();
        Wire wire = server.connect()) {
      wire.send("RULE SET r a. shell true").expect("OK");
      wire.send("SET a.before 2099-04-01").expect("OK");
      // A name that is a command name as well.
      for (String name : List.of("monday", "GET")) {
        assertThat(Ztick.run("backup", name, "-c", configurationOf(server)))
            .isEqualTo(new Ztick(0, "made backups/" + name + " in the server's directory\n", ""));
      }
      wire.send("SET a.after 2099-04-01").expect("OK");

      Ztick.run("backup", "monday", "-c", configurationOf(server)).expectFailure("bad_request: ");
      Ztick.run("backup", "../up", "-c", configurationOf(server)).expectFailure("bad_request: ");
      assertThat(Ztick.run("dump", first.resolve("backups/GET")).expectDone().output())
          .isEqualTo("RULE SET r a. shell true\nSET a.before 4078684800000000000\n");
    }
    Path second = directory.resolve("second");
    Ztick.run("restore", first.resolve("backups/monday"), second).expectDone();
    try (ZtickServer server = journal(second).start();
        Wire wire = server.connect()) {
      assertThat(wire.rows("QUERY")).containsExactly("a.before planned 4078684800000000000");
      assertThat(wire.rows("LISTRULES")).containsExactly("r a. shell true");
    }
    Ztick.run("restore", first.resolve("backups/monday"), second)
        .expectFailure("there is a journal in " + second + " already");
  }

  @Test
  void backup_says_who_it_is() throws Exception {
    Path first = directory.resolve("first");
    try (ZtickServer server = journal(first).auth(TOKENS).start()) {
      Path configuration = configurationOf(server);
      String operator = "a \"long\" secret of the operator";
      Path file = Files.writeString(directory.resolve("secret"), operator + "\n");

      Ztick.run(Map.of("ZTICK_TOKEN", operator), "backup", "b1", "-c", configuration).expectDone();
      Ztick.run(Map.of("OTHER", operator), "backup", "b2", "--token=env:OTHER", "-c", configuration)
          .expectDone();
      Ztick.run("backup", "b3", "--token", "file:" + file, "-c", configuration).expectDone();
      assertThat(first.resolve("backups")).isDirectoryContaining("glob:**/b[123]");

      Ztick none = Ztick.run("backup", "b4", "-c", configuration);
      assertThat(none.exitCode()).isEqualTo(2);
      assertThat(none.errors()).startsWith("ztick: authentication is on, and there is no token");
      Ztick.run(Map.of("ZTICK_TOKEN", "wrong"), "backup", "b4", "-c", configuration)
          .expectFailure("auth_failed");
      Ztick.run(
              Map.of("ZTICK_TOKEN", "sk_deploy_a1b2c3d4e5f6"), "backup", "b4", "-c", configuration)
          .expectFailure("auth_denied");
      assertThat(first.resolve("backups/b4")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void backup_trusts_the_certificate_of_the_configuration_and_no_other(String algorithm)
      throws Exception {
    SelfSigned own = SelfSigned.create(directory, algorithm);
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    SelfSigned other = SelfSigned.create(elsewhere, algorithm);
    Path first = directory.resolve("first");
    try (ZtickServer server =
        journal(first)
            .set("controller", "tls_cert", own.certificate().toString())
            .set("controller", "tls_key", own.key().toString())
            .auth(TOKENS)
            .start()) {
      Path configuration = configurationOf(server);
      Map<String, String> token = Map.of("ZTICK_TOKEN", "a \"long\" secret of the operator");

      Ztick.run(token, "backup", "b1", "-c", configuration).expectDone();
      assertThat(first.resolve("backups/b1")).isDirectory();

      String text = Files.readString(configuration);
      Files.writeString(
          configuration,
          text.replace(own.certificate().toString(), other.certificate().toString()));
      Ztick refused = Ztick.run(token, "backup", "b2", "-c", configuration);
      assertThat(refused.exitCode()).isEqualTo(3);
      assertThat(refused.errors()).contains("another certificate").hasLineCount(1);
    }
  }

  @Test
  void backup_finds_a_server_on_this_machine_when_it_listens_on_all_addresses() throws Exception {
    Path first = directory.resolve("first");
    try (ZtickServer server = journal(first).start()) {
      Path configuration = configurationOf(server);
      String text = Files.readString(configuration);
      for (String all : List.of("*", "0.0.0.0", "[::]")) {
        Files.writeString(configuration, text.replace("127.0.0.1", all));
        Ztick.run("backup", "b" + all.length(), "-c", configuration).expectDone();
      }
    }
  }

  @Test
  void backup_of_a_server_without_a_journal_is_refused() throws Exception {
    try (ZtickServer server = ZtickServer.in(directory).start()) {
      Ztick.run("backup", "b", "-c", configurationOf(server))
          .expectFailure("persistence is memory");
    }
  }

  @Test
  void nothing_touches_the_directory_of_a_running_server() throws Exception {
    Path first = directory.resolve("first");
    Path backup = imported(directory.resolve("backup"), "--past=run", 1);
    Path log = directory.resolve("logfile");
    try (ZtickServer server = journal(first).start()) {
      String inUse = "the directory " + first + " is in use by process " + server.pid();
      Ztick.run("dump", first).expectFailure(inUse);
      Ztick.run("verify", first).expectFailure(inUse);
      Ztick.run("restore", backup, first).expectFailure(inUse);
      Ztick.run("restore", first, directory.resolve("other")).expectFailure(inUse);
      Ztick.run("import", log, "--directory", first).expectFailure(inUse);
      try (Wire wire = server.connect()) {
        wire.send("SET a 2099-04-01").expect("OK");
      }
    }
  }

  @Test
  void the_log_of_the_original_becomes_a_journal() throws Exception {
    Path log = Files.write(directory.resolve("logfile"), frames(ORIGINAL));
    Files.write(log, new byte[] {0, 0, 0, 9, 0}, StandardOpenOption.APPEND);
    Path first = directory.resolve("first");

    Ztick imported = Ztick.run("import", log, "--directory", first).expectDone();
    assertThat(imported.output())
        .isEqualTo(
            """
            frames 8
            problems 2
            rules 3
            planned 0
            held 1
            finished 1
            imported into %s
            """
                .formatted(first));
    // `titit` is an address that the original could store, and nobody could use.
    assertThat(imported.errors().lines())
        .hasSize(3)
        .anyMatch(problem -> problem.endsWith("\"titit\" is no URL of amqp or amqps"))
        .anyMatch(problem -> problem.contains("torn tail of 5 bytes"))
        .endsWith("ztick: rules whose runner is not available yet: 1; their jobs will fail");

    try (ZtickServer server = journal(first).start();
        Wire wire = server.connect()) {
      assertThat(wire.table("SHOW toto"))
          .containsEntry("status", "failed")
          .containsEntry("execution_ns", "1605457800000000000")
          .containsEntry("outcome", "imported late");
      assertThat(wire.table("SHOW tatat")).containsEntry("status", "executed");
      assertThat(wire.rows("LISTRULES"))
          .contains(
              "a b redis redis://x PUBLISH ch", "b b direct /bin/echo hi", "t toto shell titi");
      wire.send("SET toto 2099-04-01").expect("OK");
    }
    assertThat(Ztick.run("import", log, "--directory", first).errors())
        .endsWith("ztick: the directory " + first + " is not empty\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dump",
        "dump --all x",
        "dump --format=xml x",
        "verify",
        "restore x",
        "import",
        "backup",
        "import --past=never x",
        "backup --token secret b",
        "unknown"
      })
  void wrong_usage_is_exit_code_2(String arguments) throws Exception {
    Ztick wrong = Ztick.run((Object[]) arguments.split(" "));
    assertThat(wrong.exitCode()).isEqualTo(2);
    assertThat(wrong.output()).isEmpty();
    assertThat(wrong.errors()).contains("Usage: ztick").doesNotContain("\tat ");
  }

  @Test
  void a_command_that_is_stopped_has_not_done_it() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Path configuration =
          Files.writeString(
              directory.resolve("ztick.toml"),
              "[controller]\nlisten = \"127.0.0.1:%d\"\n".formatted(silent.getLocalPort()));
      Path output = directory.resolve("output");
      Process command = Ztick.start(Map.of(), output, output, "backup", "b", "-c", configuration);
      try (Socket _ = silent.accept()) {
        assertThat(command.toHandle().destroy()).isTrue();
        assertThat(command.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } finally {
        command.destroyForcibly();
      }
      assertThat(command.exitValue()).isEqualTo(1);
    }
  }

  private ZtickServer.Setup journal(Path journal) {
    return ZtickServer.in(directory)
        .set("database", "persistence", "journal")
        .set("database", "directory", journal.toString());
  }

  private static void stop(ZtickServer server) throws Exception {
    server.signal("TERM");
    assertThat(server.exitCode()).isZero();
  }

  /// The configuration of a running server, with the port that it got.
  private Path configurationOf(ZtickServer server) throws IOException {
    String text = Files.readString(directory.resolve("ztick.toml"));
    return Files.writeString(
        directory.resolve("operator.toml"),
        text.replace("127.0.0.1:0", "127.0.0.1:" + server.port()));
  }

  /// A directory with a rule and so many jobs of 2020.
  private Path imported(Path target, String past, int jobs) throws Exception {
    List<String> payloads =
        Stream.concat(
                Stream.of("01" + text("bulk") + text("bulk.") + "00" + text("true")),
                IntStream.range(0, jobs)
                    .mapToObj(job -> "00" + text("bulk." + job) + "1647bb5ceee15000 00"))
            .toList();
    Path log = Files.write(directory.resolve("logfile"), frames(payloads));
    Ztick.run("import", log, past, "--directory", target).expectDone();
    return target;
  }

  /// A text as the original wrote it, in hexadecimal.
  private static String text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return "%04x".formatted(bytes.length) + HexFormat.of().formatHex(bytes);
  }

  private static byte[] frames(List<String> payloads) {
    return HexFormat.of()
        .parseHex(
            payloads.stream()
                .map(payload -> payload.replace(" ", ""))
                .map(payload -> "%08x".formatted(payload.length() / 2) + payload)
                .collect(Collectors.joining()));
  }

  /// The newest one with this ending.
  private static Path file(Path directory, String ending) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("journal"))) {
      return files
          .filter(file -> file.toString().endsWith(ending))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }
}

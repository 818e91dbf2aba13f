package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the kernel is asked for, and when.
class SyncOrderIT {
  private static final int SETS = 20;
  private static final String TO_LOG = "(write|pwrite64|writev|pwritev)\\(\\d+<[^>]*/\\d+\\.log>";
  private static final String TO_CLIENT = "(write|writev|sendto|sendmsg)\\(\\d+<socket:.*\"";

  @TempDir Path directory;

  @BeforeEach
  void needStrace() {
    Tool.assumeInstalled("strace", "strace");
  }

  @Test
  void each_answer_is_written_after_its_sync() throws Exception {
    List<String> calls;
    try (ZtickServer server = traced();
        Wire wire = server.connect()) {
      for (int set = 0; set < SETS; set++) {
        wire.send("sync%d SET job.%d 2099-04-01".formatted(set, set)).expect("sync" + set + " OK");
      }
      calls = kill(server);
    }
    int from = 0;
    for (int set = 0; set < SETS; set++) {
      int answer = find(calls, from, TO_CLIENT + "sync" + set + " OK\\\\n");
      assertThat(synced(calls, from, TO_LOG + ".*job\\." + set))
          .as("sync of set %d", set)
          .isLessThan(answer);
      from = answer;
    }
  }

  /// The disk takes its time, and somebody else asks meanwhile.
  @Test
  void nobody_is_told_of_a_change_before_its_sync() throws Exception {
    List<String> calls;
    try (ZtickServer server = traced("-e", "inject=fdatasync:delay_enter=500000");
        Wire changing = server.connect();
        Wire asking = server.connect()) {
      changing.send("slow SET slow.job 2099-04-01");
      String answer = asking.ask("told GET slow.job");
      while (answer.startsWith("told ERROR not_found ")) {
        answer = asking.ask("told GET slow.job");
      }
      assertThat(answer).startsWith("told OK planned ");
      changing.expect("slow OK");
      calls = kill(server);
    }
    int told = find(calls, 0, TO_CLIENT + "told OK planned");
    assertThat(synced(calls, 0, TO_LOG + ".*slow\\.job")).isLessThan(told);
  }

  @Test
  void a_run_starts_after_the_sync_of_its_trigger() throws Exception {
    List<String> calls;
    try (ZtickServer server = traced();
        Wire wire = server.connect()) {
      wire.send("RULE SET r run. shell \": mark-of-the-run\"").expect("OK");
      wire.send("planned SET run.job now").expect("planned OK");
      wire.awaitStatus("run.job", "executed");
      calls = kill(server);
    }
    int planned = find(calls, 0, TO_LOG + ".*mark-of-the-run");
    int started = find(calls, planned, "execve\\(.*mark-of-the-run");
    assertThat(synced(calls, planned + 1, TO_LOG + ".*mark-of-the-run"))
        .as("the trigger, which holds the rule")
        .isLessThan(started);
  }

  /// A server whose calls are written down.
  private ZtickServer traced(String... options) throws Exception {
    List<String> strace = new ArrayList<>(List.of("strace", "-D", "-f", "-q", "--seccomp-bpf"));
    strace.addAll(List.of("-y", "-s", "1000", "-o", directory.resolve("trace.txt").toString()));
    strace.add("-e");
    strace.add("trace=fdatasync,fsync,write,pwrite64,writev,pwritev,sendto,sendmsg,execve");
    strace.addAll(List.of(options));
    return ZtickServer.withJournal(directory).under(strace).start();
  }

  /// Ends the server and waits until its last call is written down.
  private List<String> kill(ZtickServer server) throws Exception {
    server.kill();
    Pattern end = Pattern.compile("(?m)^" + server.pid() + " +\\+\\+\\+ killed");
    Path trace = directory.resolve("trace.txt");
    await().atMost(ZtickServer.BOUND).until(() -> end.matcher(Files.readString(trace)).find());
    return Files.readAllLines(trace);
  }

  /// Where the first such write has been synced, with success.
  private static int synced(List<String> calls, int from, String write) {
    int begun = find(calls, find(calls, from, write), "(fdatasync|fsync)\\(\\d+<[^>]*/\\d+\\.log>");
    String call = calls.get(begun);
    if (!call.contains("<unfinished ...>")) {
      assertThat(call).contains("= 0");
      return begun;
    }
    String thread = call.substring(0, call.indexOf(' '));
    return find(calls, begun, "^" + thread + " .*(fdatasync|fsync) resumed>.*= 0");
  }

  private static int find(List<String> calls, int from, String regex) {
    Pattern pattern = Pattern.compile(regex);
    for (int call = from; call < calls.size(); call++) {
      if (pattern.matcher(calls.get(call)).find()) {
        return call;
      }
    }
    return fail("nothing like %s behind line %d of\n%s", regex, from, String.join("\n", calls));
  }
}

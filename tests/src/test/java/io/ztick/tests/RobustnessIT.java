package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that are many, slow, silent, greedy or mad; the others are answered meanwhile.
class RobustnessIT {
  private static final int JOBS = 10_000;

  /// What a server with a heap of 128 MB takes in all, whatever its clients do.
  private static final long MAX_RESIDENT_BYTES = 400L << 20;

  private static final String SLOW_CONSUMER = "a pending write made no progress";

  @TempDir static Path directory;
  private static ZtickServer server;

  @BeforeAll
  static void start() throws Exception {
    server = ZtickServer.in(directory).start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void two_thousand_connections_at_once() throws Exception {
    Deque<Wire> wires = new ArrayDeque<>();
    try {
      while (wires.size() < 2000) {
        wires.add(server.connect());
      }
      for (int round = 0; round < 2; round++) {
        for (Wire wire : wires) {
          wire.send("r1 PING");
        }
        for (Wire wire : wires) {
          wire.expect("r1 OK");
        }
      }
      assertThat(Integer.parseInt(wires.getFirst().table("STAT").getOrDefault("connections", "")))
          .isGreaterThanOrEqualTo(2000);
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
    awaitNobodyElse();
  }

  @Test
  void a_reader_that_never_reads_holds_up_nobody_and_memory_stays_bounded(@TempDir Path own)
      throws Exception {
    try (ZtickServer small = ZtickServer.in(own).environment("ZTICK_HEAP", "128m").start();
        Wire other = small.connect();
        Socket deaf = new Socket()) {
      createJobs(other);
      Thread writer = writeWithoutReading(deaf, small, "QUERY robust.list.\n".repeat(2000), 1);
      for (int turn = 0; turn < 5000; turn++) {
        other.send("r1 PING").expect("r1 OK");
        assertThat(other.rows("QUERY robust.list.0000")).hasSize(10);
        assertThat(small.residentBytes()).isLessThan(MAX_RESIDENT_BYTES);
      }
      assertThat(writer.join(ZtickServer.BOUND)).as("the questions are few bytes").isTrue();
    }
  }

  @Test
  void many_readers_that_never_read_leave_room_for_the_others(@TempDir Path own) throws Exception {
    List<Socket> deaf = new ArrayList<>();
    // What each may leave unread, 400 times, is three times what this server has.
    try (ZtickServer small = ZtickServer.in(own).environment("ZTICK_HEAP", "128m").start();
        Wire other = small.connect()) {
      createJobs(other);
      while (deaf.size() < 400) {
        Socket socket = new Socket();
        deaf.add(socket);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), small.port()));
        socket
            .getOutputStream()
            .write("QUERY robust.list.\n".repeat(5).getBytes(StandardCharsets.US_ASCII));
      }
      for (int turn = 0; turn < 2000; turn++) {
        other.send("r1 PING").expect("r1 OK");
      }
    } finally {
      for (Socket socket : deaf) {
        socket.close();
      }
    }
  }

  @Test
  void a_connection_that_does_not_read_its_answers_stops_being_read(@TempDir Path own)
      throws Exception {
    try (ZtickServer small = ZtickServer.in(own).environment("ZTICK_HEAP", "128m").start();
        Wire other = small.connect();
        Socket deaf = new Socket()) {
      Thread writer = writeWithoutReading(deaf, small, "HELP\n".repeat(200_000), 64);
      for (int turn = 0; turn < 5000; turn++) {
        other.send("r1 PING").expect("r1 OK");
        assertThat(small.residentBytes()).isLessThan(MAX_RESIDENT_BYTES);
      }
      assertThat(writer.isAlive()).as("it waits for the server to read").isTrue();
    }
  }

  @Test
  void a_slow_consumer_is_closed_when_a_pending_write_makes_no_progress(@TempDir Path own)
      throws Exception {
    try (ZtickServer strict = ZtickServer.in(own).set("controller", "write_timeout", "1s").start();
        Wire other = strict.connect();
        Socket deaf = new Socket()) {
      Thread writer = writeWithoutReading(deaf, strict, "HELP\n".repeat(200_000), 64);
      strict.awaitLog(SLOW_CONSUMER);
      assertThat(writer.join(ZtickServer.BOUND)).as("its write fails").isTrue();
      other.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void a_slow_consumer_that_sends_a_line_now_and_then_is_closed_too(@TempDir Path own)
      throws Exception {
    try (ZtickServer strict =
            ZtickServer.in(own)
                .set("controller", "write_timeout", "1s")
                // More than the deaf one leaves unread: its lines go on being read and answered.
                .set("controller", "max_pending_bytes", 64 << 20)
                .start();
        Wire other = strict.connect();
        Socket deaf = new Socket()) {
      createJobs(other);
      writeWithoutReading(deaf, strict, "QUERY robust.list.\n".repeat(8), 1).join();
      await("it is closed")
          .atMost(ZtickServer.BOUND)
          .until(
              () -> {
                sendIfOpen(deaf, "PING\n");
                return strict.log().stream().anyMatch(line -> line.contains(SLOW_CONSUMER));
              });
      other.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void readers_of_listings_without_end_do_not_keep_a_new_connection_waiting() throws Exception {
    long drainedAtMost = 500_000_000;
    AtomicLong drained = new AtomicLong();
    List<Socket> greedy = new ArrayList<>();
    try (Wire creator = server.connect()) {
      createJobs(creator);
      while (greedy.size() < 10) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        greedy.add(socket);
        socket
            .getOutputStream()
            .write("QUERY robust.list.\n".repeat(1000).getBytes(StandardCharsets.US_ASCII));
        Thread.ofPlatform().daemon().start(() -> drain(socket, drained));
      }
      await("all of it flows").atMost(ZtickServer.BOUND).until(() -> drained.get() > 10_000_000);
      int answered = 0;
      for (long start = drained.get(); drained.get() - start < drainedAtMost; answered++) {
        try (Wire wire = server.connect()) {
          wire.send("r1 PING").expect("r1 OK");
        }
      }
      assertThat(answered).as("new connections answered meanwhile").isGreaterThanOrEqualTo(20);
    } finally {
      for (Socket socket : greedy) {
        socket.close();
      }
    }
    awaitNobodyElse();
  }

  @Test
  void ids_of_one_hash_code_are_answered_like_others() throws Exception {
    int jobs = 60_000;
    StringBuilder sent = new StringBuilder();
    for (String command : List.of("SET %s 2099-04-01\n", "GET %s\n")) {
      for (int job = 0; job < jobs; job++) {
        StringBuilder id = new StringBuilder("robust.hash.");
        for (int bit = 0; bit < 16; bit++) {
          id.append((job >> bit & 1) == 0 ? "Aa" : "BB");
        }
        sent.append(command.formatted(id));
      }
    }
    try (Wire wire = server.connect();
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Wire> written = clients.submit(() -> wire.write(sent.toString()).halfClose());
      Future<String> answers = clients.submit(wire::remaining);
      assertThat(answers.get(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS))
          .isEqualTo("OK\n".repeat(jobs) + "OK planned 4078684800000000000\n".repeat(jobs));
      assertThat(written.get()).isSameAs(wire);
    }
  }

  @Test
  void a_log_that_nobody_reads_holds_up_nobody(@TempDir Path own) throws Exception {
    try (ZtickServer unread = ZtickServer.in(own).set("log", "level", "debug").startUnread()) {
      for (int client = 0; client < 2000; client++) {
        unread.connect().close();
      }
      try (Wire wire = unread.connect()) {
        wire.send("r1 PING").expect("r1 OK");
      }
      unread.signal("TERM");
      assertThat(unread.exitCode()).isZero();
    }
  }

  @Test
  void a_writer_of_a_byte_at_a_time_is_answered_and_holds_up_nobody() throws Exception {
    try (Wire other = server.connect();
        Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      slow.setSoTimeout(1000);
      for (byte next : "r1 P".getBytes(StandardCharsets.US_ASCII)) {
        slow.getOutputStream().write(next);
        assertThat(isSilent(slow)).isTrue();
        other.send("r2 PING").expect("r2 OK");
      }
      new Wire(slow).write("ING\n").expect("r1 OK");
    }
  }

  @Test
  void one_mebibyte_without_a_line_feed_is_one_line_too_long() throws Exception {
    List<Wire> wires = new ArrayList<>();
    try (Wire other = server.connect()) {
      for (int client = 0; client < 20; client++) {
        Wire wire = server.connect();
        wires.add(wire);
        wire.write("r1 SET ").write(new byte[1 << 20]).expect("r1 ERROR line_too_long…");
        other.send("r2 PING").expect("r2 OK");
      }
      for (Wire wire : wires) {
        wire.write("\nr3 PING\n").expect("r3 OK");
      }
    } finally {
      for (Wire wire : wires) {
        wire.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void random_bytes_harm_nobody(long seed) throws Exception {
    Random random = new Random(seed);
    String[] pieces = {
      " ",
      "\"",
      "\\",
      "\n",
      "\r\n",
      "r1",
      "GET",
      "SHOW",
      "QUERY",
      "LISTRULES",
      "RULE",
      "SET",
      "\u0085",
      "\\u{",
      "}",
      "*",
      "PING",
      "+1h",
      "2099-04-01",
      "é",
      "AUTH",
      "HELP",
      "STAT",
      "\0"
    };
    try (Wire other = server.connect();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int client = 0; client < 50; client++) {
        byte[] bytes = new byte[8000];
        random.nextBytes(bytes);
        StringBuilder words = new StringBuilder();
        for (int piece = 0; piece < 1000; piece++) {
          words.append(pieces[random.nextInt(pieces.length)]);
        }
        try (Wire mad = server.connect()) {
          Future<Wire> written =
              writers.submit(() -> mad.write(bytes).write("\n" + words + "\n").halfClose());
          String answers = mad.remaining();
          assertThat(written.get()).isSameAs(mad);
          assertThat(answers).as("seed %d, client %d", seed, client).endsWith("\n");
          answers.lines().forEach(RobustnessIT::assertPrintable);
        }
        other.send("r1 PING").expect("r1 OK");
      }
    }
  }

  @Test
  void every_non_blank_line_gets_an_answer() throws Exception {
    Random random = new Random(5);
    String[] words = {
      "\"", "\\", "r1", "GET", "SHOW", "SET", "x", "\u0085", "\"\"", "PING", "+1h", "é"
    };
    int lines = 5000;
    try (Wire wire = server.connect();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      StringBuilder sent = new StringBuilder();
      for (int line = 0; line < lines; line++) {
        sent.append("line");
        for (int word = random.nextInt(6); word > 0; word--) {
          sent.append(' ').append(words[random.nextInt(words.length)]);
        }
        sent.append('\n');
      }
      Future<Wire> written = writers.submit(() -> wire.write(sent.toString()).halfClose());
      List<String> answers = wire.remaining().lines().toList();
      assertThat(written.get()).isSameAs(wire);
      assertThat(answers.stream().filter(RobustnessIT::endsAnAnswer)).hasSize(lines);
    }
  }

  @Test
  void an_http_post_as_a_browser_sends_it_changes_nothing() throws Exception {
    String body = "r1 SET robust.http 2099-04-01\r\nSET robust.http 2099-04-01\r\n";
    try (Wire wire = server.connect();
        Wire other = server.connect()) {
      wire.write(
          "POST / HTTP/1.1\r\n"
              + "Host: 127.0.0.1:5678\r\n"
              + "User-Agent: Mozilla/5.0\r\n"
              + "Content-Type: text/plain;charset=UTF-8\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n"
              + "Origin: https://example.com\r\n"
              + "\r\n"
              + body);
      wire.expect("ERROR bad_request this is not an HTTP port").expectClosed();
      other.send("r1 GET robust.http").expect("r1 ERROR not_found…");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS", "SET"})
  void another_http_request_is_closed_at_its_host_header(String method) throws Exception {
    try (Wire wire = server.connect();
        Wire other = server.connect()) {
      wire.write(
          method + " / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nSET robust.http 2099-04-01\r\nPING\r\n");
      assertThat(wire.line()).contains("ERROR ");
      wire.expect("ERROR bad_request this is not an HTTP port").expectClosed();
      other.send("r1 GET robust.http").expect("r1 ERROR not_found…");
    }
  }

  @Test
  void beyond_max_unauthenticated_the_oldest_one_is_closed(@TempDir Path own) throws Exception {
    try (ZtickServer guarded =
            ZtickServer.in(own)
                .set("controller", "max_unauthenticated", 3)
                .set("controller", "auth_timeout", "1h")
                .auth("[token.a]\nsecret = \"sesame\"\nnamespace = \"*\"\n")
                .start();
        Wire known = guarded.connect("sesame");
        Wire oldest = guarded.connect();
        Wire second = guarded.connect();
        Wire third = guarded.connect();
        Wire fourth = guarded.connect()) {
      oldest.expectClosed();
      for (Wire wire : List.of(second, third, fourth)) {
        wire.send("AUTH sesame").expect("OK").send("r1 PING").expect("r1 OK");
      }
      known.send("r1 PING").expect("r1 OK");
    }
  }

  @Test
  void an_idle_connection_is_closed_after_idle_timeout(@TempDir Path own) throws Exception {
    try (ZtickServer impatient =
            ZtickServer.in(own).set("controller", "idle_timeout", "2s").start();
        Wire idle = impatient.connect()) {
      idle.send("r1 PING").expect("r1 OK").expectClosed();
    }
  }

  @Test
  void connections_that_come_and_go_leave_nothing_behind() throws Exception {
    for (int client = 0; client < 3000; client++) {
      try (Wire wire = server.connect()) {
        switch (client % 3) {
          case 0 -> wire.send("r1 PING").expect("r1 OK");
          case 1 -> wire.write("r1 SET \"half a line");
          default -> wire.halfClose().expectClosed();
        }
      }
    }
    awaitNobodyElse();
  }

  private static void awaitNobodyElse() throws IOException {
    try (Wire wire = server.connect()) {
      await("the server has forgotten all others")
          .atMost(ZtickServer.BOUND)
          .until(() -> wire.table("STAT").getOrDefault("connections", ""), "1"::equals);
    }
  }

  /// Ten thousand jobs whose listing is some two and a half megabytes.
  private static void createJobs(Wire wire) throws IOException {
    String filler = "x".repeat(200);
    for (int first = 0; first < JOBS; first += 200) {
      StringBuilder sets = new StringBuilder();
      for (int job = first; job < first + 200; job++) {
        sets.append("SET robust.list.%05d.%s 2099-04-01\n".formatted(job, filler));
      }
      wire.write(sets.toString());
      for (int job = first; job < first + 200; job++) {
        wire.expect("OK");
      }
    }
  }

  /// Sends the text so many times, or until the connection ends.
  private static Thread writeWithoutReading(Socket deaf, ZtickServer server, String text, int times)
      throws IOException {
    deaf.setReceiveBufferSize(4096);
    deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                for (int time = 0; time < times; time++) {
                  deaf.getOutputStream().write(bytes);
                }
              } catch (IOException e) {
                assertThat(e).isInstanceOf(SocketException.class);
              }
            });
  }

  private static void sendIfOpen(Socket socket, String text) throws IOException {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    } catch (SocketException e) {
      assertThat(e).as("it has been closed").isNotNull();
    }
  }

  private static void drain(Socket socket, AtomicLong drained) {
    byte[] bytes = new byte[65_536];
    try {
      for (int length = 0; length >= 0; length = socket.getInputStream().read(bytes)) {
        drained.addAndGet(length);
      }
    } catch (IOException e) {
      assertThat(socket.isClosed()).as("it ends with the test: %s", e).isTrue();
    }
  }

  private static boolean isSilent(Socket socket) throws IOException {
    try {
      socket.getInputStream().read();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  private static void assertPrintable(String line) {
    assertThat(line.chars().noneMatch(Character::isISOControl)).as(line).isTrue();
  }

  private static boolean endsAnAnswer(String line) {
    List<String> words = Words.of(line);
    int first = words.getFirst().equals("line") ? 1 : 0;
    return words.size() > first
        && (words.get(first).equals("OK") || words.get(first).equals("ERROR"));
  }
}

package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Journals that are not as the server left them: what is served is the state after the first so
/// many of the acknowledged changes, said by number, or nothing at all and the reason.
///
/// More flipped bits, or those that failed: `-Dztick.damage.flips=200 -Dztick.damage.seed=N`.
@Timeout(3600)
class DamageIT {
  private static final int FLIPS = Integer.getInteger("ztick.damage.flips", 4);
  private static final long SEED = Long.getLong("ztick.damage.seed", System.nanoTime());

  /// At the end of a block, where no header has room, the log is filled up with zeros.
  private static final int BLOCK_BYTES = 32 * 1024;

  /// Checksum, length and kind, in front of what is in the log.
  private static final int HEADER_BYTES = 7;

  private static final int PAGE_BYTES = 4096;

  private static final int MAX_FILLING_BYTES = 10;

  private static final int OLD_CHANGES = 200;
  private static final int NEW_CHANGES = 400;
  private static final String LIVE_LOG = "\\d{6}\\.log";

  /// How many JVMs look at copies at once.
  private static final int THREADS = 2;

  @TempDir static Path directory;
  private static Source stopped;
  private static Source killed;
  private static final AtomicInteger copies = new AtomicInteger();
  private final Random random = new Random(SEED);

  /// A journal, and how it came about: some changes in tables, the others in the live log.
  ///
  /// @param ends where the record of each change ends that is in the live log; behind the last one
  ///   lie zeros, room for others, unless the server was stopped
  private record Source(Path state, List<Step> steps, String log, List<Long> ends) {
    Path journal() {
      return state.resolve("journal");
    }

    Map<String, String> after(long changes) {
      return Ledger.after(Map.of(), steps, Math.toIntExact(changes));
    }

    /// The last change whose record lies before this place in the live log.
    int lastChangeBefore(long bytes) {
      return OLD_CHANGES + Math.toIntExact(ends.stream().filter(end -> end <= bytes).count());
    }

    /// Where the record of the last change before this place ends.
    long endBefore(long bytes) {
      return ends.stream().filter(end -> end <= bytes).mapToLong(Long::longValue).max().orElse(0);
    }
  }

  private interface Case {
    void check() throws Exception;
  }

  @BeforeAll
  static void fill() throws Exception {
    stopped = source("stopped", ZtickServer::stop);
    killed = source("killed", ZtickServer::kill);
  }

  private interface End {
    void of(ZtickServer server) throws Exception;
  }

  private static Source source(String name, End end) throws Exception {
    Path home = Files.createDirectory(directory.resolve(name));
    List<Step> steps = steps(OLD_CHANGES + NEW_CHANGES);
    Path journal = ZtickServer.state(home).resolve("journal");
    try (ZtickServer server = ZtickServer.withJournal(home).start();
        Wire wire = server.connect()) {
      for (Step step : steps.subList(0, OLD_CHANGES)) {
        wire.send(step.line()).expect("s" + step.number() + " OK");
      }
      end.of(server);
    }
    try (ZtickServer server = ZtickServer.withJournal(home).start();
        Wire wire = server.connect()) {
      assertThat(server.recovered()).isEqualTo(new ZtickServer.Recovered(OLD_CHANGES, 0));
      await().atMost(ZtickServer.BOUND).until(() -> Tree.files(journal, LIVE_LOG).size() == 1);
      assertThat(Tree.files(journal, "\\d{6}\\.sst")).as("tables after a restart").isNotEmpty();
      Path log = Tree.files(journal, LIVE_LOG).getLast();
      List<Long> ends = new ArrayList<>();
      for (Step step : steps.subList(OLD_CHANGES, steps.size())) {
        wire.send(step.line()).expect("s" + step.number() + " OK");
        ends.add(endOfRecords(log));
      }
      end.of(server);
      assertThat(endOfRecords(log)).as("the log after the end").isEqualTo(ends.getLast());
      assertThat(ends.getLast()).as("several blocks").isGreaterThan(4 * BLOCK_BYTES);
      return new Source(ZtickServer.state(home), steps, log.getFileName().toString(), ends);
    }
  }

  private static long endOfRecords(Path log) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
    int end = 0;
    int next = 0;
    while (bytes.limit() - next >= HEADER_BYTES && bytes.get(next + HEADER_BYTES - 1) != 0) {
      end = next + HEADER_BYTES + Short.toUnsignedInt(bytes.getShort(next + Integer.BYTES));
      int left = BLOCK_BYTES - end % BLOCK_BYTES;
      next = left < HEADER_BYTES ? end + left : end;
    }
    return end;
  }

  /// A known order of changes, from which every prefix can be told. The last one is long.
  private static List<Step> steps(int count) {
    Random choice = new Random(1);
    Map<String, String> state = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    while (steps.size() < count - 1) {
      int number = steps.size() + 1;
      String job = "job.%d.%s".formatted(choice.nextInt(300), "x".repeat(150));
      String rule = "rule." + choice.nextInt(20);
      Step step =
          switch (choice.nextInt(10)) {
            case 0 -> state.containsKey(job) ? Step.remove(number, job) : Step.plan(number, job);
            case 1 ->
                Step.rule(
                    number, rule, "none. direct true " + number + "y".repeat(choice.nextInt(4000)));
            case 2 ->
                state.containsKey(rule)
                    ? Step.removeRule(number, rule)
                    : Step.rule(number, rule, "none. direct true " + number);
            default -> Step.plan(number, job);
          };
      step.apply(state);
      steps.add(step);
    }
    steps.add(Step.rule(count, "rule.long", "none. direct true " + "z".repeat(60_000)));
    return steps;
  }

  @Test
  void a_live_log_that_is_cut_leaves_the_changes_before_the_cut() throws Exception {
    long size = killed.ends().getLast();
    TreeSet<Long> places = new TreeSet<>(List.of(0L, 1L, 7L, size - 1, size));
    for (long block = BLOCK_BYTES; block < size; block += BLOCK_BYTES) {
      places.add(block);
    }
    random.longs(FLIPS, 1, size).forEach(places::add);
    List<Case> cases = new ArrayList<>();
    for (long place : places) {
      Source source = source(cases.size());
      cases.add(
          () -> {
            Path copy = copy(source);
            truncate(log(source, copy), place);
            int last = source.lastChangeBefore(place);
            expectPrefix(source, copy, "cut at " + place, last, source.endBefore(place));
          });
    }
    checkAll(cases);
  }

  /// The machine stops while a change is being written: of its pages some are on the disk.
  @Test
  void a_change_of_which_pages_never_came_to_the_disk_is_dropped() throws Exception {
    List<Case> cases = new ArrayList<>();
    int acknowledged = killed.steps().size() - 1;
    for (int round = 0; round < 2 * FLIPS; round++) {
      Source source = source(round);
      long end = source.ends().get(source.ends().size() - 2);
      long size = source.ends().getLast();
      long page = (end / PAGE_BYTES + 1) * PAGE_BYTES;
      long missing = page + random.nextLong((size - page) / PAGE_BYTES) * PAGE_BYTES;
      cases.add(
          () -> {
            Path copy = copy(source);
            write(log(source, copy), missing, new byte[PAGE_BYTES]);
            String what = "zeros at %d, last change from %d to %d".formatted(missing, end, size);
            expectPrefix(source, copy, what, acknowledged, end);
          });
    }
    checkAll(cases);
  }

  @Test
  void a_server_on_a_cut_log_says_so_and_keeps_what_comes_then() throws Exception {
    Source source = killed;
    long size = source.ends().getLast();
    for (long place : List.of(size - 1, size / 2, BLOCK_BYTES + 100L)) {
      Path copy = copy(source);
      truncate(log(source, copy), place);
      goOn(source, copy);
    }
    Path deleted = copy(source);
    Files.delete(log(source, deleted));
    goOn(source, deleted);
  }

  /// Serves what `verify` has said, and later that and what came then.
  private void goOn(Source source, Path state) throws Exception {
    ZtickServer.Recovered said = Ztick.verified(state).recovered();
    Map<String, String> expected = source.after(said.lastChange());
    try (ZtickServer server = ZtickServer.in(directory).journal(state).start();
        Wire wire = server.connect()) {
      assertThat(server.recovered()).isEqualTo(said);
      assertThat(server.awaitLog("last change"))
          .contains(said.droppedBytes() > 0 ? "WARN" : "INFO");
      assertThat(served(wire)).isEqualTo(expected);
      for (long number = 1; number <= 20; number++) {
        Step step = Step.plan(number, "later." + number);
        wire.send(step.line()).expect("s" + number + " OK");
        step.apply(expected);
      }
      server.kill();
    }
    try (ZtickServer server = ZtickServer.in(directory).journal(state).start();
        Wire wire = server.connect()) {
      assertThat(server.recovered())
          .isEqualTo(new ZtickServer.Recovered(said.lastChange() + 20, 0));
      assertThat(served(wire)).isEqualTo(expected);
    }
  }

  @Test
  void bytes_behind_the_last_change_are_dropped() throws Exception {
    List<Case> cases = new ArrayList<>();
    for (int count : List.of(1, 6, 7, 8, 100, 2 * BLOCK_BYTES)) {
      byte[] noise = noise(count);
      for (byte[] foreign : List.of(noise, new byte[count])) {
        Source source = source(cases.size());
        cases.add(
            () -> {
              Path copy = copy(source);
              write(log(source, copy), source.ends().getLast(), foreign);
              String what = count + " bytes behind, the first " + foreign[0];
              expectPrefix(source, copy, what, source.steps().size(), source.ends().getLast());
            });
      }
    }
    checkAll(cases);
  }

  /// None of the bytes is the kind of a record that RocksDB would read for ever: a log with such a
  /// one is refused, which the test of the log's tail shows.
  private byte[] noise(int count) {
    byte[] noise = new byte[count];
    random.nextBytes(noise);
    for (int i = 0; i < count; i++) {
      noise[i] |= 0x10;
    }
    return noise;
  }

  @Test
  void without_the_live_log_there_is_what_was_before_it() throws Exception {
    for (Source source : List.of(stopped, killed)) {
      Path copy = copy(source);
      Files.delete(log(source, copy));
      assertThat(expectPrefix(source, copy, "no log").number("last_change")).isEqualTo(OLD_CHANGES);
    }
  }

  @Test
  void a_flipped_bit_in_the_live_log_leaves_a_prefix_or_is_refused() throws Exception {
    List<Case> cases = new ArrayList<>();
    long size = killed.ends().getLast();
    for (long place : random.longs(4L * FLIPS, 0, size).boxed().toList()) {
      Source source = source(cases.size());
      int bit = random.nextInt(8);
      cases.add(
          () -> {
            Path copy = copy(source);
            flip(log(source, copy), place, bit);
            expectPrefixOrRefusal(source, copy, "log, byte %d, bit %d".formatted(place, bit));
          });
    }
    checkAll(cases);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\d{6}\\.sst", "MANIFEST-.*", "CURRENT", "OPTIONS-.*", "IDENTITY"})
  void a_flipped_bit_in_another_file_loses_nothing_or_is_refused(String file) throws Exception {
    List<Case> cases = new ArrayList<>();
    for (Source source : List.of(stopped, killed)) {
      Path original = Tree.files(source.journal(), file).getLast();
      String name = original.getFileName().toString();
      long size = Files.size(original);
      for (long place : random.longs(FLIPS, 0, size).boxed().toList()) {
        int bit = random.nextInt(8);
        boolean serves = cases.size() % 4 == 0;
        cases.add(
            () -> {
              Path copy = copy(source);
              flip(copy.resolve("journal").resolve(name), place, bit);
              String what = "%s, byte %d of %d, bit %d".formatted(name, place, size, bit);
              expectAllOrRefusal(source, copy, what, serves);
            });
      }
    }
    assertThat(cases).as(file).isNotEmpty();
    checkAll(cases);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\d{6}\\.sst", "MANIFEST-.*", "CURRENT"})
  void without_a_part_that_is_needed_the_journal_is_refused(String file) throws Exception {
    List<Case> cases = new ArrayList<>();
    for (Source source : List.of(stopped, killed)) {
      for (Path original : Tree.files(source.journal(), file)) {
        for (long left : List.of(-1L, 0L, Files.size(original) / 2)) {
          cases.add(
              () -> {
                Path copy = copy(source);
                Path damaged = copy.resolve("journal").resolve(original.getFileName());
                if (left < 0) {
                  Files.delete(damaged);
                } else {
                  truncate(damaged, left);
                }
                expectRefusal(copy, "%s, %d bytes left".formatted(original.getFileName(), left));
              });
        }
      }
    }
    assertThat(cases).as(file).isNotEmpty();
    checkAll(cases);
  }

  /// The changes between an old table and a live log that is newer than all the server knows of.
  @Test
  void a_gap_in_the_changes_is_refused() throws Exception {
    Path home = Files.createDirectory(directory.resolve("gap"));
    Path state = Tree.copy(killed.state(), ZtickServer.state(home));
    String log = killed.log();
    Path before = Tree.copy(state, home.resolve("before"));
    try (ZtickServer server = ZtickServer.withJournal(home).start();
        Wire wire = server.connect()) {
      wire.send("SET gap.job 2099-04-01").expect("OK");
      server.kill();
    }
    Path newer = Tree.files(state.resolve("journal"), LIVE_LOG).getLast();
    assertThat(newer.getFileName().toString()).as("a new log").isGreaterThan(log);
    Files.delete(before.resolve("journal").resolve(log));
    Files.copy(newer, before.resolve("journal").resolve(newer.getFileName()));
    expectRefusal(before, "a log is missing");
  }

  /// Then nothing else in this class proves anything by accident.
  @Test
  void an_untouched_copy_is_whole() throws Exception {
    for (Source source : List.of(stopped, killed)) {
      long end = source.ends().getLast();
      expectPrefix(source, copy(source), "untouched", source.steps().size(), end);
    }
  }

  /// By turns one that was stopped and one that was killed.
  private static Source source(int turn) {
    return turn % 2 == 0 ? stopped : killed;
  }

  private static Path copy(Source source) throws Exception {
    return Tree.copy(source.state(), directory.resolve("copy" + copies.incrementAndGet()));
  }

  private static Path log(Source source, Path copy) {
    return copy.resolve("journal").resolve(source.log());
  }

  private static void truncate(Path file, long bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(bytes);
    }
  }

  private static void write(Path file, long place, byte[] bytes) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(place);
      access.write(bytes);
    }
  }

  private static void flip(Path file, long place, int bit) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(place);
      int old = access.read();
      access.seek(place);
      access.write(old ^ 1 << bit);
    }
  }

  /// Looks at all of them, several at once, and tells of all that fail.
  private static void checkAll(List<Case> cases) throws Exception {
    List<String> failures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> results = new ArrayList<>();
      for (Case each : cases) {
        results.add(threads.submit(() -> failure(each)));
      }
      for (Future<?> result : results) {
        String failure = String.valueOf(result.get());
        if (!failure.isEmpty()) {
          failures.add(failure);
        }
      }
    }
    assertThat(failures).as("failures of %d, seed %d", cases.size(), SEED).isEmpty();
  }

  private static String failure(Case each) throws Exception {
    try {
      each.check();
      return "";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// The last change has this number, and its record ends there in the log.
  private static void expectPrefix(Source source, Path copy, String what, long lastChange, long end)
      throws Exception {
    long behind = Math.max(0, used(Files.readAllBytes(log(source, copy))) - end);
    Ztick verify = expectPrefix(source, copy, what);
    assertThat(verify.number("last_change")).as("last change, %s", what).isEqualTo(lastChange);
    assertThat(verify.number("dropped_bytes"))
        .as("bytes dropped, %s", what)
        .isBetween(Math.max(0, behind - MAX_FILLING_BYTES), behind);
  }

  /// `verify` and `dump` show the state after the last change that is said, and only look.
  private static Ztick expectPrefix(Source source, Path copy, String what) throws Exception {
    Map<String, String> before = Tree.contents(copy);
    Ztick verify = Ztick.run("verify", copy);
    assertThat(verify.exitCode()).as("verify, %s:\n%s", what, verify.errors()).isZero();
    expectPrefix(source, copy, what, verify);
    Tree.assertUnchanged(copy, before, what);
    return verify;
  }

  private static void expectPrefix(Source source, Path copy, String what, Ztick verify)
      throws Exception {
    assertThat(verify.output().lines()).as(what).last().isEqualTo("ok");
    long lastChange = verify.number("last_change");
    assertThat(lastChange).as(what).isBetween((long) OLD_CHANGES, (long) source.steps().size());
    Map<String, String> expected = source.after(lastChange);
    assertThat(Ztick.ok("dump", copy).state())
        .as("after %d, %s", lastChange, what)
        .isEqualTo(expected);
    assertThat(verify.number("jobs")).as(what).isEqualTo(jobs(expected));
    assertThat(verify.number("rules")).as(what).isEqualTo(expected.size() - jobs(expected));
  }

  private static void expectPrefixOrRefusal(Source source, Path copy, String what)
      throws Exception {
    Map<String, String> before = Tree.contents(copy);
    Ztick verify = Ztick.run("verify", copy);
    if (verify.exitCode() == 0) {
      expectPrefix(source, copy, what, verify);
      Tree.assertUnchanged(copy, before, what);
    } else {
      expectRefusal(copy, what, verify);
    }
  }

  private static void expectAllOrRefusal(Source source, Path copy, String what, boolean serves)
      throws Exception {
    Ztick verify = Ztick.run("verify", copy);
    if (verify.exitCode() != 0) {
      expectRefusal(copy, what, verify);
      return;
    }
    expectPrefix(source, copy, what, verify);
    assertThat(verify.number("last_change")).as(what).isEqualTo(source.steps().size());
    if (serves) {
      Path home = Files.createDirectory(directory.resolve("home" + copies.incrementAndGet()));
      try (ZtickServer server = ZtickServer.in(home).journal(copy).start();
          Wire wire = server.connect()) {
        assertThat(served(wire)).as(what).isEqualTo(source.after(source.steps().size()));
      }
    }
  }

  private static void expectRefusal(Path copy, String what) throws Exception {
    expectRefusal(copy, what, Ztick.run("verify", copy));
  }

  /// Neither `verify` nor the server takes it, both say why, and nothing is changed.
  private static void expectRefusal(Path copy, String what, Ztick verify) throws Exception {
    assertThat(verify.exitCode()).as("verify, %s: %s", what, verify.output()).isEqualTo(1);
    assertThat(verify.errors()).as(what).isNotBlank().doesNotContain("\tat ");
    assertThat(verify.output().lines()).as(what).doesNotContain("ok");
    Map<String, String> before = Tree.contents(copy);
    Path home = Files.createDirectory(directory.resolve("home" + copies.incrementAndGet()));
    try (ZtickServer server = ZtickServer.in(home).journal(copy).launch()) {
      assertThat(server.exitCode()).as("the server's, %s: %s", what, server.log()).isEqualTo(1);
      assertThat(server.log()).as(what).last().asString().startsWith("ztick: ");
      assertThat(String.join("\n", server.log())).as(what).doesNotContain("\tat ");
    }
    Tree.assertUnchanged(copy, before, what);
  }

  /// Where the last byte that is not zero ends.
  private static int used(byte[] bytes) {
    int used = bytes.length;
    while (used > 0 && bytes[used - 1] == 0) {
      used--;
    }
    return used;
  }

  private static long jobs(Map<String, String> state) {
    return state.keySet().stream().filter(key -> !key.startsWith("rule.")).count();
  }

  private static Map<String, String> served(Wire wire) throws IOException {
    Map<String, String> served = wire.table("LISTRULES");
    for (String row : wire.rows("QUERY")) {
      List<String> words = Words.of(row);
      served.put(words.get(0), words.get(2));
    }
    return served;
  }
}

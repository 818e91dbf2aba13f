package io.ztick.tests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tokens with random rights and random lines, compared with a model answer by answer, while tokens
/// are made, rotated, revoked and reloaded: nothing is read, changed, listed, counted or run that
/// lies outside.
///
/// More steps, or those that failed: `-Dztick.rights.steps=1000000 -Dztick.rights.seed=N`.
class RightsIT {
  private static final long STEPS = Long.getLong("ztick.rights.steps", 30_000);
  private static final long SEED = Long.getLong("ztick.rights.seed", System.nanoTime());
  private static final int MAX_BATCH = 250;
  private static final int MAX_SESSIONS = 40;
  private static final int MAX_TOKENS = 60;
  private static final int MAX_FILE_TOKENS = 14;
  private static final int STEPS_PER_BRIEF_TOKEN = 15_000;
  private static final int MADE_A_MINUTE = 5;
  private static final Duration SURELY_LESS_THAN_A_MINUTE = Duration.ofSeconds(50);
  private static final Duration SURELY_MORE_THAN_A_MINUTE = Duration.ofSeconds(70);
  private static final String ADMIN = "the secret of the admin";

  @TempDir Path directory;
  private final Random random = new Random(SEED);
  private final RightsModel model = new RightsModel();
  private final List<Session> sessions = new ArrayList<>();
  private final List<String> retiredSecrets = new ArrayList<>();
  private final List<String> fires = new ArrayList<>();

  /// When each token, by its name, has made others, on the monotonic clock.
  private final Map<String, List<Long>> creations = new HashMap<>();

  private long steps;
  private int names;

  private record Session(Wire wire, ModelToken token, String secret, int address) {}

  private record Line(String text, List<String> expected) {}

  @Test
  @Timeout(value = 4, unit = TimeUnit.HOURS)
  void every_answer_is_that_of_the_model() throws Exception {
    RightsDice dice = new RightsDice(random, fireProgram());
    add(adminToken());
    for (int token = 0; token < MAX_FILE_TOKENS / 2; token++) {
      add(fileToken(dice));
    }
    writeFile("");
    try (ZtickServer server =
            ZtickServer.in(directory).set("controller", "auth_file", "auth.toml").start();
        Wire admin = server.connect(ADMIN)) {
      model.connections.put("admin", 1);
      try {
        long briefTokens = 0;
        while (steps < STEPS) {
          step(dice, server, admin);
          if (steps / STEPS_PER_BRIEF_TOKEN > briefTokens) {
            briefTokens++;
            outliveToken(dice, server, admin);
          }
        }
        assertThat(Files.readAllLines(directory.resolve("fires.txt"))).isEqualTo(fires);
        assertThat(fires).as("runs").isNotEmpty();
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed %d, step %d: %s".formatted(SEED, steps, e), e);
      }
    } finally {
      for (Session session : sessions) {
        session.wire().close();
      }
    }
  }

  private String fireProgram() throws IOException {
    Path fires = Files.createFile(directory.resolve("fires.txt"));
    Path program = directory.resolve("fire");
    Files.writeString(
        program, "#!/bin/sh\necho \"$ZTICK_RULE_ID|$ZTICK_JOB_ID\" >> " + fires + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program.toString();
  }

  private static ModelToken adminToken() {
    ModelRights rights =
        new ModelRights(
            "*",
            ModelRights.allCommands("*"),
            ModelRights.allRunners(),
            List.of(ModelRights.Range.ALL),
            0,
            ModelRights.NEVER);
    return new ModelToken("admin", "admin", null, rights, ADMIN);
  }

  private ModelToken fileToken(RightsDice dice) {
    String name = "f" + random.nextInt(MAX_FILE_TOKENS);
    while (model.tokens.containsKey(name)) {
      name = "f" + random.nextInt(MAX_FILE_TOKENS);
    }
    return new ModelToken(name, name, null, dice.rights(), dice.secret());
  }

  private void add(ModelToken token) {
    model.tokens.put(token.name, token);
  }

  private void step(RightsDice dice, ZtickServer server, Wire admin) throws Exception {
    steps++;
    int kind = random.nextInt(100);
    if (sessions.size() < 5 || kind < 25) {
      logIn(dice, server);
    } else if (kind < 33) {
      create(dice, dice.of(makers()));
    } else if (kind < 37) {
      revoke(dice, dice.of(makers()));
    } else if (kind < 40) {
      rotate(dice, dice.of(makers()));
    } else if (kind < 45) {
      reload(dice, admin);
    } else if (kind < 52) {
      fire(dice, dice.of(sessions), admin);
    } else {
      talk(dice, dice.of(sessions));
    }
  }

  /// Those that may make tokens and have the whole life of theirs; all when there is none.
  private List<Session> makers() {
    List<Session> makers = sessions.stream().filter(RightsIT::mayMake).toList();
    return makers.isEmpty() ? sessions : makers;
  }

  private static boolean mayMake(Session session) {
    return session.token().effective().refusal("TOKEN", "").isEmpty()
        && !session.token().isFormer(session.secret());
  }

  /// Many lines in one piece, and each of their answers.
  private void talk(RightsDice dice, Session session) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (int left = dice.upTo(MAX_BATCH); left > 0; left--) {
      lines.add(line(dice, session));
    }
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      text.append("q ").append(line.text()).append('\n');
    }
    session.wire().write(text.toString());
    for (Line line : lines) {
      steps++;
      compare(session, line);
    }
  }

  private Line line(RightsDice dice, Session session) {
    ModelToken token = session.token();
    if (dice.chance(3)) {
      return new Line(dice.malformed(), List.of("ERROR bad_request…"));
    }
    if (dice.chance(1)) {
      return refusedCreation(dice, token);
    }
    List<String> words = dice.words(token.effective(), targets());
    boolean acts =
        words.getFirst().equals("TOKEN")
            && words.size() > 2
            && token.effective().refusal("TOKEN", "").isEmpty()
            && model.refusedTarget(token.effective(), words.get(2)).isEmpty();
    if (acts) {
      words = List.of("TOKEN", "LIST");
    }
    return new Line(
        words.stream().map(RightsModel::word).collect(Collectors.joining(" ")),
        model.answer(token, session.secret(), words));
  }

  private List<String> targets() {
    List<String> targets = new ArrayList<>(List.of("nobody", "tok_0123456789abcdef"));
    for (ModelToken token : model.tokens.values()) {
      targets.add(token.name);
      targets.add(token.id);
    }
    return targets;
  }

  private Line refusedCreation(RightsDice dice, ModelToken token) {
    ModelRights rights = token.effective();
    String missing = rights.refusal("TOKEN", "");
    if (!missing.isEmpty()) {
      return new Line("TOKEN CREATE fresh a.", List.of("ERROR auth_denied " + missing));
    }
    if (madeWithin(token, SURELY_MORE_THAN_A_MINUTE) >= MADE_A_MINUTE) {
      return new Line("PING", List.of("OK"));
    }
    String other = dice.of(List.of("c.", "*", "a", "b.", "zz."));
    if (!rights.containsNamespace(other)) {
      return new Line(
          "TOKEN CREATE fresh " + other, List.of("ERROR auth_denied " + ModelRights.SCOPE));
    }
    SortedSet<String> commands = new TreeSet<>(ModelRights.COMMANDS);
    commands.removeAll(rights.commands());
    SortedSet<String> runners = new TreeSet<>(ModelRights.RUNNERS);
    runners.removeAll(rights.runners());
    if (!commands.isEmpty()) {
      return new Line(
          "TOKEN CREATE fresh %s commands=GET,%s".formatted(other, commands.first()),
          List.of("ERROR auth_denied the token may not hand out the command…"));
    }
    if (!runners.isEmpty()) {
      return new Line(
          "TOKEN CREATE fresh %s runners=%s".formatted(other, runners.first()),
          List.of("ERROR auth_denied the token may not hand out the runner " + runners.first()));
    }
    return new Line("TOKEN CREATE admin " + other, List.of("ERROR bad_request…"));
  }

  private static void compare(Session session, Line line) throws IOException {
    for (String expected : line.expected()) {
      String actual = answer(session, line);
      if (expected.equals("…")) {
        while (!actual.equals("OK")) {
          actual = answer(session, line);
          assertThat(actual).doesNotStartWith("ERROR");
        }
        return;
      }
      if (!matches(expected, actual)) {
        throw new AssertionError(
            "%s\n  asked by %s\n  is answered %s\n  and not     %s"
                .formatted(line.text(), session.token(), actual, expected));
      }
    }
  }

  private static String answer(Session session, Line line) throws IOException {
    Optional<String> answer = session.wire().lineIfAny();
    if (answer.isEmpty() || !answer.get().startsWith("q ")) {
      throw new AssertionError(line.text() + " by " + session.token() + ": " + answer);
    }
    return answer.get().substring(2);
  }

  private static boolean matches(String expected, String actual) {
    if (expected.endsWith("…")) {
      return actual.startsWith(expected.substring(0, expected.length() - 1));
    }
    int digits = expected.indexOf('§');
    if (digits < 0) {
      return actual.equals(expected);
    }
    return actual.matches(
        Pattern.quote(expected.substring(0, digits))
            + "[0-9]+"
            + Pattern.quote(expected.substring(digits + 1)));
  }

  private void logIn(RightsDice dice, ZtickServer server) throws IOException {
    List<ModelToken> issued =
        model.tokens.values().stream().filter(token -> !token.isInFile()).toList();
    ModelToken chosen =
        dice.of(issued.isEmpty() || dice.chance(50) ? List.copyOf(model.tokens.values()) : issued);
    String secret = dice.of(chosen.secrets);
    if (dice.chance(15)) {
      List<String> others = new ArrayList<>(retiredSecrets);
      others.addAll(List.of(secret + "x", secret.substring(0, secret.length() - 1), chosen.id));
      secret = dice.of(others);
    }
    int address = dice.address(chosen.effective().from());
    Optional<ModelToken> token = model.logIn(secret, address, RightsDice.nowNanos());
    if (token.isPresent() && sessions.size() >= MAX_SESSIONS) {
      return;
    }
    String source = ModelRights.Range.dotted(address);
    Wire wire = Wire.connectFrom(source, server.port());
    assertThat(wire.ask("AUTH " + secret))
        .as("AUTH from %s for %s, chosen %s", source, token, chosen)
        .isEqualTo(token.isPresent() ? "OK" : "ERROR auth_failed");
    if (token.isEmpty()) {
      wire.expectClosed();
      wire.close();
      return;
    }
    sessions.add(new Session(wire, token.get(), secret, address));
    model.connections.merge(token.get().name, 1, Integer::sum);
  }

  private int madeWithin(ModelToken maker, Duration time) {
    long now = System.nanoTime();
    List<Long> made = creations.getOrDefault(maker.name, List.of());
    return (int) made.stream().filter(then -> now - then < time.toNanos()).count();
  }

  private void create(RightsDice dice, Session session) throws IOException {
    ModelRights maker = session.token().effective();
    if (!mayMake(session) || model.tokens.size() >= MAX_TOKENS) {
      return;
    }
    create(dice, session, dice.childOf(maker), dice.of(List.of("", "1h", "366d")));
  }

  /// The token that was made; none when its maker has made too many.
  private Optional<ModelToken> create(
      RightsDice dice, Session session, ModelRights asked, String ttl) throws IOException {
    ModelRights maker = session.token().effective();
    boolean allCommands = dice.chance(30);
    ModelRights child =
        new ModelRights(
            asked.namespace(),
            allCommands ? handedOut(maker, asked.namespace()) : asked.commands(),
            asked.runners(),
            asked.from(),
            0,
            ModelRights.NEVER);
    String name = "n" + names++;
    String line =
        "TOKEN CREATE %s %s runners=%s from=%s%s%s"
            .formatted(
                name,
                child.namespace(),
                child.shownRunners().replace("\"", ""),
                child.shownFrom(),
                allCommands ? "" : " commands=" + String.join(",", child.commands()),
                ttl.isEmpty() ? "" : " ttl=" + ttl);
    boolean limited = madeWithin(session.token(), SURELY_LESS_THAN_A_MINUTE) >= MADE_A_MINUTE;
    boolean maybeLimited = madeWithin(session.token(), SURELY_MORE_THAN_A_MINUTE) >= MADE_A_MINUTE;
    long before = RightsDice.nowNanos();
    List<String> answer = Words.of(session.wire().ask(line));
    long after = RightsDice.nowNanos();
    if (limited || (maybeLimited && answer.getFirst().equals("ERROR"))) {
      assertThat(answer).as(line).startsWith("ERROR", "rate_limited");
      return Optional.empty();
    }
    assertThat(answer).as("%s by %s", line, session.token()).hasSize(4).startsWith("OK");
    creations
        .computeIfAbsent(session.token().name, key -> new ArrayList<>())
        .add(System.nanoTime());
    long expires = Long.parseLong(answer.get(3));
    long length = lengthNanos(ttl);
    assertThat(expires)
        .as("the end of %s by %s", line, session.token())
        .isBetween(
            Math.min(before + length, maker.expiresNanos()),
            Math.min(after + length, maker.expiresNanos()));
    ModelToken made =
        new ModelToken(
            name, answer.get(2), session.token(), expiring(child, expires), answer.get(1));
    add(made);
    return Optional.of(made);
  }

  /// The commands of a child for which none are named.
  private static SortedSet<String> handedOut(ModelRights maker, String namespace) {
    SortedSet<String> all = ModelRights.allCommands(namespace);
    if (maker.commands().equals(ModelRights.COMMANDS)) {
      return all;
    }
    SortedSet<String> commands = new TreeSet<>(maker.commands());
    commands.remove("TOKEN");
    return commands;
  }

  private static ModelRights expiring(ModelRights rights, long expiresNanos) {
    return new ModelRights(
        rights.namespace(),
        rights.commands(),
        rights.runners(),
        rights.from(),
        rights.notBeforeNanos(),
        expiresNanos);
  }

  private static long lengthNanos(String ttl) {
    return switch (ttl) {
      case "1s" -> Duration.ofSeconds(1).toNanos();
      case "1h" -> Duration.ofHours(1).toNanos();
      case "366d" -> Duration.ofDays(366).toNanos();
      default -> Duration.ofDays(1).toNanos();
    };
  }

  /// A token that the session may revoke or rotate.
  private Optional<ModelToken> target(RightsDice dice, Session session) {
    ModelRights rights = session.token().effective();
    List<ModelToken> targets =
        model.tokens.values().stream()
            .filter(token -> model.refusedTarget(rights, token.name).isEmpty())
            .toList();
    return mayMake(session) && !targets.isEmpty()
        ? Optional.of(dice.of(targets))
        : Optional.empty();
  }

  private void revoke(RightsDice dice, Session session) throws IOException {
    Optional<ModelToken> target = target(dice, session);
    if (target.isPresent()) {
      ModelToken token = target.get();
      boolean own = session.token().descendsFrom(token);
      session
          .wire()
          .write("TOKEN REVOKE %s\n%s".formatted(token.id, own ? "SET a.x 1\nQUERY\n" : ""))
          .expect("OK " + model.revoke(token));
      closeWhatIsGoodNoLonger();
    }
  }

  private void rotate(RightsDice dice, Session session) throws IOException {
    Optional<ModelToken> target = target(dice, session);
    if (target.isEmpty()) {
      return;
    }
    ModelToken token = target.get();
    long callersEnd = session.token().effective().expiresNanos();
    boolean overlap = dice.chance(50);
    String line = "TOKEN ROTATE %s%s".formatted(token.name, overlap ? "" : " overlap=0s");
    if (token.rights.expiresNanos() > callersEnd) {
      if (token.effective().expiresNanos() > callersEnd) {
        session.wire().send(line).expect("ERROR auth_denied…");
      }
      return;
    }
    List<String> answer = Words.of(session.wire().ask(line));
    assertThat(answer)
        .as("%s by %s of %s", line, session.token(), token)
        .hasSize(4)
        .startsWith("OK")
        .endsWith(token.id, Long.toString(token.rights.expiresNanos()));
    List<String> good = new ArrayList<>(List.of(answer.get(1)));
    if (overlap) {
      good.add(token.secrets.getFirst());
    }
    token.secrets.stream().filter(secret -> !good.contains(secret)).forEach(retiredSecrets::add);
    token.secrets = good;
    closeWhatIsGoodNoLonger();
  }

  private void closeWhatIsGoodNoLonger() throws IOException {
    long now = RightsDice.nowNanos();
    for (Session session : List.copyOf(sessions)) {
      if (model.logIn(session.secret(), session.address(), now).isEmpty()) {
        retiredSecrets.add(session.secret());
        assertEnded(session);
        forget(session);
      }
    }
    while (retiredSecrets.size() > 20) {
      retiredSecrets.removeFirst();
    }
  }

  private static void assertEnded(Session session) throws IOException {
    try {
      assertThat(session.wire().lineIfAny()).as("a session of %s", session.token()).isEmpty();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("a session goes on, of " + session.token(), e);
    }
  }

  private void forget(Session session) throws IOException {
    session.wire().close();
    sessions.remove(session);
    model.connections.merge(session.token().name, -1, Integer::sum);
  }

  private void reload(RightsDice dice, Wire admin) throws Exception {
    if (dice.chance(20)) {
      writeFile("[token.bad]\nsecret = 'the secret of a bad one'\nnamespace = 'rule.x'\n");
      admin.send("RELOAD");
      assertThat(admin.line()).startsWith("problem ").contains("token.bad");
      admin.expect("ERROR bad_request nothing was changed, problems: 1");
      return;
    }
    List<ModelToken> inFile =
        new ArrayList<>(model.tokens.values().stream().filter(ModelToken::isInFile).toList());
    inFile.removeIf(token -> token.name.equals("admin"));
    if (inFile.size() > MAX_FILE_TOKENS / 3 && dice.chance(40)) {
      ModelToken gone = dice.of(inFile);
      model.revoke(gone);
      inFile.remove(gone);
    } else if (inFile.size() < MAX_FILE_TOKENS - 1) {
      add(fileToken(dice));
    }
    for (ModelToken token : inFile) {
      if (dice.chance(10)) {
        token.rights = dice.rights();
      } else if (dice.chance(20)) {
        token.rights = dice.narrowed(token.rights);
      } else if (dice.chance(10)) {
        changeSecrets(dice, token);
      }
    }
    writeFile("");
    admin.send("RELOAD");
    String row = admin.line();
    for (; !row.equals("OK"); row = admin.line()) {
      assertThat(row).startsWith("warning ");
    }
    closeWhatIsGoodNoLonger();
  }

  private static void changeSecrets(RightsDice dice, ModelToken token) {
    if (token.secrets.size() > 1) {
      token.secrets.removeLast();
    } else {
      token.secrets.addFirst(dice.secret());
    }
  }

  private void writeFile(String more) throws Exception {
    StringBuilder toml = new StringBuilder();
    for (ModelToken token : model.tokens.values()) {
      if (token.isInFile()) {
        toml.append(toml(token));
      }
    }
    ZtickServer.replaceAuth(directory, toml + more);
  }

  private static String toml(ModelToken token) throws Exception {
    ModelRights rights = token.rights;
    StringBuilder toml = new StringBuilder("[token.%s]\n".formatted(token.name));
    String digest = digest(token.secrets.getFirst());
    if (token.secrets.size() > 1) {
      toml.append("secrets = ['sha256:%s', '%s']\n".formatted(digest, token.secrets.getLast()));
    } else if (token.secrets.getFirst().endsWith("0")) {
      toml.append("secret_sha256 = '%s'\n".formatted(digest));
    } else {
      toml.append("secret = '%s'\n".formatted(token.secrets.getFirst()));
    }
    toml.append("namespace = '%s'\n".formatted(rights.namespace()));
    if (!rights.commands().equals(ModelRights.allCommands(rights.namespace()))) {
      toml.append("commands = %s\n".formatted(list(rights.commands())));
    }
    if (!rights.runners().contains("*")) {
      toml.append("runners = %s\n".formatted(list(rights.runners())));
    }
    if (!rights.from().contains(ModelRights.Range.ALL)) {
      toml.append("from = %s\n".formatted(list(rights.from())));
    }
    if (rights.notBeforeNanos() != 0) {
      toml.append("not_before = %s\n".formatted(instant(rights.notBeforeNanos())));
    }
    if (rights.expiresNanos() != ModelRights.NEVER) {
      toml.append("expires = %s\n".formatted(instant(rights.expiresNanos())));
    }
    return toml.toString();
  }

  private static String list(Iterable<?> parts) {
    List<String> quoted = new ArrayList<>();
    parts.forEach(part -> quoted.add("'" + part + "'"));
    return "[" + String.join(", ", quoted) + "]";
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }

  private static String digest(String secret) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  /// A job becomes due: the rule that runs it is the model's, and it is run by no other.
  private void fire(RightsDice dice, Session session, Wire admin) throws IOException {
    ModelRights rights = session.token().effective();
    String job = dice.id(rights.namespace());
    long nanos = dice.upTo(1000);
    if (!rights.refusal("SET", job).isEmpty()) {
      return;
    }
    Optional<String> rule = model.ruleFor(job);
    String clause = rule.map(model::clause).orElse("no rule");
    boolean fires = clause.startsWith("shell ");
    if (fires) {
      this.fires.add(rule.orElseThrow() + "|" + job);
    }
    session.wire().send("SET %s %d".formatted(RightsModel.word(job), nanos)).expect("OK");
    String asked = RightsModel.word(job);
    await(job)
        .pollInterval(Duration.ofMillis(2))
        .atMost(ZtickServer.BOUND)
        .until(() -> admin.ask("GET " + asked), answer -> answer.matches("OK (exec|fail).*"));
    Map<String, String> shown = admin.table("SHOW " + asked);
    String status = fires || clause.equals("direct true") ? "executed" : "failed";
    assertThat(shown).as("%s by %s: %s", job, rule, clause).containsEntry("status", status);
    assertThat(Optional.ofNullable(shown.get("rule"))).as(job).isEqualTo(rule);
    model.finish(job, nanos, status);
  }

  /// A token that ends: what it asks before is answered rightly, nothing afterwards.
  private void outliveToken(RightsDice dice, ZtickServer server, Wire admin) throws Exception {
    Optional<Session> maker =
        sessions.stream()
            .filter(RightsIT::mayMake)
            .filter(session -> session.token().effective().expiresNanos() == ModelRights.NEVER)
            .filter(
                session -> madeWithin(session.token(), SURELY_MORE_THAN_A_MINUTE) < MADE_A_MINUTE)
            .findFirst();
    if (maker.isEmpty()) {
      return;
    }
    Session session = maker.get();
    ModelRights asked = dice.childOf(session.token().effective());
    ModelToken brief = create(dice, session, asked, "1s").orElseThrow();
    long expires = brief.rights.expiresNanos();
    int source = dice.address(asked.from());
    while (!asked.isFrom(source)) {
      source = dice.address(asked.from());
    }
    String address = ModelRights.Range.dotted(source);
    try (Wire wire = Wire.connectFrom(address, server.port())) {
      wire.send("AUTH " + brief.secrets.getFirst());
      boolean open = wire.line().equals("OK");
      while (open) {
        long asking = RightsDice.nowNanos();
        Line line = reading(dice, brief);
        Optional<String> answer = wire.send(line.text()).lineIfAny();
        open = answer.isPresent();
        if (open) {
          assertThat(answer.get()).as(line.text()).isEqualTo(line.expected().getFirst());
          assertThat(asking).as("%s is answered %s", line.text(), answer).isLessThan(expires);
        }
      }
    }
    assertThat(RightsDice.nowNanos()).as("closed").isGreaterThanOrEqualTo(expires);
    try (Wire late = Wire.connectFrom(address, server.port())) {
      late.send("AUTH " + brief.secrets.getFirst()).expect("ERROR auth_failed").expectClosed();
    }
    model.revoke(brief);
    await("what has expired is cleaned up")
        .atMost(ZtickServer.BOUND)
        .until(
            () -> admin.rows("TOKEN LIST"),
            rows -> rows.stream().noneMatch(row -> row.startsWith(brief.id)));
  }

  private Line reading(RightsDice dice, ModelToken token) {
    List<String> words = List.of("GET", dice.id(token.rights.namespace()));
    return new Line(
        words.stream().map(RightsModel::word).collect(Collectors.joining(" ")),
        model.answer(token, token.secrets.getFirst(), words));
  }
}

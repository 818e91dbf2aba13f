package io.ztick.client;

import io.ztick.protocol.LineWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A connection to a ztick server, which is opened again when it is lost. One client is enough for
/// a program; any number of threads, platform or virtual ones, may use it at once.
///
/// **Calls.** Each call is there twice. `set` waits for the answer and throws a {@link
/// ZtickException}; `setAsync` returns at once, and its future ends with that exception.
/// Asynchronous calls pipeline: thousands may be in flight, and the server executes them in the
/// order in which one thread made them. They wait only while {@link ClientOptions#maxInFlight()}
/// calls are in flight. A future that is cancelled does not take its line back.
///
/// **Threads.** Futures complete on a thread of the client, or on the one that closes it, so what
/// is attached to them must not block; a blocking call there throws an `IllegalStateException`. A
/// callback that blocks for {@link ClientOptions#answerTimeout()} is logged, and calls behind it
/// fail after that time. Use the `…Async` methods of `CompletableFuture` to go on elsewhere.
///
/// **When the connection is lost**, calls whose line may have been sent fail: changes with {@link
/// UnknownOutcomeException}, questions with {@link ConnectionException}. {@link
/// ClientOptions#repeatUnknown()} repeats them instead. Other calls wait for the next connection,
/// at most {@link ClientOptions#answerTimeout()}, and then fail with {@link ConnectionException}:
/// nothing was sent. As long as calls wait, the client tries to connect and to log in again, with
/// growing pauses; while there are none it waits for the next.
///
/// **Interruption.** An interrupted thread stops waiting: the call fails as if the connection was
/// lost, although its line may still be sent, and the thread stays interrupted.
///
/// **Identifiers** (jobs and rules) and patterns have 1 to 255 bytes of UTF-8 without control
/// characters; the server refuses others with {@link BadRequestException}.
///
/// No word may hold half of a surrogate pair: that is an `IllegalArgumentException`.
///
/// Every method but {@link #close()} throws `IllegalStateException` when the client is closed.
public final class ZtickClient implements AutoCloseable {
  /// Whose lines change nothing.
  private static final Set<String> QUESTIONS =
      Set.of("CAN", "DUE", "GET", "HELP", "LISTRULES", "PING", "QUERY", "SHOW", "STAT", "WHOAMI");

  /// What stands behind `TOKEN` in lines whose answers hold a secret.
  private static final Set<String> SECRETIVE = Set.of("CREATE", "ROTATE");

  private final ClientOptions options;
  private final Pipeline pipeline;

  private ZtickClient(ClientOptions options) {
    this.options = options;
    this.pipeline = new Pipeline(options);
  }

  /// Connects and logs in.
  ///
  /// @throws AuthenticationException when the server does not know the token, or wants one
  /// @throws OverloadedException when the server has too many connections
  /// @throws ConnectionException when nobody listens there, TLS trusts nobody there, or nothing is
  ///   answered within {@link ClientOptions#connectTimeout()}
  /// @throws ProtocolException when what answers is no ztick server, or speaks TLS unexpectedly
  public static ZtickClient connect(ClientOptions options) {
    ZtickClient client = new ZtickClient(options);
    client.pipeline.start();
    return client;
  }

  /// Creates a job, or plans it anew.
  ///
  /// @param at when it becomes due, to the nanosecond; a time in the past is due at once
  /// @throws IllegalArgumentException when it is outside 1677-09-21 to 2262-04-11
  public void set(String job, Instant at) {
    pipeline.await(() -> set(job, Times.nanos(at)));
  }

  /// {@link #set(String, Instant)}, without waiting.
  public CompletableFuture<Void> setAsync(String job, Instant at) {
    return set(job, Times.nanos(at));
  }

  /// Creates a job, or plans it anew, for so long after the moment at which the server reads the
  /// line, by the server's clock.
  ///
  /// @throws IllegalArgumentException when it is negative or longer than 292 years
  public void set(String job, Duration fromNow) {
    pipeline.await(() -> setFromNow(job, fromNow));
  }

  /// {@link #set(String, Duration)}, without waiting.
  public CompletableFuture<Void> setAsync(String job, Duration fromNow) {
    return setFromNow(job, fromNow);
  }

  /// A job as it is now.
  ///
  /// @throws NotFoundException when there is none
  public Job get(String job) {
    return pipeline.await(() -> callGet(job));
  }

  /// {@link #get}, without waiting.
  public CompletableFuture<Job> getAsync(String job) {
    return callGet(job);
  }

  /// Everything that is known of a job and its run.
  ///
  /// @throws NotFoundException when there is no such job
  public JobDetails show(String job) {
    return pipeline.await(() -> callShow(job));
  }

  /// {@link #show}, without waiting.
  public CompletableFuture<JobDetails> showAsync(String job) {
    return callShow(job);
  }

  /// The jobs whose ids start with a prefix, in byte order, read while they are consumed: a million
  /// take no more memory than one.
  ///
  /// The stream has a connection of its own, which is opened when the stream is consumed and closed
  /// at its end or by {@link Stream#close()}: use try-with-resources when it may not be consumed to
  /// its end. Everything that goes wrong, a lost connection included, is thrown by the terminal
  /// operation. It is no snapshot: jobs that come or go meanwhile may or may not appear. The server
  /// ends the connection of a client that stops reading for long.
  ///
  /// @param prefix plain text; one `*` at its end is dropped; empty for every job
  public Stream<Job> query(String prefix) {
    return Listing.stream(pipeline, List.of("QUERY", text(prefix)), Rows::job);
  }

  /// The rules, in byte order of their ids, read while they are consumed like {@link #query}.
  public Stream<Rule> rules() {
    return Listing.stream(pipeline, List.of("LISTRULES"), Rows::rule);
  }

  /// The jobs that become due next, the next one first.
  ///
  /// @param limit how many at most; the server allows 1 to 1000
  /// @param prefix the beginning of their ids; empty for every job
  /// @throws IllegalArgumentException when the limit is negative
  public List<Job> due(int limit, String prefix) {
    return pipeline.await(() -> callDue(limit, prefix));
  }

  /// {@link #due}, without waiting.
  public CompletableFuture<List<Job>> dueAsync(int limit, String prefix) {
    return callDue(limit, prefix);
  }

  /// Removes a job. A run that has started goes on, and its result is dropped.
  ///
  /// @throws NotFoundException when there is no such job
  public void remove(String job) {
    pipeline.await(() -> callRemove("REMOVE", job));
  }

  /// {@link #remove}, without waiting.
  public CompletableFuture<Void> removeAsync(String job) {
    return callRemove("REMOVE", job);
  }

  /// Creates or replaces a rule.
  public void setRule(Rule rule) {
    pipeline.await(() -> callSetRule(rule));
  }

  /// {@link #setRule}, without waiting.
  public CompletableFuture<Void> setRuleAsync(Rule rule) {
    return callSetRule(rule);
  }

  /// Removes a rule. Jobs are not touched.
  ///
  /// @throws NotFoundException when there is no such rule
  public void removeRule(String rule) {
    pipeline.await(() -> callRemove("REMOVERULE", rule));
  }

  /// {@link #removeRule}, without waiting.
  public CompletableFuture<Void> removeRuleAsync(String rule) {
    return callRemove("REMOVERULE", rule);
  }

  /// Counts of what the token's namespace holds, and facts about the server.
  public Statistics stat() {
    return pipeline.await(() -> callStat());
  }

  /// {@link #stat}, without waiting.
  public CompletableFuture<Statistics> statAsync() {
    return callStat();
  }

  /// Asks for a sign of life.
  public void ping() {
    pipeline.await(() -> callPing());
  }

  /// {@link #ping}, without waiting.
  public CompletableFuture<Void> pingAsync() {
    return callPing();
  }

  /// Makes a backup on the server, and waits until it is complete.
  ///
  /// @param name 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first
  public void backup(String name) {
    pipeline.await(() -> callBackup(name));
  }

  /// {@link #backup}, without waiting.
  public CompletableFuture<Void> backupAsync(String name) {
    return callBackup(name);
  }

  /// Makes a token at run time. Its secret is told here and never again. When the outcome is
  /// unknown the token may be there: revoke it by its name.
  ///
  /// @throws BadRequestException when the name is taken, a word is malformed, or authentication is
  ///   off
  /// @throws AccessDeniedException when the client's token may not make tokens, or has less than it
  ///   wants to hand out
  /// @throws RateLimitedException when this token has made 5 within a minute
  /// @throws OverloadedException when the server has as many tokens as it is configured for
  public IssuedSecret createToken(TokenRequest request) {
    return pipeline.await(() -> callCreateToken(request));
  }

  /// {@link #createToken}, without waiting.
  public CompletableFuture<IssuedSecret> createTokenAsync(TokenRequest request) {
    return callCreateToken(request);
  }

  /// The tokens that were made at run time and lie within what the client's own token may do, in
  /// the order in which they were made.
  ///
  /// @throws AccessDeniedException when the client's token may not use `TOKEN`
  public List<TokenDetails> tokens() {
    return pipeline.await(() -> callTokens());
  }

  /// {@link #tokens}, without waiting.
  public CompletableFuture<List<TokenDetails>> tokensAsync() {
    return callTokens();
  }

  /// Revokes a token that was made at run time and all that it has made. Their connections are
  /// closed at once.
  ///
  /// @param token its id, `tok_…`, or its name
  /// @return how many tokens were revoked, 1 or more
  /// @throws NotFoundException when there is none, or none that the client's token may see
  /// @throws AccessDeniedException when it stands in the server's auth file, where it is changed,
  ///   or the client's token may not use `TOKEN`
  public int revokeToken(String token) {
    return pipeline.await(() -> callRevokeToken(token));
  }

  /// {@link #revokeToken}, without waiting.
  public CompletableFuture<Integer> revokeTokenAsync(String token) {
    return callRevokeToken(token);
  }

  /// Gives a token that was made at run time a new secret, which is told here and never again. At
  /// most two secrets are good at once.
  ///
  /// @param token its id, `tok_…`, or its name
  /// @param overlap how long the former secret stays good; the server takes 0 to 7 days
  /// @throws IllegalArgumentException when the overlap is negative or longer than 292 years
  /// @throws NotFoundException when there is none, or none that the client's token may see
  /// @throws AccessDeniedException when it stands in the server's auth file, or the client's token
  ///   may not use `TOKEN` or expires earlier
  public IssuedSecret rotateToken(String token, Duration overlap) {
    return pipeline.await(() -> callRotateToken(token, overlap));
  }

  /// {@link #rotateToken}, without waiting.
  public CompletableFuture<IssuedSecret> rotateTokenAsync(String token, Duration overlap) {
    return callRotateToken(token, overlap);
  }

  /// Who the client is to the server, and what it may do.
  public Identity whoAmI() {
    return pipeline.await(() -> callWhoAmI());
  }

  /// {@link #whoAmI}, without waiting.
  public CompletableFuture<Identity> whoAmIAsync() {
    return callWhoAmI();
  }

  /// Whether the client's token may use a command for a job or a rule. Of `RULE`, the right to set
  /// a rule, its pattern and its runner are further rights, which are not looked at.
  ///
  /// @param command such as `SET`
  /// @param identifier of the job, or of the rule for `RULE` and `REMOVERULE`
  /// @throws BadRequestException when there is no such command, or no such identifier can be
  public Permission can(String command, String identifier) {
    return pipeline.await(() -> callCan(command, identifier));
  }

  /// {@link #can(String, String)}, without waiting.
  public CompletableFuture<Permission> canAsync(String command, String identifier) {
    return callCan(command, identifier);
  }

  /// Whether the client's token may use a command that names neither a job nor a rule, such as
  /// `QUERY` or `TOKEN`.
  ///
  /// @throws BadRequestException when there is no such command, or it needs an identifier
  public Permission can(String command) {
    return pipeline.await(() -> callCan(command));
  }

  /// {@link #can(String)}, without waiting.
  public CompletableFuture<Permission> canAsync(String command) {
    return callCan(command);
  }

  /// Lets the server read its auth file and its certificate again, all or nothing. When this
  /// returns, connections whose token is gone are closed, and those whose token may do less are
  /// bound to it. This one may be among them.
  ///
  /// @return what the server warns of, one sentence each
  /// @throws BadRequestException when nothing was changed; {@link BadRequestException#problems}
  ///   says why
  /// @throws AccessDeniedException unless the token is of the namespace `*` and may use `RELOAD`
  public List<String> reload() {
    return pipeline.await(() -> callReload());
  }

  /// {@link #reload}, without waiting.
  public CompletableFuture<List<String>> reloadAsync() {
    return callReload();
  }

  /// Sends any command, for what has no method here, and collects the rows of its answer: for a
  /// long listing {@link #stream} is better.
  ///
  /// @param words the command name and its arguments, not quoted
  /// @throws IllegalArgumentException when there is none, or for `AUTH` and `QUIT`, which belong to
  ///   {@link #connect} and {@link #close}
  public Reply send(List<String> words) {
    return pipeline.await(() -> callSend(words));
  }

  /// {@link #send}, without waiting.
  public CompletableFuture<Reply> sendAsync(List<String> words) {
    return callSend(words);
  }

  /// The rows of any listing command, each as its words, read while they are consumed like {@link
  /// #query}.
  ///
  /// @param words the command name and its arguments, not quoted
  /// @throws IllegalArgumentException as {@link #send}
  public Stream<List<String>> stream(List<String> words) {
    return Listing.stream(pipeline, command(words), row -> row);
  }

  /// Waits for the answers to all calls in flight, at most {@link ClientOptions#answerTimeout()},
  /// and closes the connection. Calls that got no answer fail, changes with {@link
  /// UnknownOutcomeException} if their line may have been sent. Streams end with a {@link
  /// ConnectionException}. Does nothing the second time.
  @Override
  public void close() {
    pipeline.close();
  }

  private Call<Void> set(String job, long nanos) {
    return change(line -> line.text("SET").word(text(job)).number(nanos));
  }

  private Call<Void> setFromNow(String job, Duration fromNow) {
    String time = "+" + Times.nanos(fromNow) + "ns";
    return change(line -> line.text("SET").word(text(job)).text(time));
  }

  private Call<Job> callGet(String job) {
    return pipeline.submit(
        Call.question((rows, words) -> Rows.job(job, words)),
        line -> line.text("GET").word(text(job)));
  }

  private Call<JobDetails> callShow(String job) {
    return pipeline.submit(
        Call.listing((rows, words) -> new JobDetails(job, Rows.table(rows))),
        line -> line.text("SHOW").word(text(job)));
  }

  private Call<List<Job>> callDue(int limit, String prefix) {
    if (limit < 0) {
      // To the server a word with a minus is a prefix.
      throw new IllegalArgumentException("the limit " + limit + " is negative");
    }
    return pipeline.submit(
        Call.listing((rows, words) -> rows.stream().map(Rows::job).toList()),
        line -> {
          line.text("DUE").number(limit);
          if (!prefix.isEmpty()) {
            line.word(text(prefix));
          }
        });
  }

  private Call<Void> callRemove(String command, String id) {
    return change(line -> line.text(command).word(text(id)));
  }

  private Call<Void> callSetRule(Rule rule) {
    return change(
        line -> {
          line.text("RULE SET").word(text(rule.id())).word(text(rule.pattern()));
          line.word(text(rule.runner()));
          rule.arguments().forEach(argument -> line.word(text(argument)));
        });
  }

  private Call<Statistics> callStat() {
    return pipeline.submit(
        Call.listing((rows, words) -> new Statistics(Rows.table(rows))), line -> line.text("STAT"));
  }

  private Call<Void> callPing() {
    return pipeline.submit(Call.question(Call.NOTHING), line -> line.text("PING"));
  }

  private Call<Void> callBackup(String name) {
    return change(line -> line.text("BACKUP").word(text(name)));
  }

  private Call<IssuedSecret> callCreateToken(TokenRequest request) {
    return pipeline.submit(
        Call.once((rows, words) -> Rows.secret(words)),
        line -> {
          line.text("TOKEN CREATE").word(text(request.name())).word(text(request.namespace()));
          request.options().forEach((key, value) -> line.word(text(key + "=" + value)));
        });
  }

  private Call<List<TokenDetails>> callTokens() {
    return pipeline.submit(
        Call.listing((rows, words) -> rows.stream().map(Rows::token).toList()),
        line -> line.text("TOKEN LIST"));
  }

  private Call<Integer> callRevokeToken(String token) {
    return pipeline.submit(
        Call.change((rows, words) -> Rows.count(words)),
        line -> line.text("TOKEN REVOKE").word(text(token)));
  }

  private Call<IssuedSecret> callRotateToken(String token, Duration overlap) {
    String option = "overlap=" + Times.nanos(overlap) + "ns";
    return pipeline.submit(
        Call.once((rows, words) -> Rows.secret(words)),
        line -> line.text("TOKEN ROTATE").word(text(token)).word(option));
  }

  private Call<Identity> callWhoAmI() {
    return pipeline.submit(
        Call.listing((rows, words) -> new Identity(Rows.table(rows))), line -> line.text("WHOAMI"));
  }

  private Call<Permission> callCan(String... words) {
    return pipeline.submit(
        Call.question((rows, answer) -> Rows.permission(answer)),
        line -> {
          line.text("CAN");
          for (String word : words) {
            line.word(text(word));
          }
        });
  }

  private Call<List<String>> callReload() {
    return pipeline.submit(
        Call.report((rows, words) -> Rows.warnings(rows)), line -> line.text("RELOAD"));
  }

  private Call<Reply> callSend(List<String> words) {
    List<String> command = command(words);
    return pipeline.submit(
        Call.any(effect(command), (rows, rest) -> new Reply(rest, rows)),
        line -> command.forEach(line::word));
  }

  private Call<Void> change(Consumer<LineWriter> line) {
    return pipeline.submit(Call.change(), line);
  }

  private static Call.Effect effect(List<String> command) {
    String name = command.getFirst();
    String second = command.size() < 2 ? "" : command.get(1);
    if (name.equals("TOKEN") && SECRETIVE.contains(second)) {
      return Call.Effect.ONCE;
    }
    boolean list = second.equals("LIST") && (name.equals("RULE") || name.equals("TOKEN"));
    return QUESTIONS.contains(name) || list ? Call.Effect.NONE : Call.Effect.CHANGE;
  }

  private static List<String> command(List<String> words) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException("a command is expected");
    }
    String name = words.getFirst();
    if (name.equals("AUTH") || name.equals("QUIT")) {
      throw new IllegalArgumentException(name + " is the client's own: connect and close do it");
    }
    words.forEach(ZtickClient::text);
    return List.copyOf(words);
  }

  /// The word, which must not lose anything on its way to UTF-8.
  private static String text(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (Character.isSurrogate(word.charAt(i))) {
        if (!Character.isSurrogatePair(
            word.charAt(i), i + 1 < word.length() ? word.charAt(i + 1) : 'x')) {
          throw new IllegalArgumentException("half a character, at " + i + " of a word");
        }
        i++;
      }
    }
    return word;
  }

  /// Where the client is connected to; no secret.
  @Override
  public String toString() {
    return "client of " + options;
  }
}

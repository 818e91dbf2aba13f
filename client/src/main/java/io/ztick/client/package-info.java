/// The Java client of ztick. {@link io.ztick.client.ZtickClient} is where to begin:
///
/// ```java
/// ClientOptions options =
///     ClientOptions.builder(Endpoint.parse("ztick://localhost:5678"))
///         .token(Token.ofEnvironment("ZTICK_TOKEN"))
///         .build();
/// try (ZtickClient client = ZtickClient.connect(options)) {
///   client.setRule(
///       Rule.shell("rule.hello.", "hello.", "echo \"$ZTICK_JOB_ID\" >> /tmp/hello.txt"));
///   client.set("hello.world", Duration.ofSeconds(5));
///   Job job = client.get("hello.world");
///   System.out.println(job.id() + " is " + job.status() + " for " + job.execution());
///
///   // Without waiting: any number of calls in flight, answered in their order.
///   List<CompletableFuture<Void>> answers = new ArrayList<>();
///   for (int day = 1; day <= 28; day++) {
///     Instant time = Instant.parse("2099-02-%02dT03:00:00Z".formatted(day));
///     answers.add(client.setAsync("hello.daily.%02d".formatted(day), time));
///   }
///   answers.forEach(CompletableFuture::join);
///
///   // Read while it is consumed, a million jobs as well as 28.
///   try (Stream<Job> jobs = client.query("hello.daily.")) {
///     System.out.println(jobs.count() + " jobs are planned");
///   }
/// } catch (UnknownOutcomeException e) {
///   System.err.println("whether the last change is kept is not known: " + e.getMessage());
/// } catch (ZtickException e) {
///   System.err.println("the server or the connection said no: " + e.getMessage());
/// } catch (CompletionException e) {
///   System.err.println("a call that was joined failed: " + e.getCause());
/// }
/// ```
///
/// **Threads.** A client has three threads of its own: one reads, one writes, one looks for what
/// takes too long. It is for any number of the program's.
///
/// **Errors.** Every {@link io.ztick.client.ZtickException} says by its class what a caller can do;
/// a `switch` over them needs no default. Wrong arguments are `IllegalArgumentException`.
///
/// **Logs** go to slf4j: lost connections that calls waited on and failed attempts to connect as
/// warnings, the rest as info and debug. Never a secret.
///
/// What it needs: ztick-protocol, slf4j-api, and the annotations of JSpecify at compile time.
@NullMarked
package io.ztick.client;

import org.jspecify.annotations.NullMarked;

package io.ztick.protocol;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a line asks for, checked for its form. Whether the client may, and whether the thing
/// exists, is not known here.
public sealed interface Command {

  /// Says who the client is. The secret is empty when the line has none.
  record Auth(Secret secret) implements Command {}

  /// Creates a job, or plans it anew, for a time in nanoseconds since the epoch.
  record Set(String job, long executionNanos) implements Command {}

  /// Asks for a job's status and time.
  record Get(String job) implements Command {}

  /// Asks for all that is known of a job.
  record Show(String job) implements Command {}

  /// Lists the jobs whose id starts with a prefix; the empty prefix lists all.
  record Query(String prefix) implements Command {}

  /// Lists the unfinished jobs that are due first, at most `limit` of them, of those whose id
  /// starts with a prefix.
  record Due(int limit, String prefix) implements Command {}

  /// Deletes a job.
  record Remove(String job) implements Command {}

  /// Creates or replaces a rule. The clause is `<runner> <arguments…>`, at least the runner's name.
  record RuleSet(String rule, String pattern, List<String> clause) implements Command {}

  /// Deletes a rule.
  record RemoveRule(String rule) implements Command {}

  /// Lists the rules.
  record ListRules() implements Command {}

  /// Asks for the server's counts.
  record Stat() implements Command {}

  /// Copies the journal while the server runs, under a name that a file can have.
  record Backup(String name) implements Command {}

  /// Has the server read the files again that say who may come in.
  record Reload() implements Command {}

  /// Makes, lists or ends tokens.
  sealed interface OfTokens extends Command {}

  /// Makes a token.
  ///
  /// @param ttl how long it lasts; null where the line does not say
  /// @param commands names with commas, or `*`; null where the line does not say
  /// @param runners likewise
  /// @param from ranges of addresses with commas, or `*`; null where the line does not say
  /// @param note may be empty
  record TokenCreate(
      String name,
      String namespace,
      @Nullable Duration ttl,
      @Nullable String commands,
      @Nullable String runners,
      @Nullable String from,
      String note)
      implements OfTokens {}

  /// Lists the tokens that were made.
  record TokenList() implements OfTokens {}

  /// Ends a token, named by its id or its name.
  record TokenRevoke(String token) implements OfTokens {}

  /// Gives a token another secret.
  ///
  /// @param overlap how long the one it has stays good; null where the line does not say
  record TokenRotate(String token, @Nullable Duration overlap) implements OfTokens {}

  /// Asks who the client is.
  record WhoAmI() implements Command {}

  /// Asks whether the client may give a command.
  ///
  /// @param identifier of the job or rule that the command would name; null where the line has
  ///   none, which is only where the command names none
  record Can(String command, @Nullable String identifier) implements Command {}

  /// Asks for an answer.
  record Ping() implements Command {}

  /// Lists the commands.
  record Help() implements Command {}

  /// Asks the server to answer and close.
  record Quit() implements Command {}
}

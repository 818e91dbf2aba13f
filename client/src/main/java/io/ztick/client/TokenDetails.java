package io.ztick.client;

import java.time.Instant;
import java.util.List;

/// A token that was made at run time; never its secret.
///
/// @param id `tok_…`
/// @param namespace the beginning of the jobs and rules that it reaches; `*` for all
/// @param commands what it may use; `*` alone for all, empty for none
/// @param runners what it may set rules for, likewise
/// @param from where its clients may connect from, likewise
/// @param expires when it is good no longer
/// @param note what its maker said about it; often empty
public record TokenDetails(
    String id,
    String name,
    String namespace,
    List<String> commands,
    List<String> runners,
    List<String> from,
    Instant created,
    Instant expires,
    String note) {
  public TokenDetails {
    commands = List.copyOf(commands);
    runners = List.copyOf(runners);
    from = List.copyOf(from);
  }
}

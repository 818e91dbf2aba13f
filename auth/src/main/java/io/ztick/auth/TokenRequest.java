package io.ztick.auth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a client wants of a token that is to be made. It may be wrong: {@link Authority#fault}.
///
/// @param name 1 to 64 of `A-Z a-z 0-9 . _ -`, a letter or digit first, and neither an id nor a
///   tenant's name
/// @param ttl how long it lasts, 1 second to 366 days
/// @param commands null for those of its maker but `TOKEN`
/// @param runners null for those of its maker
/// @param addresses null for those of its maker; at most 64 ranges
/// @param note what the list shows about it, at most 256 characters; may be empty
public record TokenRequest(
    String name,
    String namespace,
    Duration ttl,
    @Nullable Names commands,
    @Nullable Names runners,
    @Nullable Addresses addresses,
    String note) {

  /// How long a token lasts unless its maker says so.
  public static final Duration DEFAULT_TTL = Duration.ofHours(24);

  private static final Duration MIN_TTL = Duration.ofSeconds(1);
  private static final Duration MAX_TTL = Duration.ofDays(366);
  private static final int MAX_NOTE_CHARACTERS = 256;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// What is wrong with it whoever wants it; null when nothing is.
  @Nullable String fault(Vocabulary vocabulary) {
    if (!NAME.matcher(name).matches()) {
      return "a name has 1 to 64 of A-Z a-z 0-9 . _ - and begins with a letter or digit";
    }
    if (IssuedToken.isId(name) || Tenants.namespace(name + ".") != null) {
      return "a name does not look like an id or a tenant";
    }
    String fault = Namespace.fault(namespace);
    if (fault != null) {
      return "the namespace " + fault;
    }
    if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
      return "ttl is " + MIN_TTL.toSeconds() + "s to " + MAX_TTL.toDays() + "d";
    }
    if (note.codePointCount(0, note.length()) > MAX_NOTE_CHARACTERS
        || note.chars().anyMatch(Character::isISOControl)) {
      return "a note has at most " + MAX_NOTE_CHARACTERS + " characters, none for control";
    }
    if (addresses != null && addresses.ranges().size() > Addresses.MAX_RANGES) {
      return "from is at most " + Addresses.MAX_RANGES + " ranges";
    }
    List<String> faults = new ArrayList<>();
    if (commands instanceof Names.Listed(var names)) {
      faults.addAll(vocabulary.faultsOfCommands(names));
    }
    if (runners instanceof Names.Listed(var names)) {
      faults.addAll(vocabulary.faultsOfRunners(names));
    }
    return faults.isEmpty() ? null : faults.getFirst();
  }

  /// The rights of a token without a {@link #fault}.
  ///
  /// @param makers what is left unsaid is as its maker has it
  Rights rights(Rights makers) {
    return new Rights(
        new Namespace(namespace),
        commands == null ? makers.commandsToInherit() : commands,
        runners == null ? makers.runners() : runners,
        addresses == null ? makers.addresses() : addresses);
  }
}

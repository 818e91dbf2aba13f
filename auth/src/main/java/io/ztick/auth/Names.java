package io.ztick.auth;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Names of commands or runners: some, or all there are, those of later versions included.
public sealed interface Names {

  /// How {@link #all} is written.
  String EVERY = "*";

  /// All there are.
  static Names all() {
    return new All();
  }

  /// Exactly these.
  static Names of(Set<String> names) {
    return new Listed(names);
  }

  /// Reads what {@link #text} writes.
  static Names parse(String text) {
    if (text.equals(EVERY)) {
      return all();
    }
    return text.isEmpty() ? of(Set.of()) : of(new HashSet<>(List.of(text.split(",", -1))));
  }

  /// Whether a name is among them.
  default boolean contains(String name) {
    // Asked for each command, so without a switch that is linked at run time.
    return this instanceof All || ((Listed) this).names.contains(name);
  }

  /// Whether all of the other's names are among them. A list never holds all there are, even when
  /// today's are all on it.
  default boolean containsAll(Names other) {
    return switch (other) {
      case All _ -> this instanceof All;
      case Listed(var names) -> names.stream().allMatch(this::contains);
    };
  }

  /// The names that are in both.
  default Names intersection(Names other) {
    return switch (this) {
      case All _ -> other;
      case Listed(var names) -> {
        Set<String> both = new HashSet<>(names);
        both.removeIf(name -> !other.contains(name));
        yield of(both);
      }
    };
  }

  /// The names without one of them. Of all there are none can be left out.
  default Names without(String name) {
    return switch (this) {
      case All _ -> this;
      case Listed(var names) -> {
        Set<String> rest = new HashSet<>(names);
        rest.remove(name);
        yield of(rest);
      }
    };
  }

  /// `*`, or the names in order with commas between them; empty for none.
  default String text() {
    return switch (this) {
      case All _ -> EVERY;
      case Listed(var names) -> String.join(",", new TreeSet<>(names));
    };
  }

  /// All there are.
  record All() implements Names {}

  /// Some.
  record Listed(Set<String> names) implements Names {
    public Listed {
      names = Set.copyOf(names);
    }
  }
}

package io.ztick.command;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.TypeConversionException;

/// Constants as they are typed: in lower case, and taken in any.
final class Typed {
  private Typed() {}

  static <E extends Enum<E>> List<String> words(Class<E> type) {
    return Stream.of(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .toList();
  }

  /// @throws TypeConversionException with a sentence that says what is expected
  static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Stream.of(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "one of %s is expected, not '%s'"
                        .formatted(String.join(", ", words(type)), word)));
  }
}

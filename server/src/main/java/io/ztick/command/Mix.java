package io.ztick.command;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Kinds of requests, and how often each is sent: `set:70,get:30`.
///
/// @param parts each kind at most once, at least one
record Mix(List<Part> parts) {
  private static final int MAX_WEIGHT = 10_000;

  /// @param weight 1 to 10,000, beside the weights of the others
  record Part(Request request, int weight) {}

  static Mix only(Request request) {
    return new Mix(List.of(new Part(request, 1)));
  }

  int totalWeight() {
    return parts.stream().mapToInt(Part::weight).sum();
  }

  boolean wantsJobs() {
    return parts.stream().anyMatch(part -> part.request().wantsJobs());
  }

  boolean leavesJobs() {
    return parts.stream().anyMatch(part -> part.request().leavesJobs());
  }

  /// Reads what is typed.
  static final class Converter implements ITypeConverter<Mix> {
    @Override
    public Mix convert(String text) {
      Set<Request> seen = EnumSet.noneOf(Request.class);
      List<Part> parts = new ArrayList<>();
      for (String word : text.split(",", -1)) {
        int colon = word.indexOf(':');
        Request request =
            Typed.constant(Request.class, colon < 0 ? word : word.substring(0, colon));
        if (!seen.add(request)) {
          throw new TypeConversionException("'%s' names a request twice".formatted(text));
        }
        parts.add(new Part(request, colon < 0 ? 1 : weight(word.substring(colon + 1))));
      }
      return new Mix(parts);
    }

    private static int weight(String digits) {
      Long weight = Numbers.parse(digits);
      if (weight == null || weight < 1 || weight > MAX_WEIGHT) {
        throw new TypeConversionException(
            "a weight is 1 to %d, not '%s'".formatted(MAX_WEIGHT, digits));
      }
      return weight.intValue();
    }
  }
}

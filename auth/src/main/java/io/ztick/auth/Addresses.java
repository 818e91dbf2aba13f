package io.ztick.auth;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A set of addresses: those of some ranges. Equal sets are equal however they were written: ranges
/// that lie in others are left out and halves are put together, so a range lies in the set exactly
/// when it lies in one of the set's ranges.
///
/// @param ranges in the order of their addresses; none for no address at all
public record Addresses(List<AddressRange> ranges) {

  private static final Comparator<AddressRange> ORDER =
      Comparator.comparing(AddressRange::ipv4)
          .reversed()
          .thenComparing(AddressRange::high, Long::compareUnsigned)
          .thenComparing(AddressRange::low, Long::compareUnsigned)
          .thenComparingInt(AddressRange::length);

  /// Every address.
  public static final Addresses ALL = new Addresses(List.of(AddressRange.IPV4, AddressRange.IPV6));

  /// The most ranges that an auth file or a client may list for a token. What two such lists have
  /// in common may be more.
  static final int MAX_RANGES = 64;

  private static final String EVERY = "*";

  public Addresses {
    ranges = united(ranges);
  }

  private static List<AddressRange> united(List<AddressRange> ranges) {
    List<AddressRange> united = new ArrayList<>();
    for (AddressRange range : ranges.stream().sorted(ORDER).toList()) {
      if (united.isEmpty() || !united.getLast().contains(range)) {
        united.add(range);
        uniteLast(united);
      }
    }
    return List.copyOf(united);
  }

  private static void uniteLast(List<AddressRange> united) {
    AddressRange wider = ofLastTwo(united);
    while (wider != null) {
      united.removeLast();
      united.set(united.size() - 1, wider);
      wider = ofLastTwo(united);
    }
  }

  private static @Nullable AddressRange ofLastTwo(List<AddressRange> united) {
    int count = united.size();
    return count < 2 ? null : united.get(count - 2).unionWith(united.get(count - 1));
  }

  /// Reads what {@link #toString} writes: `*`, or ranges with commas between them.
  ///
  /// @throws MalformedAddressException when a part is no range; the message begins with the part
  public static Addresses parse(String text) throws MalformedAddressException {
    if (text.equals(EVERY)) {
      return ALL;
    }
    List<AddressRange> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      try {
        ranges.add(AddressRange.parse(part));
      } catch (MalformedAddressException e) {
        throw new MalformedAddressException(EscapedText.of(part) + " " + e.getMessage());
      }
    }
    return new Addresses(ranges);
  }

  /// Whether an address is one of these.
  public boolean contains(InetAddress address) {
    return contains(AddressRange.of(address));
  }

  /// Whether all addresses of the other set are in this one.
  boolean containsAll(Addresses other) {
    return other.ranges.stream().allMatch(this::contains);
  }

  boolean contains(AddressRange range) {
    return ranges.stream().anyMatch(each -> each.contains(range));
  }

  /// The addresses that are in both.
  Addresses intersection(Addresses other) {
    List<AddressRange> both = new ArrayList<>();
    ranges.stream().filter(other::contains).forEach(both::add);
    other.ranges.stream().filter(this::contains).forEach(both::add);
    return new Addresses(both);
  }

  /// `*`, or the ranges with commas between them; empty for none.
  @Override
  public String toString() {
    return equals(ALL)
        ? EVERY
        : ranges.stream().map(AddressRange::toString).collect(Collectors.joining(","));
  }
}

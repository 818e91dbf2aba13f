package io.ztick.auth;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The addresses that begin with the same bits, as CIDR writes them: `10.0.0.0/8`, `2001:db8::/32`,
/// or one address. An IPv4 address that came as IPv6 (`::ffff:10.0.0.1`) is an IPv4 address; no
/// range of IPv6 holds it.
///
/// @param ipv4 of which family it is
/// @param high the first 64 bits; of IPv4 the address stands in the upper half
/// @param low the last 64 bits; 0 for IPv4
/// @param length how many bits count, 0 to 32 for IPv4 and 0 to 128 for IPv6; all others are 0
record AddressRange(boolean ipv4, long high, long low, int length) {

  /// All IPv4 addresses.
  static final AddressRange IPV4 = new AddressRange(true, 0, 0, 0);

  /// All IPv6 addresses.
  static final AddressRange IPV6 = new AddressRange(false, 0, 0, 0);

  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;

  /// What one customer of a provider has at the least, and so one who guesses.
  private static final int IPV6_NETWORK_BITS = 64;

  /// Where the IPv4 address begins in one that came as IPv6.
  private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;

  private static final Pattern QUAD =
      Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){3}(?:0|[1-9][0-9]{0,2})");
  private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");
  private static final Pattern ZEROS = Pattern.compile("(?:^|:)(?:0(?::|$)){2,}");
  private static final Pattern LENGTH = Pattern.compile("0|[1-9][0-9]{0,2}");

  AddressRange {
    if (length < 0 || length > (ipv4 ? IPV4_BITS : IPV6_BITS)) {
      throw new IllegalArgumentException("no prefix length: " + length);
    }
    if (high != (high & highMask(length)) || low != (low & lowMask(length))) {
      throw new IllegalArgumentException("bits behind the prefix");
    }
  }

  /// One address.
  static AddressRange of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    if (address instanceof Inet4Address) {
      return new AddressRange(true, (long) bytes.getInt() << IPV4_BITS, 0, IPV4_BITS);
    }
    long high = bytes.getLong();
    long low = bytes.getLong();
    // Java makes an Inet4Address of it, but not where a channel made the object by itself.
    return high == 0 && low >>> IPV4_BITS == 0xffff
        ? new AddressRange(true, low << IPV4_BITS, 0, IPV4_BITS)
        : new AddressRange(false, high, low, IPV6_BITS);
  }

  /// The addresses that count as one source: an IPv4 address, or the /64 of an IPv6 address, where
  /// everybody has more addresses than can be told apart.
  static AddressRange source(InetAddress address) {
    AddressRange one = of(address);
    return one.ipv4 ? one : one.widened(IPV6_NETWORK_BITS);
  }

  /// Reads `ADDRESS` or `ADDRESS/LENGTH`.
  ///
  /// @throws MalformedAddressException with what is wrong about it
  static AddressRange parse(String text) throws MalformedAddressException {
    int slash = text.indexOf('/');
    String literal = slash < 0 ? text : text.substring(0, slash);
    InetAddress address = literal(literal);
    if (address == null) {
      throw new MalformedAddressException(
          "is no address such as 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32");
    }
    AddressRange one = of(address);
    boolean mapped = one.ipv4 && literal.indexOf(':') >= 0;
    int bits = one.ipv4 && !mapped ? IPV4_BITS : IPV6_BITS;
    int length = slash < 0 ? bits : length(text.substring(slash + 1), bits);
    if (mapped) {
      if (length < MAPPED_BITS) {
        throw new MalformedAddressException("is wider than ::ffff:0:0/96, the addresses of IPv4");
      }
      length -= MAPPED_BITS;
    }
    AddressRange range = one.widened(length);
    if (one.high != range.high || one.low != range.low) {
      throw new MalformedAddressException("has bits behind its prefix; " + range + " has none");
    }
    return range;
  }

  /// The address that a text says; null when it says none. Never a name, which would be looked up.
  private static @Nullable InetAddress literal(String text) {
    if (!QUAD.matcher(text).matches() && !IPV6_LETTERS.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static int length(String text, int bits) throws MalformedAddressException {
    int length = LENGTH.matcher(text).matches() ? Integer.parseInt(text) : Integer.MAX_VALUE;
    if (length > bits) {
      throw new MalformedAddressException("has no prefix length of 0 to " + bits);
    }
    return length;
  }

  /// The range with fewer bits that this one lies in.
  private AddressRange widened(int fewer) {
    return new AddressRange(ipv4, high & highMask(fewer), low & lowMask(fewer), fewer);
  }

  /// Whether every address of the other is one of this.
  boolean contains(AddressRange other) {
    return ipv4 == other.ipv4
        && length <= other.length
        && high == (other.high & highMask(length))
        && low == (other.low & lowMask(length));
  }

  /// The range that this and the other are the two halves of; null when they are not.
  @Nullable AddressRange unionWith(AddressRange other) {
    if (ipv4 != other.ipv4 || length != other.length || length == 0 || equals(other)) {
      return null;
    }
    AddressRange wider = widened(length - 1);
    return wider.contains(other) ? wider : null;
  }

  private static long highMask(int length) {
    return length == 0 ? 0 : -1L << Math.max(0, Long.SIZE - length);
  }

  private static long lowMask(int length) {
    return length <= Long.SIZE ? 0 : -1L << (IPV6_BITS - length);
  }

  /// The range as {@link #parse} reads it.
  @Override
  public String toString() {
    String address = ZEROS.matcher(address().getHostAddress()).replaceFirst("::");
    return length == (ipv4 ? IPV4_BITS : IPV6_BITS) ? address : address + "/" + length;
  }

  private InetAddress address() {
    ByteBuffer bytes =
        ipv4
            ? ByteBuffer.allocate(Integer.BYTES).putInt((int) (high >>> IPV4_BITS))
            : ByteBuffer.allocate(2 * Long.BYTES).putLong(high).putLong(low);
    try {
      return InetAddress.getByAddress(bytes.array());
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are an address", e);
    }
  }
}

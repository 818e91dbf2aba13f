package io.ztick.server;

import io.ztick.auth.Addresses;
import io.ztick.auth.MalformedAddressException;
import java.net.Inet4Address;
import java.net.InetAddress;

/// The addresses of the internet: none of this machine, of a private network, or of a purpose of
/// its own, by the registries of special addresses.
final class PublicAddresses {

  /// Of IPv4 those that are not.
  private static final Addresses SPECIAL_IPV4 =
      addresses(
          "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
              + "192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,192.168.0.0/16,198.18.0.0/15,"
              + "198.51.100.0/24,203.0.113.0/24,224.0.0.0/3");

  /// What is given to networks of IPv6.
  private static final Addresses IPV6 = addresses("2000::/3");

  /// Among them those that are not, or that lead to an IPv4 address.
  private static final Addresses SPECIAL_IPV6 =
      addresses("2001::/23,2001:db8::/32,2002::/16,3fff::/20");

  private PublicAddresses() {}

  private static Addresses addresses(String ranges) {
    try {
      return Addresses.parse(ranges);
    } catch (MalformedAddressException e) {
      throw new AssertionError(e);
    }
  }

  static boolean contain(InetAddress address) {
    return address instanceof Inet4Address
        ? !SPECIAL_IPV4.contains(address)
        : IPV6.contains(address) && !SPECIAL_IPV6.contains(address);
  }
}

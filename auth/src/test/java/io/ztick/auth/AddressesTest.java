package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {

  private static Addresses addresses(String text) throws MalformedAddressException {
    return Addresses.parse(text);
  }

  @ParameterizedTest(name = "{1} in {0}: {2}")
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "192.0.2.6/31, 192.0.2.7, true",
    "192.0.2.6/31, 192.0.2.8, false",
    "128.0.0.0/1, 255.255.255.255, true",
    "128.0.0.0/1, 127.255.255.255, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ::1, true",
    "::/0, 203.0.113.1, false",
    "::1, ::1, true",
    "::1, ::2, false",
    "2001:db8::/32, 2001:db8:ffff::1, true",
    "2001:db8::/32, 2001:db9::, false",
    "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
    "2001:db8::/65, 2001:db8::8000:0:0:1, false",
    "2001:db8::/127, 2001:db8::1, true",
    "2001:db8::/127, 2001:db8::2, false",
    "'10.0.0.0/8,::1', ::1, true",
    "'10.0.0.0/8,::1', 10.1.2.3, true",
    "'10.0.0.0/8,::1', 11.1.2.3, false",
    "*, 203.0.113.1, true",
    "*, 2001:db8::1, true",
  })
  void an_address_is_in_a_range_when_the_first_bits_are_the_same(
      String ranges, String address, boolean inside) throws Exception {
    assertThat(addresses(ranges).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @Test
  void an_ipv4_address_that_came_as_ipv6_is_an_ipv4_address() throws Exception {
    byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
    InetAddress address = Inet6Address.getByAddress(null, mapped, -1);

    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(addresses("10.0.0.0/8").contains(address)).isTrue();
    assertThat(addresses("::/0").contains(address)).isFalse();
    assertThat(AddressRange.source(address))
        .isEqualTo(AddressRange.source(InetAddress.ofLiteral("10.1.2.3")));
  }

  @ParameterizedTest
  @CsvSource({
    "::ffff:10.0.0.0/104, 10.0.0.0/8",
    "::ffff:192.0.2.7, 192.0.2.7",
    "::ffff:c000:207/128, 192.0.2.7",
    "::ffff:0.0.0.0/96, 0.0.0.0/0",
    "2001:DB8:0:0:0:0:0:0/32, 2001:db8::/32",
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0/0, ::/0",
    "::, ::",
    "fe80:0:0:1:0:0:0:1, fe80::1:0:0:0:1",
  })
  void a_range_has_one_text_however_it_was_written(String written, String text) throws Exception {
    assertThat(addresses(written)).hasToString(text);
    assertThat(addresses(text)).isEqualTo(addresses(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "localhost",
        "example.com",
        "10",
        "10.1",
        "10.1.2",
        "10.1.2.3.4",
        "010.0.0.1",
        "256.0.0.1",
        "10.0.0.1 ",
        "fe80::1%lo",
        "[::1]",
        ":",
        ":::",
        "1:2",
        "::1::",
        "g::",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.0/8/8",
        "::/129",
        "10.0.0.0/255.0.0.0",
        "10.0.0.1/8",
        "2001:db8::1/32",
        "::ffff:10.0.0.0/95",
        "10.0.0.0/8,",
        ",",
        "*,10.0.0.0/8"
      })
  void what_is_no_range_is_refused(String text) {
    assertThatExceptionOfType(MalformedAddressException.class).isThrownBy(() -> addresses(text));
  }

  @Test
  void bits_behind_the_prefix_are_refused_with_the_range_that_has_none() {
    assertThatExceptionOfType(MalformedAddressException.class)
        .isThrownBy(() -> addresses("10.1.2.3/8"))
        .withMessage("10.1.2.3/8 has bits behind its prefix; 10.0.0.0/8 has none");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "'10.0.0.0/9,10.128.0.0/9', 10.0.0.0/8",
    "'10.0.0.0/8,10.1.2.3', 10.0.0.0/8",
    "'10.1.2.3,10.0.0.0/8', 10.0.0.0/8",
    "'0.0.0.0/2,64.0.0.0/2,128.0.0.0/1', 0.0.0.0/0",
    "'192.0.2.1,192.0.2.2', '192.0.2.1,192.0.2.2'",
    "'::/1,8000::/1', ::/0",
    "'::/1,8000::/1,0.0.0.0/0', *",
    "'::1,10.0.0.1', '10.0.0.1,::1'",
  })
  void equal_sets_are_equal_however_they_were_written(String written, String text)
      throws Exception {
    assertThat(addresses(written)).isEqualTo(addresses(text)).hasToString(text);
  }

  @ParameterizedTest(name = "{0} holds {1}: {2}")
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.1.0.0/16, 10.0.0.0/8, false",
    "'10.0.0.0/9,10.128.0.0/9', 10.0.0.0/8, true",
    "*, '10.0.0.0/8,::1', true",
    "0.0.0.0/0, *, false",
    "*, *, true",
  })
  void a_set_holds_another_when_it_holds_all_its_addresses(
      String outer, String inner, boolean holds) throws Exception {
    assertThat(addresses(outer).containsAll(addresses(inner))).isEqualTo(holds);
  }

  @Test
  void what_two_sets_have_in_common_may_be_nothing() throws Exception {
    Addresses both = addresses("10.0.0.0/8,::1").intersection(addresses("10.1.0.0/16,192.0.2.1"));

    assertThat(both).isEqualTo(addresses("10.1.0.0/16"));
    assertThat(both.intersection(addresses("::1")).ranges()).isEmpty();
    assertThat(both.intersection(addresses("::1")).contains(InetAddress.ofLiteral("10.1.0.1")))
        .isFalse();
  }

  @Test
  void a_source_is_an_ipv4_address_or_64_bits_of_an_ipv6_address() {
    assertThat(source("2001:db8::1")).isEqualTo(source("2001:db8::ffff:ffff:ffff:ffff"));
    assertThat(source("2001:db8::1")).isNotEqualTo(source("2001:db8:0:1::1"));
    assertThat(source("192.0.2.1")).isNotEqualTo(source("192.0.2.2"));
  }

  private static AddressRange source(String address) {
    return AddressRange.source(InetAddress.ofLiteral(address));
  }
}

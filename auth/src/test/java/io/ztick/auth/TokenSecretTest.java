package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenSecretTest {

  /// All bits 0, and the check sum of `ztk_` with 43 times `A` by another implementation of CRC-32.
  private static final String ZEROS = "ztk_" + "A".repeat(43);

  private static final String ZEROS_SUM = "E6B4zg";

  private final SecureRandom random = new SecureRandom();

  private String secret() {
    return TokenSecret.random(random).reveal();
  }

  @Test
  void a_secret_is_ztk_and_256_bits_and_a_check_sum() {
    String secret = secret();

    assertThat(secret).matches("ztk_[A-Za-z0-9_-]{49}");
    assertThat(Base64.getUrlDecoder().decode(secret.substring(4, 47))).hasSize(32);
    assertThat(Base64.getUrlDecoder().decode(secret.substring(47))).hasSize(4);
  }

  @Test
  void every_secret_is_another() {
    Set<String> secrets = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String secret = secret();
      assertThat(TokenSecret.isWellFormed(secret)).isTrue();
      assertThat(secrets.add(secret)).isTrue();
    }
  }

  @Test
  void the_check_sum_is_crc_32_so_that_anybody_can_verify_it() {
    assertThat(TokenSecret.isWellFormed(ZEROS + ZEROS_SUM)).isTrue();
    assertThat(TokenSecret.isWellFormed(ZEROS + "AAAAAA")).isFalse();
  }

  @Test
  void any_other_character_in_any_place_is_noticed() {
    String secret = secret();
    for (int i = 0; i < secret.length(); i++) {
      for (char other : new char[] {'A', 'b', '7', '_', '-', ' ', '\u00e9'}) {
        if (secret.charAt(i) != other) {
          String typo = secret.substring(0, i) + other + secret.substring(i + 1);
          assertThat(TokenSecret.isWellFormed(typo)).as(typo).isFalse();
        }
      }
    }
  }

  @Test
  void a_cut_or_a_longer_secret_is_noticed() {
    String secret = secret();

    for (int length = 0; length < secret.length(); length++) {
      assertThat(TokenSecret.isWellFormed(secret.substring(0, length))).isFalse();
    }
    assertThat(TokenSecret.isWellFormed(secret + "A")).isFalse();
    assertThat(TokenSecret.isWellFormed(secret + "\n")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ztk", "ZTK_x", "sk_right_secret_0001", " ztk_"})
  void other_secrets_are_not_mistyped(String secret) {
    assertThat(TokenSecret.isMistyped(secret.getBytes(UTF_8))).isFalse();
  }

  @Test
  void a_secret_of_this_form_is_mistyped_when_its_sum_is_wrong() {
    assertThat(TokenSecret.isMistyped(secret().getBytes(UTF_8))).isFalse();
    assertThat(TokenSecret.isMistyped("ztk_".getBytes(UTF_8))).isTrue();
    assertThat(TokenSecret.isMistyped((secret() + "x").getBytes(UTF_8))).isTrue();
  }

  @Test
  void its_text_form_does_not_show_it() {
    assertThat(TokenSecret.random(random)).hasToString("TokenSecret");
  }
}

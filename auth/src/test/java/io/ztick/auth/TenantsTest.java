package io.ztick.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.ztick.auth.TenantRegistry.Admission;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TenantsTest {

  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private static final String TEST_TOKEN_123 = "19b6b086eebb807f";

  @Test
  void a_tenant_is_the_first_16_digits_of_the_hash_of_the_secret() {
    // printf %s test-token-123 | sha256sum
    Identity identity =
        new Tenants(Set.of("http")).identity(Digest.of("test-token-123".getBytes(UTF_8)));

    assertThat(identity.namespace()).isEqualTo(new Namespace("t." + TEST_TOKEN_123 + "."));
    assertThat(identity.name()).isEqualTo("t." + TEST_TOKEN_123);
    assertThat(identity.rights().missingForRunner("http")).isNull();
    assertThat(identity.rights().missingForRunner("shell")).isNotNull();
    assertThat(identity.rights().missingForCommand("SET")).isNull();
    assertThat(identity.rights().missingForCommand("TOKEN")).isNotNull();
  }

  @Test
  void a_secret_of_32_characters_is_a_tenants_and_a_shorter_one_is_not() {
    assertThat(Tenants.mayBeSecret("é".repeat(32).getBytes(UTF_8))).isTrue();
    assertThat(Tenants.mayBeSecret("é".repeat(31).getBytes(UTF_8))).isFalse();
    assertThat(Tenants.mayBeSecret("🎉".repeat(31).getBytes(UTF_8))).isFalse();
  }

  @Test
  void a_secret_that_the_server_made_is_no_tenants() {
    assertThat(Tenants.mayBeSecret(("ztk_" + "x".repeat(49)).getBytes(UTF_8))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "t.0123456789abcdef.x, t.0123456789abcdef.",
    "t.0123456789abcdef., t.0123456789abcdef.",
    "rule.t.0123456789abcdef., t.0123456789abcdef.",
    "rule.t.0123456789abcdef.x, t.0123456789abcdef.",
  })
  void an_identifier_in_the_namespace_is_the_tenants(String identifier, String tenant) {
    assertThat(Tenants.owner(identifier)).isEqualTo(new Namespace(tenant));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "t.",
        "t",
        "rule.",
        "rule.t.",
        "t.0123456789abcdef",
        "t.0123456789ABCDEF.x",
        "t.0123456789abcdeg.x",
        "t.0123456789abcde.x",
        "x.t.0123456789abcdef.x",
        "rule.rule.t.0123456789abcdef.x",
        "deploy.daily"
      })
  void any_other_identifier_is_no_tenants(String identifier) {
    assertThat(Tenants.owner(identifier)).isNull();
  }

  @Nested
  class Registry {
    private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");

    private final TenantRegistry registry = new TenantRegistry(20, 3);
    private long now = Long.MAX_VALUE - MINUTE / 2;

    private static String prefix(int number) {
      return "t.%016x.".formatted(number);
    }

    private static Namespace tenant(int number) {
      return new Namespace(prefix(number));
    }

    private Admission arrive(int number, InetAddress address) {
      Admission admission = registry.admitJob(tenant(number), address, now);
      if (admission == Admission.ADMITTED) {
        registry.jobAdded(prefix(number) + "x");
      }
      return admission;
    }

    private void fill() {
      for (int i = 0; i < 20; i++) {
        registry.ruleAdded("rule." + prefix(i));
      }
    }

    @Test
    void a_tenant_counts_while_it_has_jobs_or_rules() {
      registry.jobAdded(prefix(1) + "a");
      registry.jobAdded(prefix(1) + "b");
      registry.ruleAdded("rule." + prefix(1));
      registry.ruleAdded(prefix(2) + "r");
      registry.jobAdded("deploy.daily");
      assertThat(registry.count()).isEqualTo(2);

      registry.jobRemoved(prefix(1) + "a");
      registry.jobRemoved(prefix(1) + "b");
      assertThat(registry.count()).isEqualTo(2);
      registry.ruleRemoved("rule." + prefix(1));
      registry.ruleRemoved(prefix(2) + "r");
      assertThat(registry.count()).isZero();
    }

    @Test
    void one_more_than_max_tenants_is_refused_until_one_is_gone() {
      fill();
      assertThat(registry.admitJob(tenant(20), HERE, now)).isEqualTo(Admission.TOO_MANY_TENANTS);
      assertThat(registry.admitRule(tenant(20), HERE, now)).isEqualTo(Admission.TOO_MANY_TENANTS);
      assertThat(registry.admitJob(tenant(19), HERE, now)).isEqualTo(Admission.ADMITTED);
      assertThat(registry.admitRule(tenant(19), HERE, now)).isEqualTo(Admission.ADMITTED);

      registry.ruleRemoved("rule." + prefix(7));
      assertThat(registry.admitRule(tenant(20), HERE, now)).isEqualTo(Admission.ADMITTED);
    }

    @Test
    void a_tenant_has_tenant_max_jobs_and_no_more() {
      for (int i = 0; i < 3; i++) {
        assertThat(registry.admitJob(tenant(1), HERE, now)).isEqualTo(Admission.ADMITTED);
        registry.jobAdded(prefix(1) + i);
      }
      assertThat(registry.admitJob(tenant(1), HERE, now)).isEqualTo(Admission.TOO_MANY_JOBS);
      for (int rule = 0; rule < TenantRegistry.MAX_RULES; rule++) {
        assertThat(registry.admitRule(tenant(1), HERE, now)).isEqualTo(Admission.ADMITTED);
        registry.ruleAdded(prefix(1) + rule);
      }
      assertThat(registry.admitRule(tenant(1), HERE, now)).isEqualTo(Admission.TOO_MANY_RULES);
      registry.ruleRemoved(prefix(1) + 0);
      assertThat(registry.admitRule(tenant(1), HERE, now)).isEqualTo(Admission.ADMITTED);
    }

    @Test
    void five_new_tenants_come_from_a_source_in_a_minute_and_a_sixth_later() {
      for (int i = 0; i < 5; i++) {
        assertThat(arrive(i, HERE)).isEqualTo(Admission.ADMITTED);
      }
      assertThat(arrive(5, HERE)).isEqualTo(Admission.TOO_MANY_NEW);
      assertThat(arrive(5, InetAddress.ofLiteral("192.0.2.2"))).isEqualTo(Admission.ADMITTED);
      now += MINUTE - 1;
      assertThat(arrive(6, HERE)).isEqualTo(Admission.TOO_MANY_NEW);
      now += 1;
      assertThat(arrive(6, HERE)).isEqualTo(Admission.ADMITTED);
    }

    @Test
    void a_tenant_that_comes_and_goes_is_new_once_a_minute() {
      for (int i = 0; i < 100; i++) {
        assertThat(arrive(1, HERE)).isEqualTo(Admission.ADMITTED);
        registry.jobRemoved(prefix(1) + "x");
      }
      for (int i = 2; i < 6; i++) {
        assertThat(arrive(i, HERE)).isEqualTo(Admission.ADMITTED);
      }
      assertThat(arrive(6, HERE)).isEqualTo(Admission.TOO_MANY_NEW);
    }

    @Test
    void more_cannot_go_than_there_was() {
      assertThatIllegalStateException().isThrownBy(() -> registry.jobRemoved(prefix(1) + "x"));
    }
  }
}

package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The examples of the original's page about authentication, as far as they are about the file and
/// about what a token covers; and the sample file that users install.
class SeedTest {

  private static final Set<String> KNOWN = Set.of("shell", "http");

  @TempDir Path directory;

  private Tokens load(String text) throws IOException, InvalidTokensException {
    return AuthFiles.load(Files.writeString(directory.resolve("auth.toml"), text), KNOWN, Set.of());
  }

  private InvalidTokensException refusal(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("auth.toml"), text);
    return catchThrowableOfType(
        InvalidTokensException.class, () -> AuthFiles.load(file, KNOWN, Set.of()));
  }

  private static Namespace namespace(Tokens tokens, String secret) {
    return Optional.ofNullable(AuthFiles.authenticate(tokens, secret)).orElseThrow().namespace();
  }

  private Tokens quickStart() throws IOException, InvalidTokensException {
    return load(
        """
        [token.deploy]
        secret = "sk_deploy_a1b2c3d4e5f6"
        namespace = "deploy."

        [token.backup]
        secret = "sk_backup_x9y8z7w6v5u4"
        namespace = "backup."

        [token.admin]
        secret = "sk_admin_top_secret"
        namespace = "*"
        """);
  }

  @Test
  void the_quick_start_is_three_tokens() throws Exception {
    assertThat(quickStart().identities())
        .extracting(Identity::name)
        .containsExactly("deploy", "backup", "admin");
  }

  @Test
  void a_token_section_has_a_name_a_secret_and_a_namespace() throws Exception {
    Tokens tokens =
        load(
            """
            [token.my_service]
            secret = "sk_my_service_secret"
            namespace = "myapp."
            """);

    assertThat(namespace(tokens, "sk_my_service_secret")).isEqualTo(new Namespace("myapp."));
    assertThat(tokens.identities()).extracting(Identity::name).containsExactly("my_service");
  }

  @Test
  void there_may_be_as_many_tokens_as_needed() throws Exception {
    Tokens tokens =
        load(
            """
            [token.deploy]
            secret = "deploy_secret"
            namespace = "deploy."

            [token.backup]
            secret = "backup_secret"
            namespace = "backup."

            [token.monitoring]
            secret = "monitor_secret"
            namespace = "monitoring."
            """);

    assertThat(namespace(tokens, "deploy_secret")).isEqualTo(new Namespace("deploy."));
    assertThat(namespace(tokens, "backup_secret")).isEqualTo(new Namespace("backup."));
    assertThat(namespace(tokens, "monitor_secret")).isEqualTo(new Namespace("monitoring."));
  }

  @Test
  void the_wildcard_namespace_is_everything() throws Exception {
    Tokens tokens =
        load(
            """
            [token.admin]
            secret = "admin_token"
            namespace = "*"
            """);

    assertThat(namespace(tokens, "admin_token")).isEqualTo(Namespace.ALL);
  }

  @Test
  void the_invalid_file_is_refused() throws Exception {
    InvalidTokensException refusal =
        refusal(
            """
            # ERROR: duplicate secret
            [token.service1]
            secret = "shared_secret"
            namespace = "svc1."

            [token.service2]
            secret = "shared_secret"  # Duplicate!
            namespace = "svc2."
            """);

    assertThat(refusal.problems()).singleElement().asString().contains("service1", "service2");
  }

  @Test
  void the_multi_tenant_setup_keeps_its_services_apart() throws Exception {
    Tokens tokens =
        load(
            """
            [token.billing]
            secret = "sk_billing_abc123"
            namespace = "billing."

            [token.shipping]
            secret = "sk_shipping_def456"
            namespace = "shipping."

            [token.inventory]
            secret = "sk_inventory_ghi789"
            namespace = "inventory."
            """);

    assertThat(namespace(tokens, "sk_billing_abc123").contains("billing.x")).isTrue();
    assertThat(namespace(tokens, "sk_billing_abc123").contains("shipping.x")).isFalse();
    assertThat(namespace(tokens, "sk_shipping_def456").contains("shipping.x")).isTrue();
    assertThat(namespace(tokens, "sk_shipping_def456").contains("inventory.x")).isFalse();
    assertThat(namespace(tokens, "sk_inventory_ghi789").contains("inventory.x")).isTrue();
    assertThat(namespace(tokens, "sk_inventory_ghi789").contains("billing.x")).isFalse();
  }

  @Test
  void the_admin_token_of_the_examples_is_everything() throws Exception {
    Tokens tokens =
        load(
            """
            [token.admin]
            secret = "sk_admin_zzz999"
            namespace = "*"
            """);

    assertThat(namespace(tokens, "sk_admin_zzz999")).isEqualTo(Namespace.ALL);
  }

  @Test
  void a_script_may_write_the_secret_and_an_unset_variable_is_refused() throws Exception {
    String written = "[token.app]\nsecret = \"%s\"\nnamespace = \"app.\"\n";

    Tokens tokens = load(written.formatted("from the environment"));

    assertThat(namespace(tokens, "from the environment")).isEqualTo(new Namespace("app."));
    assertThat(refusal(written.formatted("")).problems())
        .containsExactly("auth.toml:2: token.app: secret is empty");
  }

  @Test
  void the_jobs_of_the_examples_are_allowed_and_rejected() throws Exception {
    Namespace deploy = namespace(quickStart(), "sk_deploy_a1b2c3d4e5f6");
    Namespace admin = namespace(quickStart(), "sk_admin_top_secret");

    assertThat(Set.of("deploy.daily", "deploy.release.v1.2.3", "deploy.weekly", "deploy.job.1"))
        .allMatch(deploy::contains)
        .allMatch(admin::contains);
    assertThat(Set.of("backup.daily", "app.task", "monitoring.alert", "backup.weekly"))
        .noneMatch(deploy::contains)
        .allMatch(admin::contains);
  }

  @Test
  void the_rules_of_the_examples_are_allowed_and_rejected() throws Exception {
    Namespace deploy = namespace(quickStart(), "sk_deploy_a1b2c3d4e5f6");
    Namespace admin = namespace(quickStart(), "sk_admin_top_secret");

    assertThat(deploy.containsRule("deploy.rule1")).isTrue();
    assertThat(deploy.containsRule("rule.deploy.")).isTrue();
    assertThat(deploy.containsPattern("deploy.")).isTrue();
    assertThat(deploy.containsRule("backup.rule")).isFalse();
    assertThat(deploy.containsPattern("backup.")).isFalse();
    assertThat(admin.containsRule("any.rule")).isTrue();
  }
}

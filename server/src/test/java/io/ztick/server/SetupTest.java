package io.ztick.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetupTest {
  private static final String AUTH =
      """
      [token.deploy]
      secret = "a secret that is long enough"
      namespace = "deploy."
      """;

  @TempDir private Path directory;

  @Test
  void without_any_file_everything_is_off() throws Exception {
    Setup setup = Setup.defaults(Pems.NOW);

    assertThat(setup.configuration()).isEqualTo(Configuration.defaults());
    assertThat(setup.access().tokens()).isNull();
    assertThat(setup.access().tls()).isNull();
    assertThat(setup.warnings()).isEmpty();
  }

  @Test
  void tokens_and_certificate_are_loaded() throws Exception {
    var keys = Pems.ec();
    Pems.file(directory, "cert.pem", Pems.traditional(Pems.certificate(keys)));
    Pems.file(directory, "key.pem", Pems.pkcs8(keys.getPrivate()));
    Pems.file(directory, "auth.toml", AUTH + "runners = []\n");
    ownerOnly("auth.toml");
    Path file = Pems.file(directory, "ztick.toml", everythingSet());

    Setup setup = Setup.load(file, Pems.NOW);

    assertThat(setup.access().tokens()).isNotNull();
    assertThat(setup.access().tls()).isNotNull();
    assertThat(setup.warnings()).isEmpty();
  }

  @Test
  void the_problems_of_all_three_are_told_at_once() {
    Pems.file(directory, "cert.pem", "garbage");
    Pems.file(directory, "auth.toml", "[token.deploy]\nnamespace = \"deploy.\"\n");
    Path file = Pems.file(directory, "ztick.toml", everythingSet() + "unknown = 1\n");

    var refused =
        catchThrowableOfType(InvalidConfigurationException.class, () -> Setup.load(file, Pems.NOW));

    assertThat(refused.problems())
        .satisfiesExactly(
            problem -> assertThat(problem).contains("ztick.toml:5: controller.unknown: "),
            problem -> assertThat(problem).contains("auth.toml:1: token.deploy: "),
            problem -> assertThat(problem).contains("controller.tls_cert: ", "cert.pem"),
            problem -> assertThat(problem).contains("controller.tls_key: ", "key.pem"));
  }

  @Test
  void the_warnings_of_all_three_are_gathered() throws Exception {
    var keys = Pems.ec();
    Pems.file(directory, "cert.pem", Pems.traditional(Pems.certificate(keys)));
    Pems.file(directory, "key.pem", Pems.pkcs8(keys.getPrivate()));
    Pems.file(directory, "auth.toml", AUTH);
    ownerOnly("auth.toml");
    Path file = Pems.file(directory, "ztick.toml", everythingSet() + "[http]\n");

    Setup setup = Setup.load(file, Pems.END.plusSeconds(1));

    assertThat(setup.warnings())
        .satisfiesExactly(
            warning -> assertThat(warning).contains("ztick.toml:5: [http]: "),
            warning -> assertThat(warning).contains("auth.toml:1: token.deploy: "),
            warning -> assertThat(warning).contains("expired at "));
  }

  @Test
  void a_process_runner_that_no_rule_may_name_is_no_warning() throws Exception {
    Pems.file(directory, "auth.toml", AUTH);
    ownerOnly("auth.toml");
    Path file =
        Pems.file(
            directory,
            "ztick.toml",
            "controller.auth_file = \"auth.toml\"\nruns.allow = [\"http\"]\n");

    assertThat(Setup.load(file, Pems.NOW).warnings()).isEmpty();
  }

  private static String everythingSet() {
    return """
    [controller]
    auth_file = "auth.toml"
    tls_cert = "cert.pem"
    tls_key = "key.pem"
    """;
  }

  private void ownerOnly(String name) throws Exception {
    Files.setPosixFilePermissions(
        directory.resolve(name), PosixFilePermissions.fromString("rw-------"));
  }
}

package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The unit that is shipped, systemd's opinion of it, and the program that it starts.
class ServiceUnitIT {
  private static final Pattern EXPOSURE =
      Pattern.compile("Overall exposure level for ztick\\.service: ([0-9.]+)");
  private static final double MAX_EXPOSURE = 1.5;

  @TempDir Path directory;

  @Test
  void systemd_finds_nothing_wrong_with_it() throws Exception {
    Tool.assumeInstalled("systemd-analyze", "systemd");
    String script =
        "systemd-analyze verify --recursive-errors=no --man=no \"$0\" 2>&1; echo \"exit $?\"";

    assertThat(Tool.run("sh", "-c", script, UnitFile.adapted(directory).toString()))
        .isEqualTo("exit 0\n");
  }

  @Test
  void systemd_finds_it_hardly_exposed() throws Exception {
    Tool.assumeInstalled("systemd-analyze", "systemd");
    String unit = UnitFile.adapted(directory).toString();

    String report = Tool.run("systemd-analyze", "security", "--offline=true", "--no-pager", unit);

    Matcher exposure = EXPOSURE.matcher(report);
    assertThat(exposure.find()).as(report).isTrue();
    assertThat(Double.parseDouble(exposure.group(1))).isLessThanOrEqualTo(MAX_EXPOSURE);
  }

  @Test
  void what_it_starts_is_a_server_with_the_installed_configuration() throws Exception {
    assertThat(UnitFile.arguments()).containsExactly("-c", UnitFile.CONFIGURATION);
    Path shipped = ZtickServer.home().resolve("conf/ztick.toml");

    Ztick check = Ztick.ok("check-config", shipped);

    assertThat(check.output()).isEqualTo(shipped + ": ok\n");
    assertThat(check.errors()).isEmpty();
  }

  @Test
  void what_it_does_not_start_again_is_what_a_wrong_configuration_ends_with() throws Exception {
    Path wrong = Files.writeString(directory.resolve("ztick.toml"), "[nothing]\n");

    Ztick refused = Ztick.run("-c", wrong);

    assertThat(refused.exitCode())
        .isEqualTo(Integer.parseInt(UnitFile.value("RestartPreventExitStatus")));
  }

  @Test
  void the_credential_that_it_loads_is_the_one_that_the_configuration_shows() throws Exception {
    assertThat(UnitFile.value("LoadCredential")).isEqualTo("auth.toml:/etc/ztick/auth.toml");
    assertThat(UnitFile.value("SetCredential")).startsWith("auth.toml:");
    assertThat(Files.readString(ZtickServer.home().resolve("conf/ztick.toml")))
        .contains("\"credential:auth.toml\"");
  }

  @Test
  void its_directory_is_where_the_server_keeps_its_journal() throws Exception {
    Path state = directory.resolve(UnitFile.value("StateDirectory"));
    Path configuration =
        Files.writeString(
            directory.resolve("ztick.toml"), "[controller]\nlisten = \"127.0.0.1:0\"\n");
    try (ZtickServer server =
        ZtickServer.in(directory)
            .environment("STATE_DIRECTORY", state.toString())
            .launch(Files.readString(configuration))) {
      server.awaitLog("started: ");
      server.stop();
    }
    Ztick.verified(state);
  }

  @Test
  void the_readme_shows_the_unit_as_it_is() throws Exception {
    String readme = Files.readString(ZtickServer.home().resolve("README.md"));

    assertThat(readme)
        .contains("ztick check-config " + UnitFile.CONFIGURATION)
        .contains("/var/lib/" + UnitFile.value("StateDirectory"))
        .contains("LoadCredential=")
        .contains("`KillMode=" + UnitFile.value("KillMode") + "`")
        .contains("`WatchdogSec=" + UnitFile.value("WatchdogSec") + "`");
  }
}

package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ztick.auth.Authority;
import io.ztick.auth.Identity;
import io.ztick.auth.Login;
import io.ztick.auth.Tokens;
import io.ztick.protocol.Answers;
import io.ztick.protocol.Command;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCommandsTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.7");
  private static final String SECRET = "the secret of admin";

  @TempDir private Path directory;

  @Test
  void only_connections_of_a_token_that_is_worth_less_are_looked_at_again() throws Exception {
    var secrets = new MachineSecrets(Map.of(), Credentials.of(Map.of()));
    var surroundings = new Tokens.Surroundings(Gate.VOCABULARY, Set.of(), secrets, false, false);
    Path file =
        Pems.file(
            directory,
            "auth.toml",
            "[token.admin]\nsecret = \"" + SECRET + "\"\nnamespace = \"*\"\n");
    Tokens tokens = Tokens.load(file, surroundings, Pems.NOW);
    var authority = new Authority(tokens, Gate.VOCABULARY, null, 10, _ -> {});
    Login login = authority.login(SECRET.getBytes(UTF_8), HERE, Pems.NOW);
    assertThat(login).isInstanceOf(Login.Accepted.class);
    Identity admin = ((Login.Accepted) login).identity();
    var clock = InstantSource.fixed(Pems.NOW);
    var looks = new ArrayList<String>();
    var off = new Configuration.Audit(Configuration.AuditTarget.OFF, directory, 1, 1);
    try (var audit = new Audit(AuditLog.open(off), clock)) {
      var commands =
          new TokenCommands(
              authority, new WallClock(clock), token -> looks.add(token.name()), audit);
      var answers = new Answers(1_000);

      for (String name : List.of("other", "ci")) {
        var create = new Command.TokenCreate(name, "ci.", null, null, null, null, "");
        var _ = commands.handle(admin, HERE, create, null, answers);
      }
      var rotateNone = new Command.TokenRotate("nobody", Duration.ZERO);
      var _ = commands.handle(admin, HERE, rotateNone, null, answers);
      var revokeNone = new Command.TokenRevoke("admin");
      var _ = commands.handle(admin, HERE, revokeNone, null, answers);
      assertThat(looks).isEmpty();

      var rotate = new Command.TokenRotate("ci", Duration.ZERO);
      var _ = commands.handle(admin, HERE, rotate, null, answers);
      assertThat(looks).containsExactly("ci");

      var _ = commands.handle(admin, HERE, new Command.TokenRevoke("ci"), null, answers);
      assertThat(looks).containsExactly("ci", "ci");
    }
  }
}

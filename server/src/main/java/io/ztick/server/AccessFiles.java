package io.ztick.server;

import io.netty.handler.ssl.SslContext;
import io.ztick.auth.Identity;
import io.ztick.auth.InvalidTokensException;
import io.ztick.auth.SecretSources;
import io.ztick.auth.Tokens;
import io.ztick.scheduler.Runner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The files that say who may come in: the auth file, the certificate and its key. A server reads
/// them when it starts, and again whenever it is told to; on any thread.
///
/// @param secrets where secrets are that the auth file only names
record AccessFiles(Configuration configuration, SecretSources secrets) {

  /// What the files say.
  ///
  /// @param tokens null when authentication is off
  /// @param tls null when TLS is off
  /// @param warnings what the operator should know
  record Access(@Nullable Tokens tokens, @Nullable SslContext tls, List<String> warnings) {
    Access {
      warnings = List.copyOf(warnings);
    }
  }

  /// The tokens of an auth file, which may have none, for a command that does not check anything
  /// else.
  static List<Identity> tokensForTool(Path file, Instant now) throws InvalidTokensException {
    var environment = System.getenv();
    var secrets = new MachineSecrets(environment, Credentials.of(environment));
    var surroundings = new Tokens.Surroundings(Gate.VOCABULARY, Set.of(), secrets, false, true);
    return Tokens.load(file, surroundings, now).identities();
  }

  /// Those that there are.
  List<Path> paths() {
    var controller = configuration.controller();
    return Stream.of(
            controller.authFile(),
            controller.tlsCert(),
            controller.tlsKey(),
            controller.tlsKeyPasswordFile())
        .<Path>mapMulti(
            (path, sink) -> {
              if (path != null) {
                sink.accept(path);
              }
            })
        .toList();
  }

  /// Reads them all. The problems of all files are told at once.
  ///
  /// @param now tells what has expired
  Access read(Instant now) throws InvalidConfigurationException {
    var problems = new ArrayList<String>();
    var warnings = new ArrayList<String>();
    Tokens tokens = null;
    try {
      tokens = tokens(now, warnings);
    } catch (InvalidTokensException e) {
      problems.addAll(e.problems());
    }
    SslContext tls = null;
    try {
      tls = tls(now, warnings);
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return new Access(tokens, tls, warnings);
  }

  private @Nullable Tokens tokens(Instant now, List<String> warnings)
      throws InvalidTokensException {
    Path file = configuration.controller().authFile();
    if (file == null) {
      return null;
    }
    var processRunners = new TreeSet<>(Runner.PROCESSES);
    processRunners.retainAll(configuration.runs().allow());
    boolean tenants = configuration.controller().hasTenants();
    var surroundings =
        new Tokens.Surroundings(Gate.VOCABULARY, processRunners, secrets, tenants, tenants);
    Tokens tokens = Tokens.load(file, surroundings, now);
    warnings.addAll(tokens.warnings());
    return tokens;
  }

  private @Nullable SslContext tls(Instant now, List<String> warnings)
      throws InvalidConfigurationException {
    var controller = configuration.controller();
    Path certificateFile = controller.tlsCert();
    Path keyFile = controller.tlsKey();
    if (certificateFile == null || keyFile == null) {
      return null;
    }
    Tls tls = Tls.load(certificateFile, keyFile, controller.tlsKeyPasswordFile(), now);
    warnings.addAll(tls.warnings());
    return tls.context();
  }
}

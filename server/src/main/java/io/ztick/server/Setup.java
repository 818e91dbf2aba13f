package io.ztick.server;

import io.netty.handler.ssl.SslContext;
import io.ztick.auth.InvalidTokensException;
import io.ztick.auth.Tokens;
import io.ztick.auth.Vocabulary;
import io.ztick.scheduler.Runner;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All that a server starts with, read and checked: the configuration, the tokens, the certificate.
///
/// @param tokens null when authentication is off
/// @param tls null when TLS is off
/// @param warnings what the operator should know
record Setup(
    Configuration configuration,
    @Nullable Tokens tokens,
    @Nullable SslContext tls,
    List<String> warnings) {

  static Setup load(Path file, Instant now) throws InvalidConfigurationException {
    return load(ConfigurationFile.read(file), now);
  }

  /// The same, and what a start would find out later is a problem as well.
  ///
  /// @param file null for the defaults
  static Setup check(@Nullable Path file, Instant now) throws InvalidConfigurationException {
    var read = file == null ? ConfigurationFile.empty() : ConfigurationFile.read(file);
    read.checkMachine();
    return load(read, now);
  }

  /// Without any file.
  static Setup defaults(Instant now) throws InvalidConfigurationException {
    return load(ConfigurationFile.empty(), now);
  }

  /// The problems of all files are told at once.
  private static Setup load(ConfigurationFile file, Instant now)
      throws InvalidConfigurationException {
    var problems = new ArrayList<>(file.problems());
    var warnings = new ArrayList<>(file.warnings());
    var configuration = file.configuration();
    Tokens tokens = null;
    try {
      tokens = tokens(file, now, warnings);
    } catch (InvalidTokensException e) {
      problems.addAll(e.problems());
    }
    SslContext tls = null;
    try {
      tls = tls(configuration, now, warnings);
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return new Setup(configuration, tokens, tls, List.copyOf(warnings));
  }

  private static @Nullable Tokens tokens(
      ConfigurationFile configured, Instant now, List<String> warnings)
      throws InvalidTokensException {
    var configuration = configured.configuration();
    Path file = configuration.controller().authFile();
    if (file == null) {
      return null;
    }
    var processRunners = new TreeSet<>(Runner.PROCESSES);
    processRunners.retainAll(configuration.runs().allow());
    var surroundings =
        new Tokens.Surroundings(
            new Vocabulary(Gate.COMMANDS, Runner.NAMES),
            processRunners,
            configured.secretSources(),
            false);
    Tokens tokens = Tokens.load(file, surroundings, now);
    warnings.addAll(tokens.warnings());
    return tokens;
  }

  private static @Nullable SslContext tls(
      Configuration configuration, Instant now, List<String> warnings)
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

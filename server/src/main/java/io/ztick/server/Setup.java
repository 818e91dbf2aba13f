package io.ztick.server;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that a server starts with, read and checked: the configuration, the tokens, the certificate.
///
/// @param files where the access was read, and can be read again
/// @param watch of these files, begun before they were read
/// @param warnings what the operator should know
record Setup(
    Configuration configuration,
    AccessFiles files,
    FileWatch watch,
    AccessFiles.Access access,
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
    var files = new AccessFiles(configuration, file.secretSources());
    var watch = new FileWatch(files.paths());
    AccessFiles.Access access = null;
    try {
      access = files.read(now);
      warnings.addAll(access.warnings());
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
    }
    if (access == null || !problems.isEmpty()) {
      throw new InvalidConfigurationException(problems);
    }
    return new Setup(configuration, files, watch, access, List.copyOf(warnings));
  }
}

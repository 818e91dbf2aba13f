package io.ztick.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/// The file in which a user keeps profiles, each a name for a server and how to reach it.
///
/// ```toml
/// profile = "team"                  # the one that is used; "default" unless it is there
///
/// [profiles.team]
/// endpoint = "ztick+tls://ticks.example.com:5678"
/// auth = "token"
/// token = "file:/home/ann/.ticks-token"
/// tls_ca = "/home/ann/team-ca.pem"
/// ```
///
/// It is the user's alone, and what they wrote around the values stays. Confined to one thread.
final class ProfileFile {
  /// The profile of those who name none.
  static final String DEFAULT = "default";

  private static final String PROFILE = "profile";
  private static final String PROFILES = "profiles";
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final Set<PosixFilePermission> OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private final Path file;
  private final TomlParseResult toml;
  private final Map<String, Map<ProfileKey, String>> profiles = new TreeMap<>();
  private final List<String> problems = new ArrayList<>();

  private ProfileFile(Path file, String text) throws ProfileException {
    this.file = file;
    toml = Toml.parse(text);
    toml.errors()
        .forEach(
            error ->
                problem(
                    error.position(),
                    "not valid TOML at column %d (texts stand in double quotes)"
                        .formatted(error.position().column())));
    if (problems.isEmpty()) {
      readRoot();
    }
    if (!problems.isEmpty()) {
      throw new ProfileException(problems);
    }
  }

  /// The profile that an option or the environment names, if any.
  static @Nullable String named(Session session, @Nullable String option) {
    return option == null ? session.variable("ZTICK_PROFILE") : option;
  }

  /// Where the file is, whether it exists or not.
  static Path place(Session session) {
    return session.directory("XDG_CONFIG_HOME", ".config").resolve("config.toml");
  }

  /// Reads the file; one that does not exist has no profiles.
  static ProfileFile read(Path file) throws ProfileException {
    String text;
    try {
      text = Files.size(file) > MAX_BYTES ? null : Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return new ProfileFile(file, "");
    } catch (IOException e) {
      throw new ProfileException(file + ": " + PrivateFile.reason(e));
    }
    if (text == null) {
      throw new ProfileException(file + ": larger than " + MAX_BYTES + " bytes");
    }
    var profiles = new ProfileFile(file, text);
    profiles.refuseSharedSecrets();
    return profiles;
  }

  /// The path that messages name.
  Path file() {
    return file;
  }

  /// The profile in use unless another one is asked for.
  String current() {
    String current = toml.getString(List.of(PROFILE));
    return current == null ? DEFAULT : current;
  }

  /// In alphabetical order.
  Set<String> names() {
    return profiles.keySet();
  }

  /// What a profile says; nothing if there is none of the name.
  Map<ProfileKey, String> profile(String name) {
    return profiles.getOrDefault(name, Map.of());
  }

  /// That a profile which somebody named is there.
  void require(String name) throws ProfileException {
    if (!profiles.containsKey(name) && !name.equals(DEFAULT)) {
      String known = profiles.isEmpty() ? "none" : String.join(", ", profiles.keySet());
      throw new ProfileException(
          "there is no profile " + Texts.cell(name) + " in " + file + "; there are: " + known);
    }
  }

  /// Sets a key, of a profile that need not exist yet, and keeps the file.
  ///
  /// @param value one in which the key finds no problem
  void set(String name, ProfileKey key, String value) throws ProfileException {
    if (!NAME.matcher(name).matches()) {
      throw new ProfileException(
          Texts.cell(name)
              + " is no name of a profile: 1 to 64 of A-Z a-z 0-9 . _ - are expected, first a"
              + " letter or digit");
    }
    toml.set(List.of(PROFILES, name, key.word()), value);
    write();
  }

  /// Makes a profile the one in use, and keeps the file.
  void use(String name) throws ProfileException {
    require(name);
    toml.set(List.of(PROFILE), name);
    write();
  }

  private void readRoot() {
    for (String key : toml.keySet()) {
      if (!key.equals(PROFILE) && !key.equals(PROFILES)) {
        problem(toml, key, Texts.cell(key) + ": unknown; there are profile and [profiles.NAME]");
      }
    }
    Object table = toml.get(List.of(PROFILES));
    if (table instanceof TomlTable named) {
      named.keySet().forEach(name -> readProfile(named, name));
    } else if (table != null) {
      problem(toml, PROFILES, "profiles: sections [profiles.NAME] are expected");
    }
    Object current = toml.get(List.of(PROFILE));
    if (current instanceof String name) {
      if (!name.equals(DEFAULT) && !profiles.containsKey(name)) {
        problem(toml, PROFILE, "profile: there is no [profiles." + Texts.cell(name) + "]");
      }
    } else if (current != null) {
      problem(toml, PROFILE, "profile: the name of a profile is expected, in quotes");
    }
  }

  private void readProfile(TomlTable named, String name) {
    String prefix = PROFILES + "." + Texts.cell(name);
    if (!(named.get(List.of(name)) instanceof TomlTable table)) {
      problem(named, name, prefix + ": a section [" + prefix + "] is expected");
      return;
    }
    Map<ProfileKey, String> profile = new TreeMap<>();
    for (String word : table.keySet()) {
      ProfileKey key = ProfileKey.of(word);
      String problem = null;
      if (key == null) {
        problem = "unknown; there are " + ProfileKey.words();
      } else if (table.get(List.of(word)) instanceof String value) {
        problem = key.problem(value);
        if (problem == null) {
          profile.put(key, key.anchored(value, file.toAbsolutePath().resolveSibling("")));
        }
      } else {
        problem = "a text in quotes is expected";
      }
      if (problem != null) {
        problem(table, word, prefix + "." + Texts.cell(word) + ": " + problem);
      }
    }
    profiles.put(name, profile);
  }

  private void problem(TomlTable table, String key, String problem) {
    problem(table.inputPositionOf(List.of(key)), problem);
  }

  private void problem(@Nullable TomlPosition position, String problem) {
    problems.add(file + ":" + (position == null ? 1 : position.line()) + ": " + problem);
  }

  /// Like ssh with its keys.
  private void refuseSharedSecrets() throws ProfileException {
    boolean secret =
        profiles.values().stream()
            .map(profile -> profile.get(ProfileKey.TOKEN))
            .anyMatch(token -> token != null && !ProfileKey.isReference(token));
    if (!secret) {
      return;
    }
    try {
      Set<PosixFilePermission> mode = new TreeSet<>(Files.getPosixFilePermissions(file));
      if (mode.removeAll(OTHERS)) {
        throw new ProfileException(
            file + ": a token is in it and others may open it; do chmod 600 " + file);
      }
    } catch (IOException e) {
      throw new ProfileException(file + ": " + PrivateFile.reason(e));
    }
  }

  private void write() throws ProfileException {
    try {
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      try (var kept = PrivateFile.at(file)) {
        kept.keep(toml.toToml());
      }
    } catch (IOException e) {
      throw new ProfileException(PrivateFile.complaint(file, e));
    }
  }
}

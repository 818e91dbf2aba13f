package io.ztick.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ztick config`, which is several commands.
@Command(
    name = "config",
    header = "Keeps profiles: names for servers and how to reach them.",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "",
      "They are in $XDG_CONFIG_HOME/ztick/config.toml, else ~/.config/ztick/config.toml. Options"
          + " and the variables ZTICK_ENDPOINT, ZTICK_TOKEN and ZTICK_PROFILE come before them."
    })
final class ConfigCommand {
  private static final List<Column> COLUMNS =
      Stream.concat(
              Stream.of("profile", "used"), Stream.of(ProfileKey.values()).map(ProfileKey::word))
          .map(Column::text)
          .toList();

  /// What a shell completes.
  private static final class Keys extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Keys() {
      super(Stream.of(ProfileKey.values()).map(ProfileKey::word).toList());
    }
  }

  private final Session session;

  @Spec private CommandSpec command = CommandSpec.create();

  ConfigCommand(Session session) {
    this.session = session;
  }

  @Command(
      name = "set",
      header = "Sets a key of a profile.",
      description = {
        "",
        "The profile is made if there is none of the name. A token is the secret itself, env:NAME"
            + " or file:PATH; the arguments of a process are readable by everybody on this machine,"
            + " so a file is better."
      })
  int set(
      @Parameters(
              paramLabel = "endpoint|auth|token|tls_ca",
              completionCandidates = Keys.class,
              description = "The key.")
          String key,
      @Parameters(
              paramLabel = "VALUE",
              description =
                  "ztick://host:port or ztick+tls://host:port; none or token; a token; a PEM file.")
          String value,
      @Option(
              names = "--profile",
              paramLabel = "NAME",
              description = "The profile; the one in use unless given.")
          @Nullable String profile)
      throws ProfileException {
    ProfileKey wanted = key(key);
    String problem = wanted.problem(value);
    if (problem != null) {
      throw new ProfileException(wanted.word() + ": " + problem);
    }
    String kept = wanted.anchored(value, Path.of("").toAbsolutePath());
    problem = wanted == ProfileKey.TLS_CA ? Certificates.problem(Path.of(kept)) : null;
    if (problem != null) {
      throw new ProfileException("tls_ca: " + problem);
    }
    ProfileFile file = file();
    file.set(chosen(file, profile), wanted, kept);
    return ClientCommand.DONE;
  }

  @Command(
      name = "get",
      header = "Prints a key of a profile.",
      description = {"", "One that is not set is exit code 2."})
  int get(
      @Parameters(
              paramLabel = "endpoint|auth|token|tls_ca",
              completionCandidates = Keys.class,
              description = "The key.")
          String key,
      @Option(
              names = "--profile",
              paramLabel = "NAME",
              description = "The profile; the one in use unless given.")
          @Nullable String profile,
      @Option(names = "--secrets", description = "Prints a token that stands there, not ***.")
          boolean secrets)
      throws IOException, ProfileException {
    ProfileKey wanted = key(key);
    ProfileFile file = file();
    String name = chosen(file, profile);
    file.require(name);
    String value = file.profile(name).get(wanted);
    if (value == null) {
      throw new ProfileException("%s is not set in the profile %s".formatted(wanted.word(), name));
    }
    session.line(Texts.safe(secrets ? value : wanted.shown(value)));
    session.out().flush();
    return ClientCommand.DONE;
  }

  @Command(name = "list", header = "Prints all profiles.", description = "")
  int list(
      @Option(names = "--secrets", description = "Prints tokens that stand there, not ***.")
          boolean secrets,
      @Option(
              names = {"-o", "--output"},
              paramLabel = "table|json|wire",
              converter = Output.Converter.class,
              completionCandidates = Output.Words.class,
              description = "As of other commands.")
          @Nullable Output output)
      throws IOException, ProfileException {
    ProfileFile file = file();
    String used = chosen(file, null);
    Set<String> names = new TreeSet<>(file.names());
    names.add(used);
    Rows rows = (output == null ? Output.TABLE : output).rows(session, COLUMNS);
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name, name.equals(used) ? "yes" : ""));
      Map<ProfileKey, String> profile = file.profile(name);
      for (ProfileKey key : ProfileKey.values()) {
        String value = profile.getOrDefault(key, "");
        row.add(secrets ? value : key.shown(value));
      }
      rows.print(row);
    }
    rows.end();
    session.out().flush();
    return ClientCommand.DONE;
  }

  @Command(
      name = "use",
      header = "Makes a profile the one that is used unless another is named.",
      description = "")
  int use(@Parameters(paramLabel = "NAME", description = "The profile.") String name)
      throws ProfileException {
    file().use(name);
    return ClientCommand.DONE;
  }

  private ProfileFile file() throws ProfileException {
    return ProfileFile.read(ProfileFile.place(session));
  }

  private String chosen(ProfileFile file, @Nullable String option) {
    String named = ProfileFile.named(session, option);
    return named == null ? file.current() : named;
  }

  private ProfileKey key(String word) {
    ProfileKey key = ProfileKey.of(word);
    if (key == null) {
      throw new ParameterException(
          command.commandLine(),
          "there is no key " + Texts.cell(word) + "; there are " + ProfileKey.words());
    }
    return key;
  }
}

package io.ztick.command;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick token create`.
@Command(
    name = "create",
    header = "Makes a token at run time, and prints its secret this once.",
    description = {
      "",
      "It may do what your own token may, or the part of it that is said here, and expires no"
          + " later. It makes tokens itself only when --commands names TOKEN."
    })
final class TokenCreateCommand extends SecretCommand {
  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description =
          "1 to 64 of A-Z a-z 0-9 . _ - and first a letter or digit; not one that exists.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "NAMESPACE",
      description = "What the ids of its jobs and rules begin with; * for all.")
  private String namespace = "";

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long it lasts, 1s to 366d, such as 12h or 90d; 24h unless given.")
  private @Nullable String ttl;

  @Option(
      names = "--commands",
      paramLabel = "NAMES",
      description = "What it may use, with commas, such as SET,GET,QUERY; * for all.")
  private @Nullable String commands;

  @Option(
      names = "--runners",
      paramLabel = "NAMES",
      description = "What its rules may run, with commas, such as http; * for all, '' for none.")
  private @Nullable String runners;

  @Option(
      names = "--from",
      paramLabel = "RANGES",
      description = "Where it may be used, with commas, such as 10.0.0.0/8,::1; * for anywhere.")
  private @Nullable String from;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "What the list shows about it, at most 256 characters.")
  private @Nullable String note;

  TokenCreateCommand(Session session) {
    super(session);
  }

  @Override
  List<String> words() {
    List<String> words = new ArrayList<>(List.of("TOKEN", "CREATE", name, namespace));
    add(words, "ttl", ttl);
    add(words, "commands", commands);
    add(words, "runners", runners);
    add(words, "from", from);
    add(words, "note", note);
    return words;
  }

  private static void add(List<String> words, String key, @Nullable String value) {
    if (value != null) {
      words.add(key + "=" + value);
    }
  }
}

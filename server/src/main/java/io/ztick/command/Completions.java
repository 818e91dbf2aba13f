package io.ztick.command;

import io.ztick.client.ZtickException;
import java.util.List;
import java.util.Locale;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/// What may stand at the cursor of a line: commands, runners, and the ids that the server has.
final class Completions implements Completer {
  /// Nobody looks through more of them.
  private static final int MOST_IDS = 200;

  private static final List<String> RULE_COMMANDS = List.of("LIST", "REMOVE", "SET");
  private static final List<String> TOKEN_COMMANDS = List.of("CREATE", "LIST", "REVOKE", "ROTATE");
  private static final List<String> RUNNERS = List.of("awf", "direct", "http", "shell");
  private static final List<String> METHODS = List.of("DELETE", "GET", "POST", "PUT");
  private static final List<String> TIMES = List.of("now", "+10s", "+5m", "+1h", "+1d");

  private final Dialogue dialogue;

  Completions(Dialogue dialogue) {
    this.dialogue = dialogue;
  }

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    String begun = line.word().substring(0, Math.min(line.wordCursor(), line.word().length()));
    for (String word : candidates(line.words(), line.wordIndex(), begun)) {
      candidates.add(new Candidate(word));
    }
  }

  private List<String> candidates(List<String> words, int index, String begun) {
    if (index == 0) {
      boolean lower = !begun.isEmpty() && begun.equals(begun.toLowerCase(Locale.ROOT));
      return lower
          ? WireLine.COMMANDS.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList()
          : WireLine.COMMANDS;
    }
    return switch (words.getFirst().toUpperCase(Locale.ROOT)) {
      case "GET", "SHOW", "REMOVE", "QUERY" -> index == 1 ? jobs(begun) : List.of();
      case "SET" -> index == 1 ? jobs(begun) : index == 2 ? TIMES : List.of();
      case "DUE" -> index == 2 ? jobs(begun) : List.of();
      case "REMOVERULE" -> index == 1 ? rules(begun) : List.of();
      case "RULE" -> ofRule(words, index, begun);
      case "TOKEN" -> ofToken(words, index, begun);
      case "CAN" -> index == 1 ? WireLine.COMMANDS : index == 2 ? jobs(begun) : List.of();
      default -> List.of();
    };
  }

  private List<String> ofRule(List<String> words, int index, String begun) {
    if (index == 1) {
      return RULE_COMMANDS;
    }
    if (index == 2) {
      return rules(begun);
    }
    boolean set = words.get(1).equalsIgnoreCase("SET");
    if (set && index == 4) {
      return RUNNERS;
    }
    return set && index == 5 && words.get(4).equals("http") ? METHODS : List.of();
  }

  private List<String> ofToken(List<String> words, int index, String begun) {
    if (index == 1) {
      return TOKEN_COMMANDS;
    }
    boolean made =
        words.get(1).equalsIgnoreCase("REVOKE") || words.get(1).equalsIgnoreCase("ROTATE");
    return made && index == 2 ? ids(List.of("TOKEN", "LIST"), begun) : List.of();
  }

  private List<String> jobs(String prefix) {
    return ids(prefix.isEmpty() ? List.of("QUERY") : List.of("QUERY", prefix), prefix);
  }

  private List<String> rules(String prefix) {
    return ids(List.of("LISTRULES"), prefix);
  }

  /// Only those that stand for themselves; quotes in the middle of a word are too much.
  private List<String> ids(List<String> words, String prefix) {
    try (var rows = dialogue.client().stream(words)) {
      return rows.map(List::getFirst)
          .filter(id -> id.startsWith(prefix) && Texts.cell(id).equals(id))
          .limit(MOST_IDS)
          .toList();
    } catch (ZtickException e) {
      // A line can be typed without help.
      return List.of();
    }
  }
}

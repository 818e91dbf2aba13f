package io.ztick.command;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// What a person is told on stderr.
public final class Usage {
  private Usage() {}

  /// Says what is wrong with a command line, and where to read more.
  ///
  /// @return the exit code
  public static int misread(ParameterException wrong, String... arguments) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter errors = command.getErr();
    errors.println("ztick: " + Texts.safe(sentence(wrong)));
    UnmatchedArgumentException.printSuggestions(wrong, errors);
    errors.print(command.getHelp().synopsisHeading() + command.getHelp().synopsis(0));
    errors.println("More: " + command.getCommandSpec().qualifiedName() + " --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /// A writer whose lines hold nothing that a terminal would obey, each printed at once.
  public static PrintWriter sentences(PrintWriter errors) {
    return new PrintWriter(errors, true) {
      @Override
      public void println(String line) {
        super.println(Texts.safe(line));
      }
    };
  }

  private static String sentence(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      List<String> words = unmatched.getUnmatched();
      if (!words.isEmpty() && words.getFirst().startsWith("-")) {
        return "there is no option " + option(words.getFirst());
      }
    }
    return String.valueOf(wrong.getMessage());
  }

  /// An option without its value, which may be a secret.
  static String option(String word) {
    if (!word.startsWith("--")) {
      return word.substring(0, Math.min(2, word.length()));
    }
    int value = word.indexOf('=');
    return value < 0 ? word : word.substring(0, value);
  }
}

package io.ztick.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ztick completion`.
@Command(
    name = "completion",
    header = "Prints a script that lets a shell complete this command.",
    description = {
      "",
      "For bash: source <(ztick completion bash). For zsh: ztick completion zsh > _ztick in a"
          + " directory of $fpath. Packages have installed both."
    })
final class CompletionCommand implements Callable<Integer> {
  private static final String NAME = "ztick";

  /// The script is the body of a function that zsh calls to complete: the first time it defines
  /// what bash has, and completes by it.
  private static final String ZSH_HEAD =
      """
      #compdef ztick
      autoload -U +X bashcompinit && bashcompinit
      # Options of bash's completion that zsh has no need of.
      compopt() { return 0 }
      """;

  private static final String ZSH_TAIL =
      """

      _bash_complete -o default -F _complete_ztick
      """;

  private final Session session;

  @Spec private CommandSpec command = CommandSpec.create();

  @Parameters(
      paramLabel = "bash|zsh",
      converter = Shell.Converter.class,
      completionCandidates = Shell.Words.class,
      description = "The shell.")
  private Shell shell = Shell.BASH;

  enum Shell {
    BASH,
    ZSH;

    /// Reads what is typed.
    static final class Converter implements ITypeConverter<Shell> {
      @Override
      public Shell convert(String word) {
        return Typed.constant(Shell.class, word);
      }
    }

    /// What a shell completes.
    static final class Words extends ArrayList<String> {
      private static final long serialVersionUID = 1;

      Words() {
        super(Typed.words(Shell.class));
      }
    }
  }

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine ztick = command.root().commandLine();
    String script = AutoComplete.bash(NAME, ztick);
    session.print(
        switch (shell) {
          case BASH -> script;
          case ZSH -> ZSH_HEAD + script + ZSH_TAIL;
        });
    session.out().flush();
    return ClientCommand.DONE;
  }
}

package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.ZtickClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `ztick watch`.
@Command(
    name = "watch",
    header = "Shows counts and what is due next, again and again.",
    description = {
      "",
      "q or Ctrl-C ends it. It goes on when the server is restarted. Without a terminal it prints"
          + " one view after the other."
    })
final class WatchCommand implements Callable<Integer> {
  /// After so long without an answer the view says so.
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofDays(1);

  /// How long a key may wait for its effect.
  private static final long KEY_MILLIS = 100;

  /// Drawn again at least so often, because what is due comes nearer.
  private static final Duration REDRAW = Duration.ofSeconds(1);

  private static final int END_OF_INPUT = -1;
  private static final int CTRL_C = 3;

  private final Session session;
  private final Terminals terminals;

  @Mixin private final Target target = new Target();

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      description = "How often to look, 100ms to 1d; 1s unless given.")
  private String interval = "1s";

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "ROWS",
      description = "How many jobs to show, 1 to 1000; as many as fit unless given.")
  private @Nullable Integer limit;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Ends after so many views; never unless given.")
  private @Nullable Integer count;

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      description = "What the ids of the jobs begin with; all jobs unless given.")
  private String prefix = "";

  WatchCommand(Session session, Terminals terminals) {
    this.session = session;
    this.terminals = terminals;
  }

  @Override
  public Integer call() throws IOException, ProfileException, InterruptedException {
    Duration pause = pause();
    if (limit != null) {
      DueCommand.checkLimit(target, limit);
    }
    if (count != null && count < 1) {
      throw target.wrong("--count: 1 or more is expected");
    }
    ClientOptions.Builder options = target.options(session);
    if (!target.isBounded()) {
      options.answerTimeout(PATIENCE);
    }
    ClientOptions there = options.build();
    try (ZtickClient client = ZtickClient.connect(there)) {
      if (session.isInteractive() && !"dumb".equals(session.environment().get("TERM"))) {
        live(client, there, pause);
      } else {
        print(new Watch(client, there.endpoint(), prefix, () -> rows(10)), pause);
      }
    }
    return ClientCommand.DONE;
  }

  private Duration pause() {
    Duration pause = HumanTime.parseDuration(interval);
    if (pause == null || pause.compareTo(SHORTEST) < 0 || pause.compareTo(LONGEST) > 0) {
      throw target.wrong("--interval: a duration from 100ms to 1d is expected, such as 2s");
    }
    return pause;
  }

  private int rows(int unlessGiven) {
    return limit == null ? unlessGiven : limit;
  }

  private void print(Watch watch, Duration pause) throws IOException, InterruptedException {
    for (int views = 0; count == null || views < count; views++) {
      if (views > 0) {
        Thread.sleep(pause);
        session.line("");
      }
      for (String line : watch.look().lines(session)) {
        session.line(line);
      }
      session.out().flush();
    }
  }

  private void live(ZtickClient client, ClientOptions there, Duration pause) throws IOException {
    try (Terminal terminal = terminals.screen()) {
      var ended = new AtomicBoolean();
      terminal.handle(Terminal.Signal.INT, _ -> ended.set(true));
      var watch = new Watch(client, there.endpoint(), prefix, () -> rows(terminal.getHeight()));
      var latest = new AtomicReference<Watch.@Nullable View>();
      Thread looking =
          Thread.ofVirtual().name("ztick-watch").start(() -> look(watch, pause, latest, ended));
      try {
        show(terminal, latest, ended);
      } finally {
        ended.set(true);
        looking.interrupt();
        terminals.restore();
      }
    }
  }

  /// Looks again and again; a server that does not answer keeps nobody from ending this.
  private void look(
      Watch watch,
      Duration pause,
      AtomicReference<Watch.@Nullable View> latest,
      AtomicBoolean ended) {
    try {
      for (int views = 0; !ended.get(); views++) {
        if (count != null && views == count) {
          return;
        }
        latest.set(watch.look());
        Thread.sleep(pause);
      }
    } catch (InterruptedException | IllegalStateException e) {
      // Nobody looks any more.
    } finally {
      // Otherwise a fault of this thread would leave an old view on the screen for ever.
      ended.set(true);
    }
  }

  private void show(
      Terminal terminal, AtomicReference<Watch.@Nullable View> latest, AtomicBoolean ended)
      throws IOException {
    Watch.View shown = null;
    var size = terminal.getSize();
    Instant drawn = Instant.MIN;
    while (!ended.get()) {
      int key = terminal.reader().read(KEY_MILLIS);
      if (key == 'q' || key == 'Q' || key == CTRL_C || key == END_OF_INPUT) {
        return;
      }
      Watch.View view = latest.get();
      Instant now = session.clock().instant();
      boolean old = drawn.plus(REDRAW).isBefore(now);
      if (view != null && (!view.equals(shown) || !terminal.getSize().equals(size) || old)) {
        shown = view;
        size = terminal.getSize();
        drawn = now;
        draw(terminal, view);
      }
    }
  }

  private void draw(Terminal terminal, Watch.View view) {
    int height = Math.max(1, terminal.getHeight());
    List<String> lines = new ArrayList<>(view.lines(session));
    String keys = Paint.faint(session, "q quits");
    while (lines.size() < height - 1) {
      lines.add("");
    }
    lines = new ArrayList<>(lines.subList(0, height - 1));
    lines.add(keys);
    terminal.puts(Capability.cursor_home);
    for (int i = 0; i < lines.size(); i++) {
      AttributedString line = AttributedString.fromAnsi(lines.get(i));
      terminal.writer().print(line.columnSubSequence(0, terminal.getWidth()).toAnsi(terminal));
      terminal.puts(Capability.clr_eol);
      if (i < lines.size() - 1) {
        terminal.writer().print("\r\n");
      }
    }
    terminal.flush();
  }
}

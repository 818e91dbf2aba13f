package io.ztick.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jspecify.annotations.Nullable;

/// The terminal of the process while a command has changed it, so that it can be put in order from
/// another thread.
final class Terminals {
  private final AtomicReference<@Nullable Open> open = new AtomicReference<>();

  private record Open(Terminal terminal, Attributes before, boolean fullScreen) {
    void restore() {
      if (fullScreen) {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
      }
      terminal.setAttributes(before);
    }
  }

  /// Opens the terminal for a dialogue of lines.
  Terminal lines() throws IOException {
    Terminal terminal = build();
    open.set(new Open(terminal, terminal.getAttributes(), false));
    return terminal;
  }

  /// Opens the terminal as a screen that is drawn as a whole, key by key.
  Terminal screen() throws IOException {
    Terminal terminal = build();
    open.set(new Open(terminal, terminal.enterRawMode(), true));
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    return terminal;
  }

  /// Makes the terminal what it was; does nothing the second time.
  void restore() {
    Open opened = open.getAndSet(null);
    if (opened != null) {
      opened.restore();
    }
  }

  private static Terminal build() throws IOException {
    return TerminalBuilder.builder()
        .name("ztick")
        .system(true)
        .encoding(StandardCharsets.UTF_8)
        .build();
  }
}

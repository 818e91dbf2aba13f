package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A directory with a file system that only those see who enter; it is gone when this is closed.
final class PrivateMount implements AutoCloseable {
  private final Path directory;
  private final Process holder;
  private final boolean ownUser;

  private PrivateMount(Path directory, Process holder, boolean ownUser) {
    this.directory = directory;
    this.holder = holder;
    this.ownUser = ownUser;
  }

  /// An empty one of this size.
  static PrivateMount tmpfs(Path directory, String size) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    PrivateMount mount = create(directory);
    mount.mount("-t", "tmpfs", "-o", "size=" + size + ",mode=700", "tmpfs");
    return mount;
  }

  /// The directory itself, in which nobody may write.
  static PrivateMount readOnly(Path directory) throws IOException, InterruptedException {
    PrivateMount mount = create(directory);
    mount.mount("--bind", directory.toString());
    mount.mount("-o", "remount,bind,ro");
    return mount;
  }

  private static PrivateMount create(Path directory) throws IOException, InterruptedException {
    Tool.assumeInstalled("unshare", "util-linux");
    Tool.assumeInstalled("nsenter", "util-linux");
    for (String rights : List.of("-m", "-rm")) {
      // Holds the name space until its input ends.
      Process holder =
          new ProcessBuilder("unshare", rights, "sh", "-c", "echo ready; exec cat > /dev/null")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      BufferedReader output = holder.inputReader(StandardCharsets.UTF_8);
      if ("ready".equals(output.readLine())) {
        return new PrivateMount(directory, holder, rights.equals("-rm"));
      }
      assertThat(holder.waitFor(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
    assumeTrue(false, "this machine allows no mount name space");
    throw new AssertionError("not reached");
  }

  /// The command that another one is put behind to see the file system.
  List<String> enter() {
    String pid = Long.toString(holder.pid());
    return ownUser
        ? List.of("nsenter", "-t", pid, "-U", "--preserve-credentials", "-m", "--")
        : List.of("nsenter", "-t", pid, "-m", "--");
  }

  /// Runs `mount` on the directory.
  void mount(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(enter());
    command.add("mount");
    command.addAll(List.of(arguments));
    command.add(directory.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
  }

  @Override
  public void close() throws IOException {
    holder.getOutputStream().close();
  }
}

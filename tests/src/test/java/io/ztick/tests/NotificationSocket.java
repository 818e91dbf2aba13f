package io.ztick.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A service manager's end of systemd's notification protocol. Python holds it: the JDK has no unix
/// datagrams.
final class NotificationSocket implements AutoCloseable {
  private static final String BOUND = "bound";

  /// Prints each datagram in a line, behind the process that sent it, as the kernel knows it.
  private static final String SCRIPT =
      """
      import socket, struct, sys
      receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
      receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
      address = sys.argv[1]
      receiver.bind("\\0" + address[1:] if address[0] == "@" else address)
      print("bound", flush=True)
      while True:
          data, ancillary, _, _ = receiver.recvmsg(4096, socket.CMSG_SPACE(12))
          sender = struct.unpack("iII", ancillary[0][2])[0]
          print(sender, data.decode().replace("\\n", " "), flush=True)
      """;

  private final Process python;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private NotificationSocket(Process python) {
    this.python = python;
  }

  /// @param address as `NOTIFY_SOCKET` has it
  static NotificationSocket at(String address) throws IOException, InterruptedException {
    Tool.assumeInstalled("python3", "python3");
    NotificationSocket socket =
        new NotificationSocket(
            new ProcessBuilder("python3", "-c", SCRIPT, address)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    Thread.ofPlatform().daemon().start(socket::read);
    assertThat(socket.line()).isEqualTo(BOUND);
    return socket;
  }

  /// The next message, its lines joined by spaces, waiting for it.
  ///
  /// @param sender the process that must have sent it
  String next(long sender) throws InterruptedException {
    String line = line();
    assertThat(line).startsWith(sender + " ");
    return line.substring(line.indexOf(' ') + 1);
  }

  /// The next message that begins so.
  String next(long sender, String beginning) throws InterruptedException {
    String message = next(sender);
    while (!message.startsWith(beginning)) {
      message = next(sender);
    }
    return message;
  }

  @Override
  public void close() {
    python.destroyForcibly();
  }

  private String line() throws InterruptedException {
    String line = lines.poll(ZtickServer.BOUND.toSeconds(), TimeUnit.SECONDS);
    assertThat(line).as("a message").isNotNull();
    return line;
  }

  private void read() {
    try (BufferedReader reader = python.inputReader(StandardCharsets.UTF_8)) {
      reader.lines().forEach(lines::add);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

package io.ztick.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ztick.auth.Identity;
import io.ztick.auth.InvalidTokensException;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.Namespace;
import io.ztick.auth.TokenSecret;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `ztick token bootstrap`.
@Command(
    name = "bootstrap",
    header = "Makes the first token of everything, for the first start.",
    description = {
      "",
      "Adds a token with the namespace * to the auth file that the configuration names, and makes"
          + " the file if there is none. The auth file holds the SHA-256 of the secret; the secret"
          + " itself stands in a new file that only its owner can read, and nowhere else. Refused"
          + " when there is a token with the namespace * already."
    })
final class TokenBootstrapCommand implements Callable<Integer> {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Main main;
  private final InstantSource clock;
  private final Results results;
  private final PrintWriter errors;

  @Option(names = "--name", paramLabel = "NAME", description = "The token's name; admin.")
  private String name = "admin";

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description = "The new file for the secret; NAME.secret beside the auth file.")
  private @Nullable Path secretFile;

  TokenBootstrapCommand(Main main, InstantSource clock, Results results, PrintWriter errors) {
    this.main = main;
    this.clock = clock;
    this.results = results;
    this.errors = errors;
  }

  @Override
  public Integer call() throws IOException, InvalidConfigurationException, WrongUsageException {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}") || IssuedToken.isId(name)) {
      throw new WrongUsageException(
          "--name has 1 to 64 of A-Z a-z 0-9 _ - and does not begin with tok_");
    }
    Path auth = authFile();
    refuseSecond(auth);
    TokenSecret secret = TokenSecret.random(new SecureRandom());
    Path kept = secretFile == null ? auth.resolveSibling(name + ".secret") : secretFile;
    try {
      Files.createFile(kept, OWNER_ONLY);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(kept + ": there is such a file already", e);
    }
    try {
      write(kept, secret.reveal() + "\n");
      add(auth, secret);
    } catch (IOException e) {
      Files.deleteIfExists(kept);
      throw e;
    }
    results.line(kept.toString());
    errors.println(
        "ztick: its secret is in this file, its token in "
            + auth
            + "; a server that runs reads it at"
            + " SIGHUP");
    return Main.DONE;
  }

  private Path authFile() throws InvalidConfigurationException {
    Path auth = main.configuration().controller().authFile();
    if (auth == null) {
      throw new InvalidConfigurationException(
          List.of("controller.auth_file: not set; set it, for example to \"auth.toml\""));
    }
    if (new Credentials(null).orNames().hold(auth)) {
      throw new InvalidConfigurationException(
          List.of(
              "controller.auth_file: is a credential, so only its unit knows the file; use a"
                  + " configuration that names it"));
    }
    return auth;
  }

  private void refuseSecond(Path auth) throws IOException, InvalidConfigurationException {
    if (Files.notExists(auth)) {
      return;
    }
    List<Identity> there;
    try {
      there = AccessFiles.tokensForTool(auth, clock.instant());
    } catch (InvalidTokensException e) {
      throw new InvalidConfigurationException(e.problems());
    }
    for (Identity each : there) {
      if (each.namespace().equals(Namespace.ALL)) {
        throw new IOException(auth + ": the token " + each.name() + " has the namespace * already");
      }
      if (each.name().equals(name)) {
        throw new IOException(auth + ": there is a token " + name + " already; see --name");
      }
    }
  }

  /// A crash leaves the file as it was, or with the token.
  private void add(Path auth, TokenSecret secret) throws IOException {
    String section =
        "[token.%s]\nsecret_sha256 = \"%s\"\nnamespace = \"*\"\n"
            .formatted(name, secret.digest().hex());
    boolean exists = Files.exists(auth);
    String before = exists ? TextFile.read(auth, UTF_8) : "";
    String gap = before.isEmpty() ? "" : before.endsWith("\n") ? "\n" : "\n\n";
    Path real = exists ? auth.toRealPath() : auth;
    Path next =
        Files.createTempFile(real.toAbsolutePath().getParent(), ".auth", ".toml", OWNER_ONLY);
    try {
      if (exists) {
        keepReaders(real, next);
      }
      write(next, before + gap + section);
      refuseUnreadable(auth, next);
      Files.move(next, real, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /// Tables that are written inline, `token = { … }`, take no further one.
  private void refuseUnreadable(Path auth, Path next) throws IOException {
    try {
      var _ = AccessFiles.tokensForTool(next, clock.instant());
    } catch (InvalidTokensException e) {
      throw new IOException(
          auth
              + ": [token."
              + name
              + "] cannot be put behind what is there; write its tokens as tables of their own,"
              + " [token.NAME]",
          e);
    }
  }

  /// Whoever could read the file still can.
  private static void keepReaders(Path from, Path to) throws IOException {
    Files.setPosixFilePermissions(to, EnumSet.copyOf(Files.getPosixFilePermissions(from)));
    if (!Files.getOwner(from).equals(Files.getOwner(to))) {
      Files.setOwner(to, Files.getOwner(from));
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }
}

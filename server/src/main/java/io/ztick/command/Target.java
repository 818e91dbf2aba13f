package io.ztick.command;

import io.ztick.client.ClientOptions;
import io.ztick.client.Endpoint;
import io.ztick.client.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The options that say which server is meant. What an option does not say the environment may, and
/// then the profile.
final class Target {
  private static final Endpoint LOCAL = new Endpoint("127.0.0.1", Endpoint.DEFAULT_PORT, false);
  private static final String ENDPOINT_VARIABLE = "ZTICK_ENDPOINT";
  private static final String TOKEN_VARIABLE = "ZTICK_TOKEN";

  /// What bytes become that are none of the locale's text.
  private static final char NO_TEXT = '\uFFFD';

  private static final Duration LONGEST = Duration.ofDays(365);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "ztick://host:port or ztick+tls://host:port; $ZTICK_ENDPOINT unless given.")
  private @Nullable String endpoint;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "What ztick config set has kept; $ZTICK_PROFILE unless given.")
  private @Nullable String profile;

  @Option(
      names = "--token",
      paramLabel = "env:NAME|file:PATH",
      description =
          "Where the secret to log in with is: everybody on this machine can read the arguments"
              + " of a process. $ZTICK_TOKEN unless given.")
  private @Nullable String token;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "The certificates to trust, PEM; those of the system unless given.")
  private @Nullable Path tlsCa;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description =
          "How long to wait for the connection, and for each answer, such as 10s; 5s and 30s"
              + " unless given.")
  private @Nullable String timeout;

  /// Whether an option, the environment or a profile says where the server is.
  boolean isNamed(Session session) throws ProfileException {
    if (endpoint != null || profile != null) {
      return true;
    }
    return session.variable(ENDPOINT_VARIABLE) != null
        || ProfileFile.named(session, profile) != null
        || chosen(session).containsKey(ProfileKey.ENDPOINT);
  }

  /// Whether an option says where the server is.
  boolean isGiven() {
    return endpoint != null || profile != null;
  }

  /// What to connect with.
  ClientOptions.Builder options(Session session) throws ProfileException {
    refuseWhatIsNoText();
    Map<ProfileKey, String> chosen = chosen(session);
    Endpoint there = endpoint(session, chosen);
    ClientOptions.Builder options = ClientOptions.builder(there);
    Token secret = token(session);
    if (secret == null) {
      secret = token(session, chosen, there);
    }
    if (secret != null) {
      options.token(secret);
    }
    trust(options, chosen, there);
    return within(options);
  }

  /// The secret that an option or the environment names.
  Optional<Token> tokenIfGiven(Session session) throws ProfileException {
    return Optional.ofNullable(token(session));
  }

  /// Bounds how long the client waits.
  ClientOptions.Builder within(ClientOptions.Builder options) {
    if (timeout == null) {
      return options;
    }
    Duration patience = HumanTime.parseDuration(timeout);
    if (patience == null || !patience.isPositive() || patience.compareTo(LONGEST) > 0) {
      throw wrong("--timeout: a duration such as 500ms, 10s or 1h30m is expected");
    }
    return options.connectTimeout(patience).answerTimeout(patience);
  }

  /// Whether an option bounds how long the client waits.
  boolean isBounded() {
    return timeout != null;
  }

  /// A mistake of whoever wrote the command line.
  ParameterException wrong(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }

  /// The arguments up to `--`, those of options with them.
  List<String> wordsBeforeDashes() {
    List<String> words = command.commandLine().getParseResult().originalArgs();
    int dashes = words.indexOf("--");
    return dashes < 0 ? words : words.subList(0, dashes);
  }

  /// An id must not be kept under another name than the one that was typed.
  private void refuseWhatIsNoText() {
    List<String> words = command.commandLine().getParseResult().originalArgs();
    if (words.stream().anyMatch(word -> word.indexOf(NO_TEXT) >= 0)) {
      throw wrong(
          ("an argument is no text in the encoding of this locale, %s; the stdin of ztick shell is"
                  + " UTF-8 always")
              .formatted(System.getProperty("sun.jnu.encoding")));
    }
  }

  private Map<ProfileKey, String> chosen(Session session) throws ProfileException {
    Path place = ProfileFile.place(session);
    String name = ProfileFile.named(session, profile);
    if (name == null && Files.notExists(place)) {
      return Map.of();
    }
    ProfileFile file = ProfileFile.read(place);
    if (name != null) {
      file.require(name);
    }
    return file.profile(name == null ? file.current() : name);
  }

  private Endpoint endpoint(Session session, Map<ProfileKey, String> chosen)
      throws ProfileException {
    if (endpoint != null) {
      try {
        return Endpoint.parse(endpoint);
      } catch (IllegalArgumentException e) {
        throw wrong("--endpoint: " + e.getMessage());
      }
    }
    String variable = session.variable(ENDPOINT_VARIABLE);
    if (variable != null) {
      try {
        return Endpoint.parse(variable);
      } catch (IllegalArgumentException e) {
        throw new ProfileException("$" + ENDPOINT_VARIABLE + ": " + e.getMessage());
      }
    }
    String kept = chosen.get(ProfileKey.ENDPOINT);
    return kept == null ? LOCAL : Endpoint.parse(kept);
  }

  /// What an option or the environment says.
  private @Nullable Token token(Session session) throws ProfileException {
    if (token != null) {
      if (!ProfileKey.isReference(token) || ProfileKey.TOKEN.problem(token) != null) {
        // Without the value: it may be a secret.
        throw wrong("--token: env:NAME or file:PATH is expected");
      }
      return read(session, "--token", token);
    }
    String variable = session.variable(TOKEN_VARIABLE);
    return variable == null ? null : read(session, "$" + TOKEN_VARIABLE, variable);
  }

  private static @Nullable Token token(
      Session session, Map<ProfileKey, String> chosen, Endpoint there) throws ProfileException {
    String kept = chosen.get(ProfileKey.TOKEN);
    String auth = chosen.get(ProfileKey.AUTH);
    if (ProfileKey.NO_AUTH.equals(auth)) {
      return null;
    }
    if (kept == null) {
      if (auth == null) {
        return null;
      }
      throw new ProfileException(
          "auth is token in the profile, and there is no token: ztick config set token is"
              + " expected, or $ZTICK_TOKEN");
    }
    String own = chosen.get(ProfileKey.ENDPOINT);
    if (own != null && Endpoint.parse(own).tls() && !there.tls()) {
      throw new ProfileException(
          "the profile's token is for "
              + own
              + "; it is not sent in clear text to "
              + there
              + ". --token sends one all the same");
    }
    return read(session, "token", kept);
  }

  /// Looks whether there is something, so that the message can say where nothing is.
  private static Token read(Session session, String source, String text) throws ProfileException {
    String problem = ProfileKey.TOKEN.problem(text);
    if (problem != null) {
      throw new ProfileException(source + ": " + problem);
    }
    if (text.startsWith(ProfileKey.ENVIRONMENT)) {
      String secret = session.variable(text.substring(ProfileKey.ENVIRONMENT.length()));
      if (secret == null) {
        throw new ProfileException(source + ": there is no secret in " + text);
      }
      return Token.of(secret);
    }
    if (text.startsWith(ProfileKey.FILE)) {
      Path file = Path.of(text.substring(ProfileKey.FILE.length()));
      try {
        if (Files.readString(file).isBlank()) {
          throw new ProfileException(source + ": there is no secret in " + text);
        }
      } catch (IOException e) {
        throw new ProfileException(source + ": " + file + " cannot be read");
      }
    }
    return Token.parse(text);
  }

  private void trust(ClientOptions.Builder options, Map<ProfileKey, String> chosen, Endpoint there)
      throws ProfileException {
    if (tlsCa != null && !there.tls()) {
      throw wrong("--tls-ca: there is no TLS with " + there + "; ztick+tls:// is expected");
    }
    String kept = chosen.get(ProfileKey.TLS_CA);
    try {
      Path certificates = tlsCa == null && kept != null ? Path.of(kept) : tlsCa;
      if (certificates == null || !there.tls()) {
        return;
      }
      String problem = Certificates.problem(certificates);
      if (problem != null && tlsCa != null) {
        throw wrong("--tls-ca: " + problem);
      }
      if (problem != null) {
        throw new ProfileException("tls_ca: " + problem);
      }
      options.caFile(certificates);
    } catch (InvalidPathException e) {
      throw new ProfileException("tls_ca: " + e.getMessage());
    }
  }
}

package io.ztick.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// Where a client connects to, and how. Immutable.
///
/// ```java
/// ClientOptions.builder(Endpoint.parse("ztick+tls://ticks.example.com:5678"))
///     .token(Token.ofEnvironment("ZTICK_TOKEN"))
///     .caFile(Path.of("ca.pem"))
///     .build();
/// ```
public final class ClientOptions {
  private static final int MAX_IN_FLIGHT_BOUND = 1_000_000;
  private static final Duration MAX_DURATION = Duration.ofDays(365);

  private final Endpoint endpoint;
  private final @Nullable Token token;
  private final @Nullable Path caFile;
  private final @Nullable SSLContext sslContext;
  private final Duration connectTimeout;
  private final Duration answerTimeout;
  private final Duration idleTimeout;
  private final Duration minBackOff;
  private final Duration maxBackOff;
  private final int maxInFlight;
  private final boolean repeatUnknown;

  private ClientOptions(Builder builder) {
    endpoint = builder.endpoint;
    token = builder.token;
    caFile = builder.caFile;
    sslContext = builder.sslContext;
    connectTimeout = builder.connectTimeout;
    answerTimeout = builder.answerTimeout;
    idleTimeout = builder.idleTimeout;
    minBackOff = builder.minBackOff;
    maxBackOff = builder.maxBackOff;
    maxInFlight = builder.maxInFlight;
    repeatUnknown = builder.repeatUnknown;
  }

  /// The defaults, without a token.
  ///
  /// @param endpoint as {@link Endpoint#parse} reads it
  /// @throws IllegalArgumentException when it does not
  public static ClientOptions of(String endpoint) {
    return builder(Endpoint.parse(endpoint)).build();
  }

  /// The defaults, without a token, to be changed.
  public static Builder builder(Endpoint endpoint) {
    return new Builder(endpoint);
  }

  /// Where to connect to.
  public Endpoint endpoint() {
    return endpoint;
  }

  /// What to log in with; empty for a server without authentication.
  public Optional<Token> token() {
    return Optional.ofNullable(token);
  }

  /// The certificates to trust; empty when the system or {@link #sslContext()} knows them.
  public Optional<Path> caFile() {
    return Optional.ofNullable(caFile);
  }

  /// What decides about TLS; empty when the system or {@link #caFile()} does.
  public Optional<SSLContext> sslContext() {
    return Optional.ofNullable(sslContext);
  }

  /// What TLS is made with: {@link #sslContext()}, what trusts {@link #caFile()}, or the system's.
  /// For a program with connections of its own.
  ///
  /// @throws ConnectionException when the file with certificates cannot be used
  public SSLContext trust() {
    return Trust.context(this);
  }

  /// How long connecting, the TLS handshake and the login may take, together.
  public Duration connectTimeout() {
    return connectTimeout;
  }

  /// How long a call waits for its answer, and before that for a connection.
  public Duration answerTimeout() {
    return answerTimeout;
  }

  /// How long an unused connection stays open; zero for as long as the server likes.
  public Duration idleTimeout() {
    return idleTimeout;
  }

  /// The pause before the second attempt to connect.
  public Duration minBackOff() {
    return minBackOff;
  }

  /// The longest pause between two attempts to connect.
  public Duration maxBackOff() {
    return maxBackOff;
  }

  /// How many calls may wait for their answers at once.
  public int maxInFlight() {
    return maxInFlight;
  }

  /// Whether calls with an unknown outcome are sent again.
  public boolean repeatUnknown() {
    return repeatUnknown;
  }

  /// Where to; no secret.
  @Override
  public String toString() {
    return endpoint.toString();
  }

  /// Changes the defaults. Not for use by several threads at once.
  public static final class Builder {
    private Endpoint endpoint;
    private @Nullable Token token;
    private @Nullable Path caFile;
    private @Nullable SSLContext sslContext;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration answerTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ZERO;
    private Duration minBackOff = Duration.ofMillis(100);
    private Duration maxBackOff = Duration.ofSeconds(5);
    private int maxInFlight = 10_000;
    private boolean repeatUnknown;

    private Builder(Endpoint endpoint) {
      this.endpoint = endpoint;
    }

    /// Where to connect to.
    public Builder endpoint(Endpoint where) {
      this.endpoint = where;
      return this;
    }

    /// What to log in with; by default there is no login.
    public Builder token(Token secret) {
      this.token = secret;
      return this;
    }

    /// Trusts exactly the certificates in a PEM file, and what they have signed, instead of the
    /// system's. The server's certificate must be for the endpoint's host. Read at each connect.
    public Builder caFile(Path pem) {
      this.caFile = pem;
      this.sslContext = null;
      return this;
    }

    /// Lets a context decide about trust, and about a certificate of the client's own. The server's
    /// certificate must be for the endpoint's host, unless a trust manager of the context's decides
    /// otherwise.
    public Builder sslContext(SSLContext context) {
      this.sslContext = context;
      this.caFile = null;
      return this;
    }

    /// How long connecting, the TLS handshake and the login may take, together; default 5 s. Each
    /// address of the host has its share of what is left. The look-up of the host's name is not
    /// counted: it takes as long as the system lets it.
    ///
    /// @throws IllegalArgumentException unless it is 1 ms to 365 days
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = bounded("connectTimeout", timeout);
      return this;
    }

    /// How long a call waits for its answer, and before that for a connection; default 30 s. When
    /// the oldest call has waited so long for its answer, the connection counts as dead. A backup
    /// of a large journal may need more.
    ///
    /// @throws IllegalArgumentException unless it is 1 ms to 365 days
    public Builder answerTimeout(Duration timeout) {
      this.answerTimeout = bounded("answerTimeout", timeout);
      return this;
    }

    /// After how long without a call the connection is closed; the next call opens it anew. Zero,
    /// the default, for never.
    ///
    /// @throws IllegalArgumentException unless it is zero or 1 ms to 365 days
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout.isZero() ? Duration.ZERO : bounded("idleTimeout", timeout);
      return this;
    }

    /// The pauses between attempts to connect: the first one, which then doubles, up to the longest
    /// one. Each is shortened by up to a half at random, so that many clients do not come back at
    /// once. Default 100 ms to 5 s.
    ///
    /// @throws IllegalArgumentException unless they are 1 ms to 365 days and max not less than min
    public Builder backOff(Duration min, Duration max) {
      this.minBackOff = bounded("backOff", min);
      if (max.compareTo(min) < 0) {
        throw new IllegalArgumentException("backOff: " + max + " is less than " + min);
      }
      this.maxBackOff = bounded("backOff", max);
      return this;
    }

    /// How many calls may wait for their answers at once, 1 to 1,000,000; default 10,000. A caller
    /// blocks until there is room, asynchronous calls included. Calls that callbacks make on the
    /// client's own threads are exempt.
    ///
    /// @throws IllegalArgumentException when it is out of its bounds
    public Builder maxInFlight(int calls) {
      if (calls < 1 || calls > MAX_IN_FLIGHT_BOUND) {
        throw new IllegalArgumentException("maxInFlight is 1 to 1000000, not " + calls);
      }
      this.maxInFlight = calls;
      return this;
    }

    /// Whether calls whose outcome is unknown are sent again by the client, in their order and
    /// before later ones, instead of failing; default no. A time from now then counts from the
    /// repetition, a repeated removal may say that there is nothing to remove, and a repeated
    /// backup that there is one of that name. Calls that were answered `stopping` are not repeated:
    /// nothing was changed, and the caller is told. Nor are {@link ZtickClient#createToken} and
    /// {@link ZtickClient#rotateToken}: the secret that was made first would be lost.
    public Builder repeatUnknown(boolean repeat) {
      this.repeatUnknown = repeat;
      return this;
    }

    /// The options as they are now.
    ///
    /// @throws IllegalArgumentException when trust is given for an endpoint without TLS
    public ClientOptions build() {
      if (!endpoint.tls() && (caFile != null || sslContext != null)) {
        throw new IllegalArgumentException(
            "there is nothing to trust without TLS: " + endpoint + " should be ztick+tls://");
      }
      return new ClientOptions(this);
    }

    private static Duration bounded(String option, Duration duration) {
      if (duration.compareTo(Duration.ofMillis(1)) < 0) {
        throw new IllegalArgumentException(option + " is at least 1 ms, not " + duration);
      }
      if (duration.compareTo(MAX_DURATION) > 0) {
        throw new IllegalArgumentException(option + " is at most 365 days, not " + duration);
      }
      return duration;
    }
  }
}

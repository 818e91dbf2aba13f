package io.ztick.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ztick.auth.Identity;
import io.ztick.auth.IssuedToken;
import io.ztick.auth.Login;
import io.ztick.scheduler.Rule;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/// Tells who came in, who did not, what was denied, and what changed of rules and tokens: one JSON
/// object a line. Never a secret, and no text of a client but names, identifiers and patterns.
/// Confined to the loop.
final class Audit implements AutoCloseable {

  /// What it tells in a second of those who were let in by nobody: refusals, and what tenants do,
  /// since everybody can be one. Events beyond are counted. Else a stranger could push out of the
  /// file what it tells of others.
  static final int MAX_OF_STRANGERS = 100;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final JsonFactory JSON = new JsonFactory();

  private final AuditLog log;
  private final InstantSource clock;
  private long second = System.nanoTime();
  private int ofStrangers;

  /// Events that were not written and have not been told of.
  private long missing;

  /// What is written about an event.
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  Audit(AuditLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  void serverStarted(String address) {
    write("server_started", json -> json.writeStringField("listening_on", address));
  }

  void serverStopped() {
    write("server_stopped", _ -> {});
  }

  void loginAccepted(Identity who, InetAddress address) {
    writeOf(
        who,
        "login_accepted",
        json -> {
          client(json, who, address);
          json.writeStringField("origin", who.origin().word());
        });
  }

  void loginRefused(Login.Refused refused, InetAddress address) {
    String name = refused.name();
    writeOfStranger(
        "login_refused",
        json -> {
          json.writeStringField("address", address.getHostAddress());
          json.writeStringField("reason", refused.reason().toString());
          if (name != null) {
            json.writeStringField("token", name);
          }
        });
  }

  /// A connection ended because of its token.
  void sessionEnded(Identity who, InetAddress address, CloseReason reason) {
    writeOf(
        who,
        "session_ended",
        json -> {
          client(json, who, address);
          json.writeStringField("reason", reason.toString());
        });
  }

  /// @param command its name alone: the rest of the line may hold a password
  void denied(Identity who, InetAddress address, String command, String reason) {
    writeOfStranger(
        "denied",
        json -> {
          client(json, who, address);
          json.writeStringField("command", command);
          json.writeStringField("reason", reason);
        });
  }

  void ruleSet(Identity who, InetAddress address, Rule rule) {
    writeOf(
        who,
        "rule_set",
        json -> {
          client(json, who, address);
          json.writeStringField("rule", rule.id());
          json.writeStringField("pattern", rule.pattern());
          json.writeStringField("runner", rule.runner().name());
        });
  }

  void ruleRemoved(Identity who, InetAddress address, String rule) {
    writeOf(
        who,
        "rule_removed",
        json -> {
          client(json, who, address);
          json.writeStringField("rule", rule);
        });
  }

  void tokenCreated(Identity who, InetAddress address, IssuedToken made) {
    write(
        "token_created",
        json -> {
          client(json, who, address);
          subject(json, made);
          json.writeStringField("namespace", made.rights().namespace().prefix());
          json.writeStringField("commands", made.rights().commands().text());
          json.writeStringField("runners", made.rights().runners().text());
          json.writeStringField("from", made.rights().addresses().toString());
          json.writeStringField("expires", made.expires().toString());
        });
  }

  void tokenRotated(Identity who, InetAddress address, IssuedToken rotated) {
    writeChange("token_rotated", who, address, rotated);
  }

  void tokenRevoked(Identity who, InetAddress address, IssuedToken revoked) {
    writeChange("token_revoked", who, address, revoked);
  }

  private void writeChange(String event, Identity who, InetAddress address, IssuedToken token) {
    write(
        event,
        json -> {
          client(json, who, address);
          subject(json, token);
        });
  }

  void tokenExpired(IssuedToken expired) {
    write("token_expired", json -> subject(json, expired));
  }

  /// The auth file has no more what a token goes back to.
  void tokenOrphaned(IssuedToken orphan) {
    write("token_orphaned", json -> subject(json, orphan));
  }

  /// @param why such as `SIGHUP`
  /// @param problems why nothing was changed; 0 when it was done
  void reloaded(String why, int problems) {
    write(
        problems == 0 ? "reload_done" : "reload_refused",
        json -> {
          json.writeStringField("why", why);
          json.writeNumberField("problems", problems);
        });
  }

  private static void client(JsonGenerator json, Identity who, InetAddress address)
      throws IOException {
    json.writeStringField("token", who.name());
    json.writeStringField("token_id", who.id());
    json.writeStringField("address", address.getHostAddress());
  }

  private static void subject(JsonGenerator json, IssuedToken token) throws IOException {
    json.writeStringField("subject", token.name());
    json.writeStringField("subject_id", token.id());
  }

  private void writeOf(Identity who, String event, Fields fields) {
    if (who.origin() == Identity.Origin.TENANT) {
      writeOfStranger(event, fields);
    } else {
      write(event, fields);
    }
  }

  private void writeOfStranger(String event, Fields fields) {
    if (log.isOff()) {
      return;
    }
    long now = System.nanoTime();
    if (now - second >= SECOND_NANOS) {
      second = now;
      ofStrangers = 0;
    }
    if (ofStrangers == MAX_OF_STRANGERS) {
      missing++;
    } else {
      ofStrangers++;
      write(event, fields);
    }
  }

  private void write(String event, Fields fields) {
    if (log.isOff()) {
      return;
    }
    if (!log.hasRoom()) {
      missing++;
      return;
    }
    long left = missing;
    if (left > 0) {
      missing = 0;
      log.write(line("events_missing", json -> json.writeNumberField("count", left)));
    }
    log.write(line(event, fields));
  }

  private String line(String event, Fields fields) {
    var text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("time", clock.instant().toString());
      json.writeStringField("event", event);
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot be written", e);
    }
    return text.toString();
  }

  /// Writes what is left.
  @Override
  public void close() {
    log.close();
  }
}

package io.ztick.tests;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A token of the model: of the file when it has no maker and its id is its name.
final class ModelToken {
  final String name;
  final String id;
  private final @Nullable ModelToken maker;

  /// What it was given.
  ModelRights rights;

  /// The newest first.
  List<String> secrets;

  ModelToken(
      String name, String id, @Nullable ModelToken maker, ModelRights rights, String secret) {
    this.name = name;
    this.id = id;
    this.maker = maker;
    this.rights = rights;
    secrets = new ArrayList<>(List.of(secret));
  }

  boolean isInFile() {
    return id.equals(name);
  }

  /// What it may now: what it was given, as far as its makers have it still.
  ModelRights effective() {
    return maker == null ? rights : rights.boundBy(maker.effective());
  }

  /// Whether it can log in, or stay, with this secret from there.
  boolean isGood(String secret, int address, long nowNanos) {
    return secrets.contains(secret) && isInside() && effective().isGood(address, nowNanos);
  }

  /// Whether its namespace and that of each maker have something in common.
  private boolean isInside() {
    if (maker == null) {
      return true;
    }
    ModelRights above = maker.effective();
    return maker.isInside()
        && (above.containsNamespace(rights.namespace())
            || rights.containsNamespace(above.namespace()));
  }

  /// Whether the token has been rotated since it had this secret, which ends sooner then.
  boolean isFormer(String secret) {
    return !isInFile() && !secrets.getFirst().equals(secret);
  }

  boolean descendsFrom(ModelToken other) {
    return this == other || (maker != null && maker.descendsFrom(other));
  }

  @Override
  public String toString() {
    return "%s %s, now %s".formatted(name, id, effective());
  }
}

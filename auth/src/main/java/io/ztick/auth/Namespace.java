package io.ztick.auth;

import org.jspecify.annotations.Nullable;

/// The identifiers that start with a prefix, or all of them.
///
/// Comparing characters is comparing bytes of UTF-8 here, because neither side holds half a
/// surrogate pair.
///
/// @param prefix not empty; `*` for all identifiers, and no `*` otherwise
public record Namespace(String prefix) {

  /// Every identifier.
  public static final Namespace ALL = new Namespace("*");

  /// Where every namespace has a second place for its rules.
  static final String RULES = "rule.";

  public Namespace {
    String fault = fault(prefix);
    if (fault != null) {
      throw new IllegalArgumentException("namespace " + fault);
    }
  }

  /// What keeps a text from being a namespace; null when it is one.
  static @Nullable String fault(String prefix) {
    if (prefix.isEmpty()) {
      return "is empty; \"*\" stands for all identifiers";
    }
    if (prefix.equals("*")) {
      return null;
    }
    if (prefix.contains("*")) {
      return "holds a *; either it is \"*\" alone or it has none";
    }
    // It would cover the rules that other namespaces keep below `rule.`.
    if (prefix.startsWith(RULES) || RULES.startsWith(prefix)) {
      return "reaches into \"rule.\", where every namespace has its own part";
    }
    return null;
  }

  /// Whether a job's id, or any other identifier that has no second form, belongs here.
  public boolean contains(String identifier) {
    return prefix.equals("*") || identifier.startsWith(prefix);
  }

  /// The same for an identifier of ASCII alone that need not become a `String`.
  public boolean containsAscii(byte[] bytes, int from, int to) {
    if (prefix.equals("*")) {
      return true;
    }
    int length = prefix.length();
    if (to - from < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[from + i] != prefix.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /// Whether every identifier of the other belongs here.
  boolean contains(Namespace other) {
    return equals(ALL) || (!other.equals(ALL) && other.prefix.startsWith(prefix));
  }

  /// Whether an identifier may belong to both.
  boolean overlaps(Namespace other) {
    return contains(other) || other.contains(this);
  }

  /// Whether a rule's id belongs here: an identifier of the namespace, or `rule.` and then one.
  public boolean containsRule(String ruleId) {
    return contains(ruleId)
        || (ruleId.startsWith(RULES) && contains(ruleId.substring(RULES.length())));
  }

  /// Whether all jobs that a pattern matches belong here. A trailing `*` of the pattern matches
  /// nothing of the namespace, so it needs no care.
  public boolean containsPattern(String pattern) {
    return contains(pattern);
  }
}

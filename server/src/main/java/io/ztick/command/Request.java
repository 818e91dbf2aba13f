package io.ztick.command;

import java.nio.charset.StandardCharsets;

/// What `ztick bench` sends: a line `r<nine digits> <head><prefix><tail>`.
enum Request {
  /// Plans a job for the year 2099.
  SET("SET ", Request.NINE + " 4078728000" + Request.NINE),
  GET("GET ", Request.NINE),
  /// Lists a thousand neighbours.
  QUERY("QUERY ", "000000"),
  DUE("DUE 10 ", ""),
  PING("PING", ""),
  /// Plans a job for within two seconds from now.
  FIRE("SET ", Request.NINE + " 0" + Request.NINE + Request.NINE);

  static final String NINE = "000000000";

  private static final String REQUEST_ID = "r" + NINE + " ";

  private final String head;
  private final String tail;

  Request(String head, String tail) {
    this.head = head;
    this.tail = tail;
  }

  /// Whether it is refused, or empty, unless the jobs are there.
  boolean wantsJobs() {
    return this == GET || this == QUERY;
  }

  /// Whether it leaves jobs behind.
  boolean leavesJobs() {
    return this == SET || this == FIRE;
  }

  /// Whether it is about a namespace.
  boolean hasPrefix() {
    return this != PING;
  }

  /// The line, with zeros where digits belong.
  byte[] template(String prefix) {
    String line = REQUEST_ID + head + (hasPrefix() ? prefix : "") + tail + "\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /// The index of the tail in the line.
  int tailAt(String prefix) {
    return template(prefix).length - tail.length() - 1;
  }
}

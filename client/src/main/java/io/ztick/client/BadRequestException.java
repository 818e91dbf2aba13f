package io.ztick.client;

import java.util.List;

/// The server does not understand what was asked: `bad_request`, `unknown_command` or
/// `line_too_long`. Nothing was changed.
public final class BadRequestException extends ZtickException {
  BadRequestException(Refusal refusal) {
    super(refusal);
  }

  /// What is wrong with the server's files, one sentence each with its place, when {@link
  /// ZtickClient#reload} has failed; empty for any other call.
  public List<String> problems() {
    return rows().stream()
        .filter(row -> row.size() > 1 && row.getFirst().equals("problem"))
        .map(row -> row.get(1))
        .toList();
  }
}

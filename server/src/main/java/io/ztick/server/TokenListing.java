package io.ztick.server;

import io.ztick.auth.IssuedToken;
import io.ztick.auth.Rights;
import io.ztick.protocol.Answers;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a `TOKEN LIST`, in the order in which the tokens were made, as they were when it was
/// asked for.
final class TokenListing implements Next.Longer {
  private final @Nullable String requestId;
  private final Iterator<IssuedToken> tokens;

  TokenListing(@Nullable String requestId, List<IssuedToken> tokens) {
    this.requestId = requestId;
    this.tokens = tokens.iterator();
  }

  @Override
  public @Nullable String requestId() {
    return requestId;
  }

  @Override
  public boolean compose(Answers answers, int maxBytes) {
    for (int row = 0; row < ROWS && answers.length() < maxBytes && tokens.hasNext(); row++) {
      compose(tokens.next(), answers);
    }
    if (tokens.hasNext()) {
      return false;
    }
    answers.ok(requestId);
    return true;
  }

  private void compose(IssuedToken token, Answers answers) {
    Rights rights = token.rights();
    answers
        .begin(requestId)
        .word(token.id())
        .word(token.name())
        .word(rights.namespace().prefix())
        .word(rights.commands().text())
        .word(rights.runners().text())
        .word(rights.addresses().toString())
        .number(WallClock.nanos(token.created()))
        .number(WallClock.nanos(token.expires()))
        .word(token.note())
        .end();
  }
}

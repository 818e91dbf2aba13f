/// Who may do what: the auth file, read once at the start, becomes {@link io.ztick.auth.Tokens}; a
/// client that knows a token's secret becomes its {@link io.ztick.auth.Identity}, which is bound to
/// a {@link io.ztick.auth.Namespace}. Everything here is immutable and may be shared between
/// threads.
///
/// On purpose:
///
/// - A rule's id may stand in `rule.` without being in the namespace: `rule.deploy.nightly` belongs
///   to `deploy.`. Jobs have no such second place.
/// - A pattern's trailing `*` is not cut off before the comparison: a namespace never holds a `*`,
///   so it cannot match the one of a pattern.
/// - A token without `runners` has the set `*`, not the list of today's runners: `[runs] allow`
///   bounds it. `runners = ["*"]` in the file is an unknown runner all the same; leaving the key
///   out says it. `runners = []` is a token that may set no rule.
/// - Namespace `*` is left out of the warnings about overlaps: it is there to cover the others.
/// - TOML errors are told by place and by what was expected. The parser's own sentence quotes the
///   line, and the line may be a secret. So may be an unknown key or runner of 16 characters or
///   more: of those only the line is told.
/// - Beside a TOML error only what could be read is checked; a key that is missing where the error
///   stands is not reported a second time.
/// - Secrets that control characters or length exclude are narrower than TOML: a secret must fit
///   the line of an `AUTH`.
/// - `authenticate` does not stop at the token it finds: how long it takes must not tell which one
///   it was.
@NullMarked
package io.ztick.auth;

import org.jspecify.annotations.NullMarked;

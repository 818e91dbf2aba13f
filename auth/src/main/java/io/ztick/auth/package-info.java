/// Who may come in and do what. {@link io.ztick.auth.Authority} knows every token: those of the
/// auth file ({@link io.ztick.auth.Tokens}), those that were made at run time, and tenants by hash.
/// A client that knows a secret becomes an {@link io.ztick.auth.Identity} with its {@link
/// io.ztick.auth.Rights} for its {@link io.ztick.auth.Lifetime}.
///
/// Records and `Tokens` are immutable and may be shared between threads. `Authority`, {@link
/// io.ztick.auth.GuessLimit} and {@link io.ztick.auth.TenantRegistry} belong to one thread. Time is
/// an argument everywhere: an `Instant` of the wall clock where a token begins and ends,
/// nanoseconds of the monotonic clock for how often something happens in a minute.
///
/// On purpose, about the auth file:
///
/// - A rule's id may stand in `rule.` without being in the namespace: `rule.deploy.nightly` belongs
///   to `deploy.`. Jobs have no such second place.
/// - A pattern's trailing `*` is not cut off before the comparison: a namespace never holds a `*`,
///   so it cannot match the one of a pattern.
/// - A token without `runners` or `commands` has all there are, not the list of today's. `["*"]` in
///   the file is an unknown name all the same; leaving the key out says it. `runners = []` is a
///   token that may set no rule.
/// - All commands are not `TOKEN`, unless the namespace is `*`: who may make tokens is said.
/// - `secret` is taken literally even when it begins with `sha256:`, as it always was; `secrets` is
///   new and reads that prefix.
/// - A time without a zone is refused: nobody should have to know in which zone the server runs.
/// - An IPv4 address that comes as IPv6 is an IPv4 address, so `::/0` does not hold it.
/// - Namespace `*` is left out of the warnings about overlaps: it is there to cover the others. It
///   covers tenants too.
/// - TOML errors are told by place and by what was expected. The parser's own sentence quotes the
///   line, and the line may be a secret. So may be an unknown word of 16 characters or more, the
///   name of a variable or of a file: of those only the line is told.
/// - Beside a TOML error only what could be read is checked; a key that is missing where the error
///   stands is not reported a second time.
/// - Secrets that control characters or length exclude are narrower than TOML: a secret must fit
///   the line of an `AUTH`.
///
/// On purpose, about logging in:
///
/// - A search does not stop at the token it finds, and looks at every secret of every kind: how
///   long it takes must not tell which one it was. Only a digest that was good once is looked up by
///   a table.
/// - A connection is remembered by its secret's digest, not by its token's name: when a secret is
///   taken out of the file because it leaked, whoever came in by it must go.
/// - A secret that begins with `ztk_` is never a tenant's. When a token has ended its client hears
///   `auth_failed`, and not that every name is out of scope.
///
/// - `rate_limited` tells that a guess was wrong, and at once. So would silence: a right secret is
///   answered at once, even while others of its address guess, and that outweighs a limit of how
///   many can be tried. {@link io.ztick.auth.GuessLimit} tells what it bounds.
///
/// On purpose, about tokens made at run time:
///
/// - What such a token is worth is its rights and those that its ancestor in the file has now:
///   narrowing a token narrows all that was made by it. Rights between them never change.
/// - Whether somebody may see, revoke or rotate a token goes by the rights it was made with, which
///   the list shows, not by what it is worth now: the next reload may give it back the difference,
///   and its new secret would have that too.
/// - That a name is taken can be heard by who may not see its token. Names are unique, so it cannot
///   be hidden.
/// - Rotating is refused for a token that lasts longer than the caller, though its list shows it:
///   the new secret would be a way to last longer.
/// - A token has at most two secrets: a second rotation ends the first one's overlap.
/// - `TokenChange` tells whole tokens, not differences: a store by id needs no more, and no order.
@NullMarked
package io.ztick.auth;

import org.jspecify.annotations.NullMarked;

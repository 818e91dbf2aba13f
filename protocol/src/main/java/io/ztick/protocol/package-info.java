/// The wire between client and server: bytes to values and back, without sockets and without state.
///
/// ```
/// bytes ─► LineDecoder (framing, limits) ─► PlainLines, as nearly all are
///                                       └─► LineParser ─► Words (quotes) ─► Command
/// Answers ─► LineWriter (quoting, one buffer) ─► bytes
/// ```
///
/// On purpose, though it may look like a mistake:
///
/// - Text is `String`, not bytes, but for a {@link io.ztick.protocol.PlainLine}: everything
///   accepted is valid UTF-8, so a prefix in characters is a prefix in bytes. Order is another
///   matter: `String.compareTo` differs from byte order beyond U+FFFF.
/// - Times are read against a `now` that the caller passes: this package has no clock.
/// - Reserved command names count as command names when a request id is looked for, so that a line
///   means the same before and after the command exists.
/// - An escape for NUL is refused in every word that is kept: it could not be handed to a process.
@NullMarked
package io.ztick.protocol;

import org.jspecify.annotations.NullMarked;

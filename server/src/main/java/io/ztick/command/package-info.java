/// The `ztick` command for people at a terminal: one command line against a running server, a live
/// view, an interactive prompt, and the profiles that say which server is meant.
///
/// Everything goes through {@link io.ztick.client.ZtickClient}, but for the connections of `ztick
/// bench`, where a client would be measured instead of the server; nothing here knows the server's
/// classes. Answers come as words and stay words until they are printed, so that a row of a newer
/// server is never lost.
@NullMarked
package io.ztick.command;

import org.jspecify.annotations.NullMarked;

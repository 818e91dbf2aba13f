/// The server process.
@NullMarked
package io.ztick.server;

import org.jspecify.annotations.NullMarked;

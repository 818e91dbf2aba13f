/// The bundled Java client: still empty.
@NullMarked
package io.ztick.client;

import org.jspecify.annotations.NullMarked;

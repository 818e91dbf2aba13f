/// The Java client of ztick.
@NullMarked
package io.ztick.client;

import org.jspecify.annotations.NullMarked;

/// Tests of the distribution from outside, the simulation and the tidy test.
@NullMarked
package io.ztick.tests;

import org.jspecify.annotations.NullMarked;

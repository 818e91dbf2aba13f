package io.ztick.client;

import java.time.Instant;

/// A job as the server knows it.
///
/// @param execution when it is planned for, to the nanosecond
public record Job(String id, Status status, Instant execution) {}

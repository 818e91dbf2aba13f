package io.ztick.client;

/// Whether a command is allowed: the answer to `CAN`.
///
/// @param allowed whether the token has the rights that were asked about
/// @param reason the right that is missing, in a sentence; empty when it is allowed
public record Permission(boolean allowed, String reason) {}

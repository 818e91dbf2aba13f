package io.ztick.auth;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a client wants of a token that is to be made.
///
/// @param commands null for those of its maker but `TOKEN`
/// @param runners null for those of its maker
/// @param addresses null for those of its maker
/// @param note what the list shows about it; may be empty
public record TokenRequest(
    String name,
    String namespace,
    Duration ttl,
    @Nullable Names commands,
    @Nullable Names runners,
    @Nullable Addresses addresses,
    String note) {}

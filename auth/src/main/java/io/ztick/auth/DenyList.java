package io.ztick.auth;

import java.util.Set;

/// What the auth file says about tenants that may not come in.
///
/// @param secrets digests of secrets
/// @param tenants namespaces, each a tenant's
record DenyList(Set<Digest> secrets, Set<Namespace> tenants) {
  DenyList {
    secrets = Set.copyOf(secrets);
    tenants = Set.copyOf(tenants);
  }

  /// Looks at every digest, found or not: how long it takes tells nothing about the secret.
  boolean holds(Digest digest) {
    boolean found = tenants.contains(Tenants.namespace(digest));
    for (Digest denied : secrets) {
      found |= denied.matches(digest);
    }
    return found;
  }
}

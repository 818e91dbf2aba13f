package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdentityTest {

  @Test
  void anyone_may_name_everything_and_use_every_runner() {
    assertThat(Identity.ANYONE.namespace()).isEqualTo(Namespace.ALL);
    assertThat(Identity.ANYONE.rights().missingForRunner("a runner of a later version")).isNull();
  }
}

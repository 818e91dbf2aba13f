package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTest {

  @Test
  void anyone_may_name_everything_and_use_every_runner() {
    assertThat(Identity.ANYONE.namespace()).isEqualTo(Namespace.ALL);
    assertThat(Identity.ANYONE.mayUse("shell")).isTrue();
    assertThat(Identity.ANYONE.mayUse("a runner of a later version")).isTrue();
  }

  @Test
  void an_identity_may_use_the_runners_it_lists_and_no_other() {
    Identity identity = new Identity("deploy", new Namespace("deploy."), Set.of("http"));

    assertThat(identity.mayUse("http")).isTrue();
    assertThat(identity.mayUse("shell")).isFalse();
    assertThat(identity.mayUse("*")).isFalse();
  }

  @Test
  void an_identity_without_runners_may_use_none() {
    Identity identity = new Identity("deploy", new Namespace("deploy."), Set.of());

    assertThat(identity.mayUse("http")).isFalse();
  }
}

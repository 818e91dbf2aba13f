package io.ztick.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RightsTest {

  private static final int STEPS = Integer.getInteger("ztick.simulation.steps", 3_000);

  private static Rights rights(String namespace, String commands, String runners, String from)
      throws MalformedAddressException {
    return new Rights(
        new Namespace(namespace),
        Names.parse(commands),
        Names.parse(runners),
        Addresses.parse(from));
  }

  @Test
  void a_command_that_is_not_listed_is_missing() throws Exception {
    Rights rights = rights("deploy.", "SET,GET", "*", "*");

    assertThat(rights.missingForCommand("SET")).isNull();
    assertThat(rights.missingForCommand("REMOVE"))
        .isEqualTo("the token may not use the command REMOVE");
  }

  @ParameterizedTest(name = "namespace {0}, commands {1}: {2}")
  @CsvSource({
    "*, *, true",
    "deploy., *, false",
    "deploy., 'SET,TOKEN', true",
    "*, TOKEN, true",
    "*, SET, false",
    "*, '', false",
  })
  void tokens_may_be_made_by_who_lists_it_or_may_everything(
      String namespace, String commands, boolean may) throws Exception {
    Rights rights = rights(namespace, commands, "*", "*");

    assertThat(rights.missingForCommand(Rights.TOKEN) == null).isEqualTo(may);
  }

  @Test
  void a_runner_that_is_not_listed_is_missing() throws Exception {
    Rights rights = rights("deploy.", "*", "http", "*");

    assertThat(rights.missingForRunner("http")).isNull();
    assertThat(rights.missingForRunner("shell"))
        .isEqualTo("the token may not use the runner shell");
  }

  @Test
  void outside_the_namespace_the_sentence_is_the_seeds() throws Exception {
    Rights rights = rights("deploy.", "*", "*", "*");

    assertThat(rights.missingForJob("deploy.x")).isNull();
    assertThat(rights.missingForJob("backup.x")).isEqualTo("insufficient namespace scope");
    assertThat(rights.missingForRule("rule.deploy.x")).isNull();
    assertThat(rights.missingForRule("rule.backup.x")).isEqualTo("insufficient namespace scope");
    assertThat(rights.missingForPattern("deploy.*")).isNull();
    assertThat(rights.missingForPattern("deplo*")).isEqualTo("insufficient namespace scope");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a. SET http 10.0.0.0/8     |",
        "a.b. SET,TOKEN http 10.1.2.3 |",
        "a. GET http 10.0.0.0/8     | the token may not hand out the command GET",
        "a. * http 10.0.0.0/8       | the token may not hand out the command * (all commands)",
        "a. SET shell 10.0.0.0/8    | the token may not hand out the runner shell",
        "a. SET * 10.0.0.0/8        | the token may not hand out the runner * (all runners)",
        "a. SET http 11.0.0.0/8     | the token may not be used from all of 11.0.0.0/8",
        "a. SET http *              | the token may not be used from all of *",
        "b. SET http 10.0.0.0/8     | insufficient namespace scope",
        "* SET http 10.0.0.0/8      | insufficient namespace scope",
        "b. GET shell *             | the token may not hand out the command GET",
      })
  void only_own_rights_can_be_handed_out_and_the_namespace_is_looked_at_last(
      String wanted, @Nullable String missing) throws Exception {
    Rights own = rights("a.", "SET,TOKEN", "http", "10.0.0.0/8");
    String[] words = wanted.split(" ", -1);

    Rights other = rights(words[0], words[1], words[2], words[3]);

    assertThat(own.missingForHandingOut(other)).isEqualTo(missing);
    assertThat(own.contains(other)).isEqualTo(missing == null);
  }

  @Test
  void who_has_all_commands_but_not_everything_cannot_hand_out_the_making_of_tokens()
      throws Exception {
    Rights own = rights("a.", "*", "*", "*");

    assertThat(own.missingForHandingOut(rights("a.", "SET,TOKEN", "*", "*")))
        .isEqualTo("the token may not hand out the command TOKEN");
    assertThat(own.contains(rights("a.", "*", "*", "*"))).isTrue();
    assertThat(Rights.ALL.contains(rights("a.", "TOKEN", "*", "*"))).isTrue();
  }

  @Test
  void without_a_namespace_in_common_two_rights_have_nothing_in_common() throws Exception {
    assertThat(rights("a.", "*", "*", "*").intersection(rights("b.", "*", "*", "*"))).isNull();
  }

  /// What rights allow, asked for everything there is in a small world.
  private static final class World {
    private static final List<String> PREFIXES =
        List.of("*", "a", "a.", "a.b.", "ab.", "b.", "a.b.c.", "ruler.");
    private static final List<String> IDENTIFIERS =
        List.of(
            "a",
            "a.",
            "a.x",
            "a.b.",
            "a.b.x",
            "a.b.c.x",
            "ab.x",
            "ac",
            "b.",
            "b.x",
            "c.x",
            "rule.a.x",
            "rule.a.b.x",
            "rule.ab.x",
            "rule.b.x",
            "rule.",
            "rule.rule.a.x",
            "ruler.x",
            "rule.ruler.x",
            "*");
    private static final List<String> COMMANDS = List.of("SET", "GET", "TOKEN", "a later one");
    private static final List<String> RUNNERS = List.of("http", "shell", "a later one");
    private static final List<String> RANGES =
        List.of(
            "0.0.0.0/0",
            "::/0",
            "10.0.0.0/8",
            "10.0.0.0/9",
            "10.128.0.0/9",
            "10.1.2.3",
            "::1",
            "2001:db8::/32",
            "2001:db8::/64",
            "2001:db8:8000::/33",
            "2001:db8::/33");
    private static final List<String> CLIENTS =
        List.of(
            "10.1.2.3",
            "10.1.2.4",
            "10.200.0.1",
            "11.0.0.1",
            "::1",
            "::2",
            "2001:db8::1",
            "2001:db8:8000::1",
            "2001:db8:0:1::1",
            "::ffff:10.1.2.3",
            "2001:db9::1");

    private final Random random;

    World(long seed) {
      random = new Random(seed);
    }

    private <T> T any(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    private List<String> some(List<String> values) {
      List<String> some = new ArrayList<>(values);
      some.removeIf(_ -> random.nextBoolean());
      return some;
    }

    Rights rights() throws MalformedAddressException {
      List<String> ranges = some(RANGES);
      if (ranges.isEmpty()) {
        ranges.add(any(RANGES));
      }
      return new Rights(
          new Namespace(any(PREFIXES)),
          random.nextInt(3) == 0 ? Names.all() : Names.of(Set.copyOf(some(COMMANDS.subList(0, 3)))),
          random.nextInt(3) == 0 ? Names.all() : Names.of(Set.copyOf(some(RUNNERS.subList(0, 2)))),
          random.nextInt(3) == 0 ? Addresses.ALL : Addresses.parse(String.join(",", ranges)));
    }
  }

  /// The page about tokens, read word by word.
  private static Set<String> allowed(Rights rights) {
    Set<String> allowed = new HashSet<>();
    String prefix = rights.namespace().prefix();
    for (String identifier : World.IDENTIFIERS) {
      boolean job = prefix.equals("*") || identifier.startsWith(prefix);
      boolean rule = job || identifier.startsWith("rule." + prefix);
      allowed.add(job ? "job " + identifier : "");
      allowed.add(rule ? "rule " + identifier : "");
    }
    for (String command : World.COMMANDS) {
      boolean listed =
          rights.commands() instanceof Names.Listed(var names) && names.contains(command);
      boolean unlisted = rights.commands() instanceof Names.All;
      boolean may =
          command.equals("TOKEN") ? listed || (unlisted && prefix.equals("*")) : listed || unlisted;
      allowed.add(may ? "command " + command : "");
    }
    for (String runner : World.RUNNERS) {
      boolean may =
          !(rights.runners() instanceof Names.Listed(var names)) || names.contains(runner);
      allowed.add(may ? "runner " + runner : "");
    }
    for (String client : World.CLIENTS) {
      InetAddress address = InetAddress.ofLiteral(client);
      boolean may =
          rights.addresses().ranges().stream()
              .anyMatch(range -> naivelyContains(range.toString(), address));
      allowed.add(may ? "from " + client : "");
    }
    allowed.remove("");
    return allowed;
  }

  private static boolean naivelyContains(String range, InetAddress address) {
    String[] parts = range.split("/", -1);
    byte[] network = InetAddress.ofLiteral(parts[0]).getAddress();
    byte[] bytes = address.getAddress();
    int length = parts.length == 1 ? 8 * network.length : Integer.parseInt(parts[1]);
    if (network.length != bytes.length) {
      return false;
    }
    for (int bit = 0; bit < length; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((network[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> permitted(Rights rights) {
    Set<String> permitted = new HashSet<>();
    for (String identifier : World.IDENTIFIERS) {
      permitted.add(rights.missingForJob(identifier) == null ? "job " + identifier : "");
      permitted.add(rights.missingForRule(identifier) == null ? "rule " + identifier : "");
    }
    for (String command : World.COMMANDS) {
      permitted.add(rights.missingForCommand(command) == null ? "command " + command : "");
    }
    for (String runner : World.RUNNERS) {
      permitted.add(rights.missingForRunner(runner) == null ? "runner " + runner : "");
    }
    for (String client : World.CLIENTS) {
      boolean may = rights.addresses().contains(InetAddress.ofLiteral(client));
      permitted.add(may ? "from " + client : "");
    }
    permitted.remove("");
    return permitted;
  }

  /// The world is rich enough that what holds another in it holds it everywhere, but for a prefix
  /// and what starts with it, which the world has in each combination.
  @Test
  void random_rights_permit_contain_and_narrow_like_a_naive_model() throws Exception {
    long seed = Long.getLong("ztick.simulation.seed", System.nanoTime());
    World world = new World(seed);
    int held = 0;
    for (int step = 0; step < STEPS; step++) {
      Rights one = world.rights();
      Rights other = world.rights();
      String place = "seed " + seed + ", step " + step;
      Supplier<String> where = () -> place + ": " + one + " and " + other;

      assertThat(permitted(one)).as(where).isEqualTo(allowed(one));
      boolean holds = allowed(one).containsAll(allowed(other));
      assertThat(!one.contains(other) || holds).as(where).isTrue();
      held += one.contains(other) ? 1 : 0;
      Set<String> common = new HashSet<>(allowed(one));
      common.retainAll(allowed(other));
      Rights both = one.intersection(other);
      if (both == null) {
        assertThat(common).as(where).noneMatch(each -> each.startsWith("job "));
      } else {
        assertThat(allowed(both)).as(where).isEqualTo(common);
        assertThat(one.contains(both) && other.contains(both)).as(where).isTrue();
        assertThat(one.contains(other)).as(where).isEqualTo(Objects.equals(both, other));
      }
    }
    assertThat(held).as("seed " + seed).isPositive();
  }
}

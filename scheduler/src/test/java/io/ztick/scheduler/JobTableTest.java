package io.ztick.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobTableTest {
  private static final long SEED = 25;

  @Test
  void it_holds_what_a_hash_map_holds_whatever_comes_and_goes() {
    var random = new Random(SEED);
    var table = new JobTable();
    Map<String, Job> map = new HashMap<>();
    for (int step = 0; step < 200_000; step++) {
      String id = "job." + random.nextInt(5_000);
      Job known = map.get(id);
      assertThat(table.get(id)).as("seed %d, step %d", SEED, step).isSameAs(known);
      if (known == null) {
        var job = new Job(id);
        map.put(id, job);
        table.add(job);
      } else if (random.nextInt(3) > 0) {
        map.remove(id);
        table.remove(known);
      }
    }
    assertThat(table.size()).isEqualTo(map.size());
  }

  @Test
  void ids_of_one_java_hash_code_have_hashes_of_their_own() {
    Set<Integer> hashes = new HashSet<>();
    for (int number = 0; number < 1 << 14; number++) {
      var id = new StringBuilder("deploy.");
      for (int bit = 0; bit < 14; bit++) {
        id.append((number >> bit & 1) == 0 ? "Aa" : "BB");
      }
      hashes.add(JobTable.hash(id.toString()));
    }
    assertThat(hashes).hasSizeGreaterThan((1 << 14) - 100);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "12345678",
        "123456789",
        "123456789012345678901234",
        "1234567890123456789012345",
        "ÿÿÿÿÿÿÿÿ",
        "ÿÿÿÿÿÿÿ",
        "\u0100bc",
        "job.\ud83d\ude00"
      })
  void an_id_is_itself_and_none_of_its_neighbours(String id) {
    var job = new Job(id);
    assertThat(job.hasId(new String(id.toCharArray()), JobTable.hash(id))).isTrue();
    for (String neighbour : neighbours(id)) {
      // As if the hashes were the same.
      assertThat(job.hasId(neighbour, JobTable.hash(id))).as(neighbour).isFalse();
    }
  }

  private static List<String> neighbours(String id) {
    List<String> neighbours = new ArrayList<>(List.of(id + "x", "x" + id, id + id, id + "ÿ", ""));
    for (int i = 0; i < id.length(); i++) {
      char other = (char) (id.charAt(i) ^ 0x100);
      neighbours.add(id.substring(0, i) + other + id.substring(i + 1));
      neighbours.add(id.substring(0, i) + id.substring(i + 1));
    }
    return neighbours;
  }
}

package io.ztick.scheduler.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdHashTest {
  private final IdHash hash = new IdHash();

  @Test
  void ids_of_one_java_hash_code_have_hashes_of_their_own() {
    Set<Integer> hashes = new HashSet<>();
    for (int number = 0; number < 1 << 14; number++) {
      var id = new StringBuilder("deploy.");
      for (int bit = 0; bit < 14; bit++) {
        id.append((number >> bit & 1) == 0 ? "Aa" : "BB");
      }
      hashes.add(hash(id.toString().getBytes(US_ASCII)));
    }
    assertThat(hashes).hasSizeGreaterThan((1 << 14) - 100);
  }

  @Test
  void every_byte_of_every_length_counts() {
    Set<Integer> hashes = new HashSet<>();
    int count = 0;
    for (int length = 1; length <= Slab.MAX_ID_BYTES; length++) {
      byte[] id = new byte[length];
      Arrays.fill(id, (byte) 'a');
      hashes.add(hash(id));
      count++;
      for (int at = 0; at < length; at++) {
        id[at]++;
        hashes.add(hash(id));
        id[at]--;
        count++;
      }
    }
    // Of so many, some two may be the same by chance.
    assertThat(hashes).hasSizeGreaterThan(count - 10);
  }

  @Test
  void hash_is_that_of_the_bytes_wherever_they_lie() {
    byte[] around = "xxjob.1234567890.abcdefghxx".getBytes(US_ASCII);
    byte[] id = "job.1234567890.abcdefgh".getBytes(US_ASCII);
    assertThat(hash.of(around, 2, around.length - 2)).isEqualTo(hash(id));
  }

  @Test
  void hashes_are_others_in_another_process() {
    byte[] id = "job.1".getBytes(US_ASCII);
    Set<Integer> hashes = new HashSet<>();
    for (int i = 0; i < 10; i++) {
      hashes.add(new IdHash().of(id, 0, id.length));
    }
    assertThat(hashes).hasSizeGreaterThan(5);
  }

  private int hash(byte[] id) {
    return hash.of(id, 0, id.length);
  }
}

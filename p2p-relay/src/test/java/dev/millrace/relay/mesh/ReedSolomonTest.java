package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReedSolomonTest {
  private final Random random = new Random(256);

  private List<Bytes> source(int k, int length) {
    List<Bytes> source = new ArrayList<>();
    for (int i = 0; i < k; i++) {
      byte[] symbol = new byte[length];
      random.nextBytes(symbol);
      source.add(Bytes.wrap(symbol));
    }
    return source;
  }

  private static Bytes symbol(List<Bytes> source, int index) {
    return index < source.size() ? source.get(index) : ReedSolomon.parity(source, index);
  }

  private static List<Bytes> decode(List<Bytes> source, List<Integer> indices) {
    return ReedSolomon.decode(
        source.size(), indices, indices.stream().map(index -> symbol(source, index)).toList());
  }

  /** The laws of a field, for all elements: the look-up tables are these products. */
  @Test
  void productsAreThoseOfAField() {
    for (int a = 0; a < 256; a++) {
      assertThat(ReedSolomon.product(a, 1)).isEqualTo(a);
      assertThat(ReedSolomon.product(a, 0)).isZero();
      assertThat(ReedSolomon.product(a, 2)).isEqualTo(a < 128 ? 2 * a : 2 * a ^ 0x11D);
      int inverses = 0;
      for (int b = 0; b < 256; b++) {
        assertThat(ReedSolomon.product(a, b)).isEqualTo(ReedSolomon.product(b, a));
        inverses += ReedSolomon.product(a, b) == 1 ? 1 : 0;
        int c = random.nextInt(256);
        assertThat(ReedSolomon.product(a, b ^ c))
            .isEqualTo(ReedSolomon.product(a, b) ^ ReedSolomon.product(a, c));
        assertThat(ReedSolomon.product(ReedSolomon.product(a, b), c))
            .isEqualTo(ReedSolomon.product(a, ReedSolomon.product(b, c)));
      }
      assertThat(inverses).isEqualTo(a == 0 ? 0 : 1);
    }
  }

  @Test
  void coefficientsAreThoseOfTheSpecification() {
    for (int k = 1; k <= ReedSolomon.MAX_SOURCE; k++) {
      for (int index = k; index < k + ReedSolomon.MAX_PARITY; index++) {
        int i = random.nextInt(k);
        assertThat(ReedSolomon.product(ReedSolomon.coefficient(index, i), index ^ i)).isEqualTo(1);
      }
    }
  }

  /** Every choice of k of k + 4 symbols, for all small k. */
  @Test
  void anySymbolsGiveTheBlock() {
    for (int k = 1; k <= 6; k++) {
      List<Bytes> source = source(k, 16);
      int all = k + 4;
      int choices = 0;
      for (int choice = 0; choice < 1 << all; choice++) {
        if (Integer.bitCount(choice) == k) {
          int bits = choice;
          List<Integer> indices =
              IntStream.range(0, all).filter(i -> (bits >> i & 1) == 1).boxed().toList();
          assertThat(decode(source, indices)).isEqualTo(source);
          choices++;
        }
      }
      assertThat(choices).isGreaterThan(1);
    }
  }

  @Test
  void largeBlocksInAnyOrder() {
    for (int round = 0; round < 30; round++) {
      int k = 1 + random.nextInt(ReedSolomon.MAX_SOURCE);
      List<Bytes> source = source(k, 1 + random.nextInt(64));
      List<Integer> indices =
          new ArrayList<>(IntStream.range(0, k + ReedSolomon.MAX_PARITY).boxed().toList());
      Collections.shuffle(indices, random);
      assertThat(decode(source, indices.subList(0, k))).isEqualTo(source);
    }
  }

  @Test
  void theWorstCaseIsAllParity() {
    List<Bytes> source = source(ReedSolomon.MAX_PARITY, 32);
    List<Integer> parity =
        IntStream.range(0, ReedSolomon.MAX_PARITY)
            .map(j -> ReedSolomon.MAX_PARITY + j)
            .boxed()
            .toList();
    assertThat(decode(source, parity)).isEqualTo(source);
  }

  @Test
  void moreThanNeededDoesNoHarmAndFewerAreRefused() {
    List<Bytes> source = source(5, 20);
    assertThat(decode(source, List.of(9, 0, 1, 7, 3, 4, 8))).isEqualTo(source);
    assertThatThrownBy(() -> decode(source, List.of(0, 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

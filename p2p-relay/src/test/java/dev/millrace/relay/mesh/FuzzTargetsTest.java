package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.testkit.Damage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The fuzzer's targets on the examples of the specification, whole and damaged. */
class FuzzTargetsTest {
  private static final int SEEDS = 300;

  @Test
  void holdForDamagedExamples() {
    List<FrameExamples.Example> examples = FrameExamples.all().toList();
    assertThat(examples).hasSizeGreaterThan(15);
    for (FrameExamples.Example example : examples) {
      Bytes good = example.write();
      boolean cast = example.frame() instanceof Frame.Cast;
      int length = good.length() - (cast ? FrameType.TRAILER_BYTES : 0);
      byte[] input = good.slice(0, length).toArray();
      run(cast, input);
      for (int seed = 0; seed < SEEDS; seed++) {
        for (Damage damage : Damage.values()) {
          run(cast, damage.apply(input, 0, new Random(seed)));
        }
      }
    }
  }

  private static void run(boolean cast, byte[] input) {
    if (cast) {
      CastFuzz.fuzzerTestOneInput(input);
    } else {
      FrameFuzz.fuzzerTestOneInput(input);
    }
  }

  @Test
  void relayHoldsForDamagedDatagramsOneBehindTheOther() {
    List<Bytes> pieces = new ArrayList<>();
    for (FrameExamples.Example example : FrameExamples.all().toList()) {
      if (example.frame() instanceof Frame.Cast) {
        Bytes good = example.write();
        Bytes bare = good.slice(0, good.length() - FrameType.TRAILER_BYTES);
        pieces.add(Bytes.of(bare.length() >> 8, bare.length() & 0xFF));
        pieces.add(bare);
      }
    }
    // BEACON comes behind SYMBOL there; a second round meets tracks that are known.
    pieces.addAll(List.copyOf(pieces));
    byte[] input = Bytes.concat(pieces).toArray();
    MeshCastFuzz.fuzzerTestOneInput(input);
    for (int seed = 0; seed < SEEDS; seed++) {
      for (Damage damage : Damage.values()) {
        MeshCastFuzz.fuzzerTestOneInput(damage.apply(input, 0, new Random(seed)));
      }
    }
  }
}

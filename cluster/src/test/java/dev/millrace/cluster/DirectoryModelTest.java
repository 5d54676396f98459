package dev.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.Directory.Outcome;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings of joins, crashes, restarts, partitions, heals, publishes, ends, and of
 * messages that are lost, repeated and overtake each other, against a reference that remembers
 * everything ever said and works out each view anew.
 */
class DirectoryModelTest {
  private static final int RUNS = 1000;
  private static final int STEPS = 80;

  @Test
  void everyViewIsWhatTheNewestWordsOfThosePresentSay() {
    long base = Long.getLong("model.seed", 20261121);
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (int run = 0; run < RUNS; run++) {
      long seed = base + run;
      DirectoryWorld world = new DirectoryWorld(seed);
      try {
        for (int step = 0; step < STEPS; step++) {
          world.step();
        }
        world.healAndRepair();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dmodel.seed=" + seed + " (first run)", e);
      }
      for (Outcome outcome : Outcome.values()) {
        outcomes.merge(outcome, world.count(outcome), Integer::sum);
      }
    }
    assertThat(outcomes)
        .hasSize(Outcome.values().length)
        .allSatisfy((outcome, met) -> assertThat(met).isGreaterThan(RUNS / 20));
    System.out.printf(
        "directory model: %d interleavings of %d steps from seed %d: %s%n",
        RUNS, STEPS, base, outcomes);
  }
}

package dev.millrace.server.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Load read from files like Linux's, and the real ones where there are any. */
class MachineLoadTest {
  private static final Offset<Double> CLOSE = within(0.01);

  @TempDir private Path folder;
  private Path proc;
  private Path groups;
  private long now = 1_000_000_000;
  private long user;
  private long idle;

  @BeforeEach
  void files() throws IOException {
    proc = Files.createDirectories(folder.resolve("proc"));
    groups = Files.createDirectories(folder.resolve("groups"));
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(proc.resolve("self/cgroup"), "0::/\n");
    writeStat();
  }

  private MachineLoad load(int processors) {
    return new MachineLoad(new ProcessorMeter(proc, groups, () -> now), processors, () -> now);
  }

  /** Four processors. */
  private void writeStat() throws IOException {
    Files.writeString(
        proc.resolve("stat"),
        "cpu  %d 0 0 %d 0 0 0 0 0 0\n".formatted(user, idle)
            + "cpu0 0 0 0 0\ncpu1 0 0 0 0\ncpu2 0 0 0 0\ncpu3 0 0 0 0\nintr 1 2 3\n");
  }

  /** A second in which so many processors of the machine work. */
  private void second(MachineLoad load, double busy) throws IOException {
    now += Duration.ofSeconds(1).toNanos();
    user += (long) (100 * busy);
    idle += (long) (100 * (4 - busy));
    writeStat();
    load.sample();
  }

  private void limit(Path group, String max, long usedUs) throws IOException {
    Files.createDirectories(group);
    Files.writeString(group.resolve("cpu.max"), max + "\n");
    Files.writeString(group.resolve("cpu.stat"), "usage_usec " + usedUs + "\nuser_usec 0\n");
  }

  @Test
  void isTheAverageOfTheLastFiveSeconds() throws IOException {
    MachineLoad load = load(4);
    assertThat(load.busyCores()).isZero();
    for (int i = 0; i < 20; i++) {
      second(load, 1.5);
    }
    assertThat(load.busyCores()).isEqualTo(1.5, CLOSE);
    for (int i = 0; i < 2; i++) {
      second(load, 4);
    }
    assertThat(load.busyCores()).isEqualTo((3 * 1.5 + 2 * 4) / 5, CLOSE);
    for (int i = 0; i < 5; i++) {
      second(load, 0);
    }
    assertThat(load.busyCores()).isEqualTo(0, CLOSE);
  }

  @Test
  void waitingForDisksIsNoWorkAndStolenTimeIs() throws IOException {
    MachineLoad load = load(4);
    now += Duration.ofSeconds(1).toNanos();
    Files.writeString(
        proc.resolve("stat"), "cpu  0 0 0 100 100 0 0 200 0 0\ncpu0 0\ncpu1 0\ncpu2 0\ncpu3 0\n");
    load.sample();

    assertThat(load.busyCores()).isEqualTo(2, CLOSE);
  }

  @Test
  void groupThatIsLimitedCountsWithItsLimit() throws IOException {
    limit(groups, "150000 100000", 0);
    MachineLoad load = load(2);
    limit(groups, "150000 100000", 1_000_000);
    second(load, 1);

    assertThat(load.cores()).isEqualTo(2);
    assertThat(load.busyCores()).as("0.5 of 1.5 are free").isEqualTo(1.5, CLOSE);
  }

  @Test
  void fullMachineLeavesAGroupNothing() throws IOException {
    limit(groups, "200000 100000", 0);
    MachineLoad load = load(2);
    second(load, 4);

    assertThat(load.busyCores()).isEqualTo(2, CLOSE);
  }

  @Test
  void limitOfAGroupAboveCounts() throws IOException {
    Files.writeString(proc.resolve("self/cgroup"), "0::/system/millrace\n");
    limit(groups.resolve("system"), "100000 100000", 0);
    limit(groups.resolve("system/millrace"), "max 100000", 0);
    MachineLoad load = load(1);
    limit(groups.resolve("system"), "100000 100000", 250_000);
    second(load, 0.25);

    assertThat(load.busyCores()).isEqualTo(0.25, CLOSE);
  }

  @Test
  void partOfALargeMachineIsBusyWhenTheRestLeavesLess() throws IOException {
    MachineLoad load = load(2);
    second(load, 1);
    assertThat(load.busyCores()).as("three are free, two may be used").isZero();
    second(load, 4);
    second(load, 4);

    assertThat(load.busyCores()).isEqualTo(1, CLOSE);
  }

  @Test
  void thisMachineIsMeasured() {
    MachineLoad load = new MachineLoad(System::nanoTime);
    long until = System.nanoTime() + Duration.ofMillis(300).toNanos();
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    load.sample();

    assertThat(load.busyCores()).isBetween(0.0, (double) load.cores());
  }
}

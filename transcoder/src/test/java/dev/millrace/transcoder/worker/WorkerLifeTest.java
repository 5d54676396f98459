package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.transcoder.worker.WorkerLife.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkerLifeTest {
  private static final long MEMORY = 400L << 20;
  private static final Duration STEP = Duration.ofMillis(250);

  private final WorkerLife life = new WorkerLife(MEMORY);

  /** What the world looks like. Not at zero, as clocks are not. */
  private long now = -1_000_000_000L;

  private boolean wanted = true;
  private boolean alive;
  private int exitStatus;
  private Optional<String> lost = Optional.empty();
  private Optional<WorkerStatus> status = Optional.empty();
  private long statusNanos;
  private long input;
  private long memory = 200L << 20;
  private long cpu = 1;

  private Order step() {
    Order order =
        life.step(
            now,
            new WorkerSeen(
                wanted, alive, exitStatus, lost, status, statusNanos, input, memory, cpu));
    if (order == Order.START) {
      alive = true;
      status = Optional.empty();
    }
    return order;
  }

  private Order after(Duration time) {
    now += time.toNanos();
    return step();
  }

  /** Looked at all the time, until there is an order or the time is over. */
  private Order through(Duration time, boolean usesProcessor) {
    Order order = Order.NOTHING;
    for (long end = now + time.toNanos(); order == Order.NOTHING && now < end; ) {
      cpu += usesProcessor ? 10_000_000 : 0;
      order = after(Duration.ofMillis(50));
    }
    return order;
  }

  /** The worker reports so many frames taken. */
  private void report(long frames) {
    status = Optional.of(new WorkerStatus(frames, frames, 0, "libx264", List.of()));
    statusNanos = now;
  }

  private void startAndWork() {
    assertThat(step()).isEqualTo(Order.START);
    report(0);
    assertThat(step()).isEqualTo(Order.NOTHING);
    assertThat(life.phase()).isEqualTo(WorkerPhase.WORKING);
  }

  /** A worker that does what it should, for a while. */
  private void work(Duration time) {
    for (long end = now + time.toNanos(); now < end; ) {
      input += 10;
      report(input);
      assertThat(after(STEP)).isEqualTo(Order.NOTHING);
    }
  }

  private void die(int how) {
    alive = false;
    exitStatus = how;
    assertThat(step()).isEqualTo(Order.NOTHING);
  }

  @Test
  void nothingRunsWhereNothingIsToBeDone() {
    wanted = false;

    assertThat(after(Duration.ofHours(1))).isEqualTo(Order.NOTHING);
    assertThat(life.phase()).isEqualTo(WorkerPhase.IDLE);
  }

  @Test
  void worksAsLongAsItIsWanted() {
    startAndWork();
    work(Duration.ofMinutes(5));

    assertThat(life.phase()).isEqualTo(WorkerPhase.WORKING);
    assertThat(life.restarts()).isZero();
  }

  @Test
  void oneThatDiesIsReplacedAtOnce() {
    startAndWork();
    work(Duration.ofSeconds(10));
    die(137);

    assertThat(life.reason()).isEqualTo("ended with status 137 (signal 9)");
    assertThat(step()).isEqualTo(Order.START);
    assertThat(life.restarts()).isEqualTo(1);
  }

  @Test
  void streamsAreNotPunishedForNodesThatDie() {
    startAndWork();
    for (int node = 1; node <= 20; node++) {
      work(Duration.ofSeconds(10));
      lost = Optional.of("node " + node + " is gone");
      die(0);

      assertThat(life.reason()).isEqualTo("is lost: node " + node + " is gone");
      assertThat(life.pause())
          .isEqualTo(
              node <= WorkerLife.LOSSES_WITHOUT_PAUSE ? Duration.ZERO : WorkerLife.FIRST_PAUSE);
      lost = Optional.empty();
      assertThat(after(life.pause())).isEqualTo(Order.START);
      report(0);
      step();
    }

    die(137);
    assertThat(life.pause()).as("its first own failure").isZero();
    assertThat(life.restarts()).isEqualTo(20);
  }

  @Test
  void waitsForAPlaceAsLongAsItTakes() {
    assertThat(step()).isEqualTo(Order.START);
    for (int look = 0; look < 100; look++) {
      alive = false;
      life.noPlace(now, "all are full");
      assertThat(life.phase()).isEqualTo(WorkerPhase.WAITING);
      assertThat(life.obstacle()).isEqualTo("all are full");
      assertThat(after(Duration.ofMillis(999))).isEqualTo(Order.NOTHING);
      assertThat(after(Duration.ofMillis(1))).isEqualTo(Order.START);
    }
    report(0);
    step();

    assertThat(life.phase()).isEqualTo(WorkerPhase.WORKING);
    assertThat(life.obstacle()).isEmpty();
    assertThat(life.restarts()).isZero();
    assertThat(life.reason()).isEmpty();
  }

  @Test
  void nobodyWaitsForAPlaceThatIsNotWanted() {
    assertThat(step()).isEqualTo(Order.START);
    life.noPlace(now, "all are full");
    wanted = false;

    assertThat(after(Duration.ofHours(1))).isEqualTo(Order.NOTHING);
    assertThat(life.phase()).isEqualTo(WorkerPhase.IDLE);
  }

  @Test
  void pausesGrowAndThenItIsLeftAlone() {
    List<Long> pausesS = new ArrayList<>();
    startAndWork();
    for (int failure = 1; failure < WorkerLife.MOST_FAILURES; failure++) {
      die(1);
      assertThat(life.phase()).isEqualTo(WorkerPhase.PAUSED);
      pausesS.add(life.pause().toSeconds());
      if (!life.pause().isZero()) {
        assertThat(after(life.pause().minusMillis(1))).isEqualTo(Order.NOTHING);
        now += 1_000_000;
      }
      assertThat(step()).isEqualTo(Order.START);
    }
    die(1);

    assertThat(pausesS).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L);
    assertThat(life.phase()).isEqualTo(WorkerPhase.GIVEN_UP);
    assertThat(after(Duration.ofDays(1))).isEqualTo(Order.NOTHING);
  }

  @Test
  void oneThatCannotBeStartedCountsLikeOneThatDies() {
    for (int failure = 1; failure <= WorkerLife.MOST_FAILURES; failure++) {
      assertThat(after(life.pause())).isEqualTo(Order.START);
      alive = false;
      life.notStarted(now, "no such file");
    }

    assertThat(life.phase()).isEqualTo(WorkerPhase.GIVEN_UP);
    assertThat(life.reason()).isEqualTo("does not start: no such file");
  }

  @Test
  void aMinuteOfWorkIsANewBeginning() {
    startAndWork();
    for (int i = 0; i < 3 * WorkerLife.MOST_FAILURES; i++) {
      work(Duration.ofSeconds(61));
      die(139);
      assertThat(step()).as("replaced at once").isEqualTo(Order.START);
      report(0);
      step();
    }
    assertThat(life.restarts()).isEqualTo(3 * WorkerLife.MOST_FAILURES);
  }

  @Test
  void oneThatIsNotReadyInTimeIsKilled() {
    step();

    assertThat(after(WorkerLife.START_LIMIT.minusMillis(1))).isEqualTo(Order.NOTHING);
    assertThat(after(Duration.ofMillis(1))).isEqualTo(Order.KILL);
    assertThat(life.reason()).isEqualTo("was not ready within 20 s");
    assertThat(step()).as("not before it is gone").isEqualTo(Order.NOTHING);
    die(137);
    assertThat(step()).isEqualTo(Order.START);
    assertThat(life.reason()).isEqualTo("was not ready within 20 s");
  }

  @Test
  void oneThatFallsSilentIsKilledEvenWithoutInput() {
    startAndWork();
    work(Duration.ofSeconds(10));

    // Since the last word one step has passed.
    assertThat(through(Duration.ofMillis(5700), true)).isEqualTo(Order.NOTHING);
    assertThat(through(Duration.ofMillis(50), true)).isEqualTo(Order.KILL);
    assertThat(life.reason()).isEqualTo("hangs: it has said nothing for 6 s");
  }

  @Test
  void oneThatDoesNothingEitherIsKilledSooner() {
    startAndWork();
    work(Duration.ofSeconds(10));

    assertThat(through(Duration.ofMillis(900), false)).isEqualTo(Order.NOTHING);
    assertThat(through(Duration.ofMillis(50), false)).isEqualTo(Order.KILL);
    assertThat(life.reason()).isEqualTo("hangs: it says and does nothing");
  }

  @Test
  void oneWhoseProcessorTimeIsUnknownIsGivenTheLongerTime() {
    cpu = -1;
    startAndWork();
    work(Duration.ofSeconds(10));

    assertThat(through(Duration.ofMillis(5700), false)).isEqualTo(Order.NOTHING);
    assertThat(through(Duration.ofMillis(50), false)).isEqualTo(Order.KILL);
  }

  @Test
  void machineThatStoodStillIsNotTheWorkersFault() {
    startAndWork();
    work(Duration.ofSeconds(10));
    input += 300;

    assertThat(after(Duration.ofMinutes(5))).isEqualTo(Order.NOTHING);
    assertThat(through(Duration.ofMillis(1100), false)).isEqualTo(Order.NOTHING);
    work(Duration.ofSeconds(5));
    assertThat(through(Duration.ofSeconds(2), false)).isEqualTo(Order.KILL);
  }

  @Test
  void oneThatWasGivenUpIsTriedAgainOnOtherInput() {
    startAndWork();
    life.otherInput(now);
    assertThat(life.phase()).as("one that works is left alone").isEqualTo(WorkerPhase.WORKING);
    for (int failure = 1; failure <= WorkerLife.MOST_FAILURES; failure++) {
      die(1);
      after(life.pause());
    }
    assertThat(life.phase()).isEqualTo(WorkerPhase.GIVEN_UP);
    life.otherInput(now);

    assertThat(step()).isEqualTo(Order.START);
    die(1);
    assertThat(life.phase()).as("from the beginning").isEqualTo(WorkerPhase.PAUSED);
    assertThat(life.pause()).isZero();
  }

  @Test
  void oneThatSpeaksButTakesNoFramesIsKilled() {
    startAndWork();
    work(Duration.ofSeconds(10));
    long taken = input;
    Order order = Order.NOTHING;
    int steps = 0;
    while (order == Order.NOTHING && steps < 100) {
      input += 10;
      report(taken);
      order = after(STEP);
      steps++;
    }

    assertThat(order).isEqualTo(Order.KILL);
    assertThat(steps * STEP.toMillis()).isBetween(6000L, 6500L);
    assertThat(life.reason()).isEqualTo("hangs: it has taken no frame for 6 s while frames came");
  }

  @Test
  void oneThatHasNothingToTakeIsNotStuck() {
    startAndWork();
    work(Duration.ofSeconds(10));
    for (int i = 0; i < 100; i++) {
      report(input);
      assertThat(after(STEP)).isEqualTo(Order.NOTHING);
    }
  }

  @Test
  void framesThatResumeDoNotCountThePauseBefore() {
    startAndWork();
    work(Duration.ofSeconds(1));
    long taken = input;
    for (int i = 0; i < 40; i++) {
      report(taken);
      after(STEP);
    }
    input += 10;
    report(taken);

    assertThat(after(STEP)).isEqualTo(Order.NOTHING);
    work(Duration.ofSeconds(5));
  }

  @Test
  void oneThatTakesTooMuchMemoryIsKilled() {
    startAndWork();
    memory = MEMORY;
    work(Duration.ofSeconds(5));
    memory = MEMORY + 1;
    report(input);
    assertThat(after(STEP)).as("once may be an accident").isEqualTo(Order.NOTHING);

    assertThat(after(STEP)).isEqualTo(Order.KILL);
    assertThat(life.reason()).isEqualTo("takes 400 MiB of memory, may take 400");
  }

  @Test
  void unwantedOneMayFinish() {
    startAndWork();
    wanted = false;
    step();
    assertThat(life.phase()).isEqualTo(WorkerPhase.ENDING);
    die(0);

    assertThat(life.phase()).isEqualTo(WorkerPhase.IDLE);
    assertThat(life.restarts()).isZero();
    assertThat(after(Duration.ofSeconds(5))).isEqualTo(Order.NOTHING);
  }

  @Test
  void unwantedOneThatStaysIsKilledWithinASecond() {
    startAndWork();
    wanted = false;
    step();

    assertThat(after(WorkerLife.END_GRACE)).isEqualTo(Order.KILL);
    assertThat(WorkerLife.END_GRACE).isLessThan(Duration.ofSeconds(1));
    die(137);
    assertThat(life.phase()).isEqualTo(WorkerPhase.IDLE);
    assertThat(life.reason()).isEmpty();
  }

  @Test
  void oneThatIsWantedAgainWhileItEndsIsFollowedByAnother() {
    startAndWork();
    wanted = false;
    step();
    wanted = true;
    step();
    die(0);

    assertThat(step()).isEqualTo(Order.START);
  }

  @Test
  void pauseEndsWhenNothingIsToBeDone() {
    startAndWork();
    die(1);
    step();
    die(1);
    assertThat(life.phase()).isEqualTo(WorkerPhase.PAUSED);
    wanted = false;
    step();

    assertThat(life.phase()).isEqualTo(WorkerPhase.IDLE);
    wanted = true;
    assertThat(step()).isEqualTo(Order.START);
  }

  @Test
  void neverTwoAtOnceAndNeverAKillWithoutOne() {
    Random random = new Random(9);
    for (int round = 0; round < 200; round++) {
      WorkerLifeTest world = new WorkerLifeTest();
      for (int i = 0; i < 500; i++) {
        world.wanted = random.nextInt(10) > 0;
        world.input += random.nextInt(3);
        if (world.alive && random.nextInt(20) == 0) {
          world.alive = false;
        }
        if (world.alive && random.nextInt(3) > 0) {
          world.report(world.input - random.nextInt(2));
        }
        world.memory = random.nextInt(40) == 0 ? MEMORY * 2 : MEMORY / 2;
        boolean wasAlive = world.alive;
        Order order = world.after(Duration.ofMillis(random.nextInt(2000)));
        if (order == Order.START) {
          assertThat(wasAlive).isFalse();
        } else if (order == Order.KILL) {
          assertThat(wasAlive).isTrue();
        }
      }
    }
  }
}

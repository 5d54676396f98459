package dev.millrace.transcoder.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * The life of one stream's workers, one after the other. A pure state machine: it is shown what can
 * be seen, with the time, and says what is to be done.
 *
 * <pre>
 * IDLE      wanted                                    STARTING, start
 * STARTING  first status                              WORKING
 * STARTING  no status in time                         DYING, kill
 * WORKING   silent, stuck or too large                DYING, kill
 * either    gone                                      as when DYING ends
 * either    not wanted                                ENDING: it may finish by itself
 * ENDING    gone                                      IDLE
 * ENDING    grace over                                DYING, kill
 * DYING     gone                                      PAUSED; GIVEN_UP after too many in a row;
 *                                                     IDLE if not wanted
 * PAUSED    pause over                                STARTING, start
 * PAUSED    not wanted                                IDLE
 * STARTING  no node has a place                       WAITING
 * WAITING   a while has passed                        STARTING, start
 * WAITING   not wanted                                IDLE
 * GIVEN_UP  another input                             as IDLE
 * </pre>
 *
 * <p>A worker that was lost with its node has not failed: it is replaced at once, and that is not
 * counted, since the stream need not be to blame.
 *
 * <p>One thread.
 */
final class WorkerLife {
  /** A cold start loads 85 MB of native code from the jar and may share the machine with others. */
  static final Duration START_LIMIT = Duration.ofSeconds(20);

  /** For the last parts of a stream that has ended. */
  static final Duration END_GRACE = Duration.ofMillis(800);

  /** A worker that did its work for so long is no repetition of the one before. */
  static final Duration SUCCESS = Duration.ofSeconds(60);

  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** Nodes that are lost so often in a row may be lost because of the stream. */
  static final int LOSSES_WITHOUT_PAUSE = 3;

  /** Between two looks for a place. */
  static final Duration WAIT = Duration.ofSeconds(1);

  /** So many in a row, and the stream has the source only. */
  static final int MOST_FAILURES = 8;

  /** What is to be done. */
  enum Order {
    NOTHING,
    /** Start a worker; {@link #notStarted} if that fails. */
    START,
    /** End the worker by force; the reason is {@link #reason}. */
    KILL
  }

  private final WorkerHealth health;
  private WorkerPhase phase = WorkerPhase.IDLE;

  /** When the phase began. */
  private long sinceNanos;

  private long pauseNanos;
  private int failuresInRow;
  private int restarts;
  private int lossesInRow;
  private String reason = "";
  private String obstacle = "";

  /**
   * @param memoryLimitBytes resident memory beyond which a worker is replaced
   */
  WorkerLife(long memoryLimitBytes) {
    this.health = new WorkerHealth(memoryLimitBytes);
  }

  WorkerPhase phase() {
    return phase;
  }

  /** Workers started in place of one that failed. */
  int restarts() {
    return restarts;
  }

  /** Why the last worker was killed or what it died of; empty if none did. */
  String reason() {
    return reason;
  }

  /** Why no worker can be started now; empty unless {@code WAITING}. */
  String obstacle() {
    return phase == WorkerPhase.WAITING ? obstacle : "";
  }

  /** How long the pause that has begun is. */
  Duration pause() {
    return Duration.ofNanos(pauseNanos);
  }

  /** Looks and decides. */
  Order step(long nowNanos, WorkerSeen seen) {
    health.looked(nowNanos);
    return switch (phase) {
      case IDLE -> seen.wanted() ? start(nowNanos) : Order.NOTHING;
      case STARTING -> starting(nowNanos, seen);
      case WORKING -> working(nowNanos, seen);
      case ENDING -> ending(nowNanos, seen);
      case DYING -> dying(nowNanos, seen);
      case PAUSED -> paused(nowNanos, seen);
      case WAITING -> waiting(nowNanos, seen);
      case GIVEN_UP -> Order.NOTHING;
    };
  }

  /**
   * Other input than before: what failed on that may not fail on this, so one that was given up
   * gets another chance.
   */
  void otherInput(long nowNanos) {
    if (phase == WorkerPhase.GIVEN_UP) {
      failuresInRow = 0;
      restarts++;
      enter(WorkerPhase.IDLE, nowNanos);
    }
  }

  /** The worker that was to be started could not be. */
  void notStarted(long nowNanos, String why) {
    reason = "does not start: " + why;
    fail(nowNanos);
  }

  /** No node has a place for the worker that was to be started; that is nobody's failure. */
  void noPlace(long nowNanos, String why) {
    obstacle = why;
    enter(WorkerPhase.WAITING, nowNanos);
  }

  /** Another worker has taken over, which is there already; nothing has failed. */
  void handedOver(long nowNanos) {
    enter(WorkerPhase.STARTING, nowNanos);
  }

  private Order start(long nowNanos) {
    enter(WorkerPhase.STARTING, nowNanos);
    return Order.START;
  }

  private Order starting(long nowNanos, WorkerSeen seen) {
    if (!seen.alive()) {
      return died(nowNanos, seen);
    }
    if (!seen.wanted()) {
      enter(WorkerPhase.ENDING, nowNanos);
      return Order.NOTHING;
    }
    if (seen.status().isPresent()) {
      enter(WorkerPhase.WORKING, nowNanos);
      health.begins(nowNanos, seen);
      return Order.NOTHING;
    }
    return hasPassed(START_LIMIT, sinceNanos, nowNanos)
        ? kill(nowNanos, "was not ready within " + START_LIMIT.toSeconds() + " s")
        : Order.NOTHING;
  }

  private Order working(long nowNanos, WorkerSeen seen) {
    if (!seen.alive()) {
      return died(nowNanos, seen);
    }
    if (!seen.wanted()) {
      enter(WorkerPhase.ENDING, nowNanos);
      return Order.NOTHING;
    }
    Optional<String> complaint = health.complaint(nowNanos, seen);
    return complaint.isPresent() ? kill(nowNanos, complaint.get()) : Order.NOTHING;
  }

  private Order ending(long nowNanos, WorkerSeen seen) {
    if (!seen.alive()) {
      enter(WorkerPhase.IDLE, nowNanos);
      return Order.NOTHING;
    }
    if (hasPassed(END_GRACE, sinceNanos, nowNanos)) {
      enter(WorkerPhase.DYING, nowNanos);
      return Order.KILL;
    }
    return Order.NOTHING;
  }

  private Order dying(long nowNanos, WorkerSeen seen) {
    if (!seen.alive()) {
      if (seen.wanted()) {
        fail(nowNanos);
      } else {
        enter(WorkerPhase.IDLE, nowNanos);
      }
    }
    return Order.NOTHING;
  }

  private Order paused(long nowNanos, WorkerSeen seen) {
    if (!seen.wanted()) {
      enter(WorkerPhase.IDLE, nowNanos);
      return Order.NOTHING;
    }
    if (nowNanos - sinceNanos < pauseNanos) {
      return Order.NOTHING;
    }
    restarts++;
    return start(nowNanos);
  }

  private Order waiting(long nowNanos, WorkerSeen seen) {
    if (!seen.wanted()) {
      enter(WorkerPhase.IDLE, nowNanos);
      return Order.NOTHING;
    }
    return hasPassed(WAIT, sinceNanos, nowNanos) ? start(nowNanos) : Order.NOTHING;
  }

  private Order died(long nowNanos, WorkerSeen seen) {
    if (!seen.wanted()) {
      enter(WorkerPhase.IDLE, nowNanos);
      return Order.NOTHING;
    }
    endRowAfterSuccess(nowNanos);
    if (seen.lost().isPresent()) {
      reason = "is lost: " + seen.lost().get();
      lossesInRow++;
      pauseNanos = lossesInRow <= LOSSES_WITHOUT_PAUSE ? 0 : FIRST_PAUSE.toNanos();
      enter(WorkerPhase.PAUSED, nowNanos);
    } else {
      reason = "ended with status " + seen.exitStatus() + signal(seen.exitStatus());
      fail(nowNanos);
    }
    return Order.NOTHING;
  }

  private void endRowAfterSuccess(long nowNanos) {
    if (phase == WorkerPhase.WORKING && hasPassed(SUCCESS, sinceNanos, nowNanos)) {
      failuresInRow = 0;
      lossesInRow = 0;
    }
  }

  /** As shells and {@link Process} tell it. */
  private static String signal(int exitStatus) {
    return exitStatus > 128 && exitStatus < 160 ? " (signal " + (exitStatus - 128) + ")" : "";
  }

  private Order kill(long nowNanos, String why) {
    reason = why;
    endRowAfterSuccess(nowNanos);
    enter(WorkerPhase.DYING, nowNanos);
    return Order.KILL;
  }

  /** The first of a row is replaced at once. */
  private void fail(long nowNanos) {
    failuresInRow++;
    if (failuresInRow >= MOST_FAILURES) {
      enter(WorkerPhase.GIVEN_UP, nowNanos);
      return;
    }
    pauseNanos =
        failuresInRow == 1
            ? 0
            : Math.min(FIRST_PAUSE.toNanos() << (failuresInRow - 2), LONGEST_PAUSE.toNanos());
    enter(WorkerPhase.PAUSED, nowNanos);
  }

  private void enter(WorkerPhase next, long nowNanos) {
    phase = next;
    sinceNanos = nowNanos;
  }

  static boolean hasPassed(Duration limit, long fromNanos, long nowNanos) {
    return nowNanos - fromNanos >= limit.toNanos();
  }
}

package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the signatures of a {@link MergedStream}: the blocks that its followers need,
 * where they are told of them, and the ticks by which its holders' checks count time. Guarded by
 * the stream's lock.
 */
final class MergedSignatures {
  private static final long TICK_MS = 250;

  /** Blocks that nobody needs any more are looked for this often. */
  private static final int TICKS_BETWEEN_SWEEPS = 8;

  private final LogTrust trust;
  private final KeptBlocks kept = new KeptBlocks();
  private @Nullable ScheduledFuture<?> ticking;
  private int ticks;

  MergedSignatures(LogTrust trust) {
    this.trust = trust;
  }

  /** Whether anything is checked at all. */
  boolean isOn() {
    return !trust.equals(LogTrust.ALL);
  }

  /** Whether each block is verified when it comes; otherwise the newest of a tick. */
  boolean passesOn() {
    return trust.passesOn();
  }

  /** Takes signers and blocks that were found right; gives those that are new to followers. */
  List<LogRecord> take(List<LogRecord.Signing> proven) {
    List<LogRecord> fresh = new ArrayList<>();
    if (trust.passesOn()) {
      proven.stream().filter(kept::take).forEach(fresh::add);
    }
    return fresh;
  }

  /** What a new follower is told behind the window. */
  List<LogRecord> replay() {
    return kept.replay();
  }

  /** What followers are told behind these records: a new beginning needs its blocks again. */
  List<LogRecord> behind(List<LogRecord> told, StreamView view) {
    if (told.stream().noneMatch(LogRecord.Opened.class::isInstance)) {
      return List.of();
    }
    kept.keepFor(view);
    return kept.replay();
  }

  /** Ticks from now on. */
  void begin(ScheduledExecutorService timer, Runnable tick) {
    if (!isOn()) {
      return;
    }
    try {
      ticking = timer.scheduleWithFixedDelay(tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  /** A tick has passed. */
  void tick(StreamView view) {
    if (++ticks % TICKS_BETWEEN_SWEEPS == 0) {
      kept.keepFor(view);
    }
  }

  void end() {
    if (ticking != null) {
      ticking.cancel(false);
    }
  }
}

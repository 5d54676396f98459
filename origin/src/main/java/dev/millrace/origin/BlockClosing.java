package dev.millrace.origin;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.SignedBlock;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Closes the open block of a path when its time has come, and has it signed on another thread:
 * writers and followers do not wait for it. Any thread, without the store's lock.
 */
final class BlockClosing {
  private final StreamPath path;
  private final Object lock;
  private final StreamSigning signing;
  private final Consumer<LogRecord.Signing> signed;

  /**
   * @param lock guards {@code signing}
   * @param signed takes the signer's key and each block, on the executor's thread
   */
  BlockClosing(
      StreamPath path, Object lock, StreamSigning signing, Consumer<LogRecord.Signing> signed) {
    this.path = path;
    this.lock = lock;
    this.signing = signing;
    this.signed = signed;
  }

  /** Something was written: it is signed soon or, if a block is left over that is full, now. */
  void schedule() {
    Optional<LogSigning> config;
    boolean full;
    synchronized (lock) {
      full = signing.isFull();
      config = signing.toSchedule();
    }
    config.ifPresent(with -> schedule(with, full));
  }

  private void schedule(LogSigning with, boolean now) {
    try {
      if (now) {
        with.executor().execute(() -> sign(with));
      } else {
        with.timer()
            .schedule(
                () -> with.executor().execute(() -> sign(with)),
                with.delay().toNanos(),
                TimeUnit.NANOSECONDS);
      }
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  private void sign(LogSigning with) {
    Optional<SignedBlock> block;
    synchronized (lock) {
      block = signing.close();
    }
    if (block.isPresent()) {
      SignedBlock whole = block.get().with(with.key().sign(block.get().text(path)));
      signed.accept(new LogRecord.SignerTold(with.card()));
      signed.accept(new LogRecord.Signed(whole));
      schedule();
    }
  }
}

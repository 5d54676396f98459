package dev.millrace.media.log;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource.Following;
import java.util.List;

/** One holder that a {@link MergedStream} follows. The stream's lock guards its fields. */
final class Upstream implements LogWatcher, Upstreams.Followed {
  /** The stream, which hears what the holder tells; without its lock. */
  interface Listener {
    void told(Upstream upstream, LogRecord record);

    void windowTold(Upstream upstream);

    void lost(Upstream upstream, String reason);

    /** Signers and blocks that were found right. */
    void proven(Upstream upstream, List<LogRecord.Signing> proven);

    /** What it tells does not verify. */
    void refused(Upstream upstream, String reason);

    /** Under the lock: whether it has reached what all together told. */
    boolean isLevel(Upstream upstream);
  }

  private final PartSource source;
  private final long beganNanos;
  private final LogCheck check;
  private final boolean provesEach;
  private final Listener stream;
  private final Object lock;
  private Following following = () -> {};

  /** Its window was told. */
  boolean complete;

  /** Of the holder's thread only. */
  private boolean windowTold;

  /** Volatile: raised by the holder's thread, lowered by the timer's. */
  private volatile boolean provedInTick;

  /** When it was last considered whom to follow. */
  boolean wasLevel;

  /** What it still tells is passed over. */
  boolean gone;

  /**
   * @param provesEach whether each block is verified when it comes; otherwise the newest of a tick,
   *     which costs less
   */
  Upstream(
      PartSource source,
      long beganNanos,
      LogCheck check,
      boolean provesEach,
      Listener stream,
      Object lock) {
    this.source = source;
    this.beganNanos = beganNanos;
    this.check = check;
    this.provesEach = provesEach;
    this.stream = stream;
    this.lock = lock;
  }

  /** Without the lock; the holder may tell everything from within. */
  void begin(StreamPath path) {
    Following begun = source.watch(path, this);
    boolean late;
    synchronized (lock) {
      following = begun;
      late = gone;
    }
    if (late) {
      begun.close();
    }
  }

  /** Without the lock. */
  void close() {
    Following begun;
    synchronized (lock) {
      begun = following;
    }
    begun.close();
  }

  @Override
  public PartSource source() {
    return source;
  }

  @Override
  public boolean isComplete() {
    return complete;
  }

  @Override
  public boolean isLevel() {
    return stream.isLevel(this);
  }

  @Override
  public long beganNanos() {
    return beganNanos;
  }

  /** Checks first, on the holder's thread and without the stream's lock. */
  @Override
  public void record(LogRecord record) {
    try {
      check.record(record);
      if (record instanceof LogRecord.Signing) {
        if (windowTold && (provesEach || !provedInTick)) {
          prove();
          release();
        }
        return;
      }
    } catch (ProtocolException e) {
      stream.refused(this, String.valueOf(e.getMessage()));
      return;
    }
    if (!check.holds()) {
      stream.told(this, record);
    } else if (windowTold) {
      release();
    }
  }

  /** Tells what is proven by now, on the holder's thread alone, since its order counts. */
  private void release() {
    check.released().forEach(record -> stream.told(this, record));
    if (check.windowReleased()) {
      stream.windowTold(this);
      check.released().forEach(record -> stream.told(this, record));
    }
  }

  @Override
  public void windowComplete() {
    try {
      check.windowComplete();
      windowTold = true;
      prove();
    } catch (ProtocolException e) {
      stream.refused(this, String.valueOf(e.getMessage()));
      return;
    }
    if (check.holds()) {
      release();
    } else {
      stream.windowTold(this);
    }
  }

  private void prove() {
    provedInTick = true;
    List<LogRecord.Signing> proven = check.prove();
    if (!proven.isEmpty()) {
      stream.proven(this, proven);
    }
  }

  /** A quarter of a second has passed; on the timer's thread, without the stream's lock. */
  void tick() {
    provedInTick = false;
    try {
      check.tick();
    } catch (ProtocolException e) {
      stream.refused(this, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void gone(String reason) {
    stream.lost(this, reason);
  }
}

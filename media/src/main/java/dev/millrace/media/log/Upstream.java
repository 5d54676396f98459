package dev.millrace.media.log;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource.Following;

/** One holder that a {@link MergedStream} follows. The stream's lock guards its fields. */
final class Upstream implements LogWatcher, Upstreams.Followed {
  /** The stream, which hears what the holder tells; without its lock. */
  interface Listener {
    void told(Upstream upstream, LogRecord record);

    void windowTold(Upstream upstream);

    void lost(Upstream upstream, String reason);

    /** Under the lock: whether it has reached what all together told. */
    boolean isLevel(Upstream upstream);
  }

  private final PartSource source;
  private final long beganNanos;
  private final Listener stream;
  private final Object lock;
  private Following following = () -> {};

  /** Its window was told. */
  boolean complete;

  /** When it was last considered whom to follow. */
  boolean wasLevel;

  /** What it still tells is passed over. */
  boolean gone;

  Upstream(PartSource source, long beganNanos, Listener stream, Object lock) {
    this.source = source;
    this.beganNanos = beganNanos;
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

  @Override
  public void record(LogRecord record) {
    stream.told(this, record);
  }

  @Override
  public void windowComplete() {
    stream.windowTold(this);
  }

  @Override
  public void gone(String reason) {
    stream.lost(this, reason);
  }
}

package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.log.SegmentMark;
import java.util.function.LongSupplier;

/**
 * One rung: a thread that scales, hands the scaled frame to the next smaller rung, and encodes.
 * While it is shed, frames pass through as they are. {@link #shed} and the facts: any thread; else
 * the thread before it in the cascade.
 */
final class VideoLane implements Downstream {
  /** Frames that may wait: enough to even out key frames, little enough to keep memory small. */
  private static final int WAITING = 3;

  private sealed interface Item {
    record Mark(SegmentMark mark) implements Item {}

    record Shot(VideoFrame frame) implements Item {}

    record Progress(long sessionUs) implements Item {}
  }

  private final VideoRung rung;
  private final Downstream below;
  private final RungEncoder encoder;
  private final RungSink sink;
  private final Meter meter;
  private final Stage<Item> stage;

  /** Written by the overload control, read at each mark. */
  private volatile boolean shedWanted;

  /** Written by the rung's thread only. */
  private volatile boolean shed;

  VideoLane(
      VideoRung rung,
      RungEncoder encoder,
      RungSink sink,
      Downstream below,
      Failure failure,
      LongSupplier nanoTime) {
    this.rung = rung;
    this.encoder = encoder;
    this.sink = sink;
    this.below = below;
    this.meter = new Meter(nanoTime);
    this.stage = new Stage<>("encode " + rung.name(), WAITING, failure, nanoTime, new Rung());
  }

  VideoRung rung() {
    return rung;
  }

  Meter meter() {
    return meter;
  }

  /** The thread that works for it, to be watched. */
  Stage<?> stage() {
    return stage;
  }

  /** The encoder in use; empty before the first frame. */
  String encoderName() {
    return encoder.name();
  }

  /** From the next mark on the rung is not encoded, or encoded again. */
  void shed(boolean wanted) {
    shedWanted = wanted;
  }

  /** What {@link #shed} was last told. */
  boolean shedWanted() {
    return shedWanted;
  }

  /** Whether frames only pass through. */
  boolean isShed() {
    return shed;
  }

  @Override
  public boolean wants(int ordinal) {
    return keeps(ordinal) || below.wants(ordinal);
  }

  private boolean keeps(int ordinal) {
    return ordinal % rung.frameDivisor() == 0;
  }

  @Override
  public void mark(SegmentMark mark) {
    stage.put(new Item.Mark(mark));
  }

  @Override
  public void frame(VideoFrame frame) {
    stage.put(new Item.Shot(frame));
  }

  @Override
  public void progress(long sessionUs) {
    stage.put(new Item.Progress(sessionUs));
  }

  @Override
  public void end() {
    stage.end();
  }

  /** On the stage's thread. */
  private final class Rung implements Stage.Work<Item> {
    private final Scaler scaler = new Scaler(rung.width(), rung.height());

    /** What counts from the first frame of the segment of the last mark on. */
    private boolean shedNext;

    @Override
    public void accept(Item item) {
      switch (item) {
        case Item.Mark(SegmentMark mark) -> {
          decideShed();
          encoder.mark(mark);
          below.mark(mark);
        }
        case Item.Shot(VideoFrame frame) -> {
          try (frame) {
            meter.start(frame.ptsUs());
            shot(frame);
          }
        }
        case Item.Progress(long sessionUs) -> {
          sink.progress(sessionUs);
          below.progress(sessionUs);
        }
      }
    }

    private void decideShed() {
      boolean wanted = shedWanted;
      if (wanted != shedNext) {
        shedNext = wanted;
        sink.shed(wanted);
      }
    }

    private void shot(VideoFrame frame) {
      if (frame.ordinal() == 0) {
        shed = shedNext;
      }
      boolean kept = keeps(frame.ordinal()) && !shed;
      boolean wanted = below.wants(frame.ordinal());
      if (shed) {
        if (wanted) {
          below.frame(frame.share());
        } else {
          below.progress(frame.ptsUs());
        }
        sink.progress(frame.ptsUs());
        return;
      }
      if (!kept && !wanted) {
        below.progress(frame.ptsUs());
        sink.progress(frame.ptsUs());
        return;
      }
      try (VideoFrame scaled = scaler.scale(frame)) {
        meter.stop();
        if (wanted) {
          below.frame(scaled.share());
        } else {
          below.progress(frame.ptsUs());
        }
        meter.resume();
        if (kept) {
          encoder.encode(scaled);
          meter.encoded();
        }
        sink.progress(frame.ptsUs());
      }
      meter.stop();
    }

    @Override
    public void discard(Item item) {
      if (item instanceof Item.Shot(VideoFrame frame)) {
        frame.close();
      }
    }

    @Override
    public void finish() {
      encoder.drain();
      below.end();
    }

    @Override
    public void close() {
      below.end();
      encoder.close();
      scaler.close();
    }
  }
}

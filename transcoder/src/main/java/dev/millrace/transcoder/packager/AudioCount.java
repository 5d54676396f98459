package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Audio frames with counted times: media time is counted in samples and anchored once; only when it
 * is more than 100 ms away from the publisher's times it is pulled back: forward by silence,
 * backward by dropping frames. Times are ticks of the sample rate.
 */
final class AudioCount {
  /** The count may be this far from the publisher's times. */
  static final long MAX_DRIFT_US = 100_000;

  /** A hole longer than this is not filled: the count is anchored anew. */
  private static final long MAX_FILL_S = 60;

  /**
   * A frame in its place.
   *
   * @param data empty where there is no media and no silent frame is known
   */
  record Counted(long at, int duration, Bytes data) {
    long end() {
      return at + duration;
    }

    long middle() {
      return at + duration / 2;
    }
  }

  private final Track.Audio track;
  private final long originUs;
  private final int timescale;
  private final int frameLength;
  private final long partTarget;
  private final Deque<Counted> queue = new ArrayDeque<>();
  private Optional<Bytes> silence;
  private boolean anchored;
  private boolean dropping;
  private long next;
  private long correction;
  private long lastDrift;

  AudioCount(Track.Audio track, Targets targets, long originUs) {
    this.track = track;
    this.originUs = originUs;
    this.timescale = track.sampleRate();
    this.frameLength = track.samplesPerFrame();
    this.partTarget = targets.partTargetUs() * timescale / 1_000_000;
    this.silence = Silence.of(track, Bytes.EMPTY);
  }

  boolean anchored() {
    return anchored;
  }

  /** Frames that nobody took yet, oldest first. */
  Deque<Counted> queue() {
    return queue;
  }

  /** Where the next frame begins. */
  long next() {
    return next;
  }

  /** Media time up to which frames have arrived. */
  long arrivedUs() {
    return Ticks.toUs(next, timescale);
  }

  /** Time, on the session's timeline, at which a frame with this counted time comes. */
  long sessionUs(long at) {
    return Ticks.toUs(at + correction + lastDrift, timescale) + originUs;
  }

  /** Where the next frame would begin if it came at this session time. */
  long at(long sessionUs) {
    return Ticks.fromUs(sessionUs - originUs, timescale);
  }

  /** Counts the next frame. */
  void frame(Frame frame) {
    if (silence.isEmpty()) {
      silence = Silence.of(track, frame.data());
    }
    long at = at(frame.dtsUs());
    if (!anchored) {
      if (at + frameLength / 2 < 0) {
        return;
      }
      anchorAt(at);
    }
    long drift = at - next - correction;
    long most = MAX_DRIFT_US * timescale / 1_000_000;
    if (drift > MAX_FILL_S * timescale) {
      correction += drift;
    } else if (drift > most) {
      fill(drift);
    } else if (drift < -most || (dropping && drift < -frameLength / 2)) {
      dropping = true;
      return;
    }
    dropping = false;
    drift = at - next - correction;
    int duration = frameLength;
    if (drift > most) { // no silent frame is known: this one is shown longer
      duration = (int) Math.min(frameLength + drift, Math.max(frameLength, partTarget));
    }
    lastDrift = drift;
    add(duration, frame.data());
  }

  /** The publisher sends no audio: fills up to this media time. */
  void fillUntil(long mediaUs) {
    long until = Ticks.fromUs(mediaUs, timescale);
    if (!anchored) {
      anchorAt(0);
    }
    while (next + frameLength / 2 <= until) {
      add(frameLength, silence.orElse(Bytes.EMPTY));
    }
  }

  /** The count starts here, whatever was before. */
  void startAt(long at) {
    anchored = true;
    next = at;
  }

  /** The count starts in the first frame's time, filled with silence from the section's start. */
  private void anchorAt(long at) {
    long missing = silence.isPresent() ? Math.max(0, at) / frameLength : 0;
    startAt(Math.max(0, at) - missing * frameLength);
    for (long i = 0; i < missing; i++) {
      add(frameLength, silence.orElse(Bytes.EMPTY));
    }
  }

  private void fill(long drift) {
    long frames = (drift + frameLength / 2) / frameLength;
    for (long i = 0; i < frames && silence.isPresent(); i++) {
      add(frameLength, silence.get());
    }
  }

  private void add(int duration, Bytes data) {
    queue.add(new Counted(next, duration, data));
    next += duration;
  }
}

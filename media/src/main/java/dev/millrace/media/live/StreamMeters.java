package dev.millrace.media.live;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;

/** Counts what a stream receives. Guarded by its stream's lock. */
final class StreamMeters {
  private final RateMeter video = new RateMeter();
  private final RateMeter audio = new RateMeter();
  private final FrameRateMeter frames = new FrameRateMeter();
  private long bytes;

  void count(Frame frame) {
    int length = frame.data().length();
    bytes += length;
    if (frame.type() == MediaType.VIDEO) {
      video.add(frame.arrivalNanos(), length);
      if (frame.trackId() == 0) {
        frames.add(frame.dtsUs());
      }
    } else {
      audio.add(frame.arrivalNanos(), length);
    }
  }

  /** The next session has a timeline of its own. */
  void endSession() {
    video.clear();
    audio.clear();
    frames.clear();
  }

  long bytes() {
    return bytes;
  }

  long bitsPerSecond(MediaType type, long nanos) {
    return (type == MediaType.VIDEO ? video : audio).bitsPerSecond(nanos);
  }

  double frameRate() {
    return frames.framesPerSecond();
  }
}

package dev.millrace.media.live;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds the frames that come before a publication's tracks are all known, and audio while a change
 * of tracks is under way. Before the first key frame only audio and further video tracks are held,
 * and of them the newest. One thread.
 */
final class StartBuffer {
  private final int maxFrames;
  private final long maxBytes;
  private List<RawFrame> frames = new ArrayList<>();
  private long bytes;
  private boolean hasKeyFrame;

  StartBuffer(int maxFrames, long maxBytes) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  /** Whether a frame of the main video is held, the first of them a key frame. */
  boolean hasKeyFrame() {
    return hasKeyFrame;
  }

  /** Whether the next frame would cross a bound. */
  boolean isFull() {
    return frames.size() >= maxFrames || bytes >= maxBytes;
  }

  /** Whether the oldest frame held arrived before that instant. */
  boolean isOlderThan(long nanos) {
    return !frames.isEmpty() && frames.getFirst().arrivalNanos() < nanos;
  }

  void add(RawFrame frame) {
    while (isFull() && !frames.isEmpty()) {
      bytes -= frames.removeFirst().data().length();
    }
    hasKeyFrame |= frame.isMainVideo();
    frames.add(frame);
    bytes += frame.data().length();
  }

  /** Drops the frames of one further video track. */
  void drop(int trackId) {
    frames.removeIf(
        frame -> {
          boolean of = frame.isFurtherVideo() && frame.trackId() == trackId;
          bytes -= of ? frame.data().length() : 0;
          return of;
        });
  }

  /** Gives what is held, the first key frame in front of what came before it. */
  List<RawFrame> take() {
    List<RawFrame> taken = frames;
    int firstVideo = 0;
    while (firstVideo < taken.size() && !taken.get(firstVideo).isMainVideo()) {
      firstVideo++;
    }
    if (firstVideo < taken.size()) {
      taken.addFirst(taken.remove(firstVideo));
    }
    frames = new ArrayList<>();
    bytes = 0;
    hasKeyFrame = false;
    return taken;
  }
}

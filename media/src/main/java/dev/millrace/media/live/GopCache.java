package dev.millrace.media.live;

import dev.millrace.media.live.StreamEvent.FrameArrived;
import java.util.ArrayList;
import java.util.List;

/**
 * What has happened since the last key frame, for newcomers. A group of pictures that outgrows the
 * bounds is given up: newcomers then wait for the next key frame. Guarded by its stream's lock.
 */
final class GopCache {
  private final int maxFrames;
  private final long maxBytes;
  private final List<StreamEvent> events = new ArrayList<>();
  private long bytes;

  GopCache(int maxFrames, long maxBytes) {
    this.maxFrames = maxFrames;
    this.maxBytes = maxBytes;
  }

  /** Adds a frame; {@code entry} if a reader may start with it. */
  void add(FrameArrived arrived, boolean entry) {
    if (entry) {
      clear();
    } else if (events.isEmpty()) {
      return;
    }
    events.add(arrived);
    bytes += arrived.frame().data().length();
    if (events.size() > maxFrames || bytes > maxBytes) {
      clear();
    }
  }

  /** Adds what happened between two frames, if there is a frame before it. */
  void addBetween(StreamEvent event) {
    if (!events.isEmpty()) {
      events.add(event);
    }
  }

  void clear() {
    events.clear();
    bytes = 0;
  }

  List<StreamEvent> events() {
    return events;
  }
}

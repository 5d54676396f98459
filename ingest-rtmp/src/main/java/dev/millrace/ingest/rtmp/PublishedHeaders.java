package dev.millrace.ingest.rtmp;

import dev.millrace.ingest.rtmp.PublishedTag.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The newest metadata and codec configurations that were published. One thread. */
final class PublishedHeaders {
  private record Of(int type, List<Integer> tracks) {}

  private final Map<Of, PublishedTag> newest = new LinkedHashMap<>();
  private boolean hasVideo;

  void note(PublishedTag tag) {
    hasVideo |= tag.isVideo();
    if (tag.role() == Role.HEADER) {
      newest.put(new Of(tag.type(), tag.tracks()), tag);
    }
  }

  /** Whether any video was published. */
  boolean hasVideo() {
    return hasVideo;
  }

  /** All of them, in the order of their first coming, with this timestamp. */
  List<PublishedTag> replay(int timestamp) {
    return newest.values().stream().map(tag -> tag.at(timestamp)).toList();
  }
}

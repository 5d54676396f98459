package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import java.util.Map;

/**
 * What an operator wants to know of an edge, at one instant; counts are since the start. Immutable.
 *
 * @param connections open now
 * @param heldRequests that wait now for a playlist or part
 * @param cachedBytes of media, outside the heap
 * @param viewers of each stream that is watched
 * @param bodyBytes sent or being sent, without headers
 * @param playlists answered with a playlist
 * @param mediaFiles answered with a part, segment or initialization section, or a range of one
 * @param refused answered with a status of 400 to 499
 * @param unavailable answered with 503
 * @param failed answered with another status of 500 or more
 */
public record EdgeFacts(
    int connections,
    int heldRequests,
    long cachedBytes,
    Map<StreamPath, Integer> viewers,
    long bodyBytes,
    long playlists,
    long mediaFiles,
    long refused,
    long unavailable,
    long failed) {
  public EdgeFacts {
    viewers = Map.copyOf(viewers);
  }
}

package dev.millrace.media.live;

import dev.millrace.media.StreamPath;

/**
 * A stream of this node stands otherwise than before.
 *
 * @param epoch of the present session; where there is none, of the last one
 * @param owner {@link Grant#credential} of that session
 */
public record StreamChange(StreamPath path, Kind kind, long epoch, String owner) {
  /** What has happened. */
  public enum Kind {
    /** The stream's first session began. */
    BEGAN,
    /** The publisher is gone and may come back. */
    AWAY,
    /** A further session began: the publisher came back, or a newer connection of it took over. */
    RETURNED,
    /** Over: nobody came back in time, or the node stops. */
    ENDED,
    /** Another node has the stream: it goes on there. */
    FENCED
  }
}

package dev.millrace.cluster;

import dev.millrace.media.StreamPath;

/**
 * A stream that a node has. Its node alone says so, and it is gone with its node.
 *
 * @param epoch of the newest session that the node knows of the stream; the newest wins everywhere
 * @param owner opaque name of the publisher's credential (never the key); empty unless {@code
 *     INGEST}
 */
public record Holding(StreamPath path, Kind kind, State state, long epoch, String owner) {

  /** In what part. */
  public enum Kind {
    /** Its publisher is, or was last, connected here: the log is written here. */
    INGEST,
    /** A copy of log and bytes. */
    ORIGIN
  }

  /** How far. */
  public enum State {
    /** The copy is being filled and may lack parts of the window. */
    FILLING,
    /** Complete, and new parts come. */
    LIVE,
    /** Complete; the publisher is gone and may come back. */
    AWAY,
    /** Complete and over. */
    ENDED
  }
}

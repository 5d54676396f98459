package dev.millrace.edge;

/**
 * That a node has a stream.
 *
 * @param node its id
 * @param epoch of the newest session that the node knows of the stream
 */
public record StreamCopy(String node, Kind kind, State state, long epoch) {
  /** In what part. */
  public enum Kind {
    /** Its publisher is, or was last, connected there. */
    INGEST,
    /** A copy of log and bytes. */
    ORIGIN
  }

  /** How far. */
  public enum State {
    /** Being filled; may lack parts of the window. */
    FILLING,
    /** Complete, and new parts come. */
    LIVE,
    /** Complete; the publisher is gone and may come back. */
    AWAY,
    /** Complete and over. */
    ENDED
  }
}

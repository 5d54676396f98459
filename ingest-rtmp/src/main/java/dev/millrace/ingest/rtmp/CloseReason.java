package dev.millrace.ingest.rtmp;

import java.util.Locale;

/**
 * Why a connection ends, for the log.
 *
 * @param text for a person
 */
record CloseReason(Kind kind, String text) {
  /** Few enough to count by. */
  enum Kind {
    /** The peer has ended it, or the network. */
    PEER,
    /** The peer broke the protocol. */
    MALFORMED,
    /** The peer asked for what is not served. */
    UNSUPPORTED,
    /** The peer crossed a limit. */
    LIMIT,
    /** The publisher was not admitted. */
    REFUSED,
    /** Nothing came in time. */
    TIMEOUT,
    /** A newer connection of the same owner has the path. */
    TAKEN_OVER,
    /** The server is stopping. */
    STOPPING,
    /** A defect of this server. */
    DEFECT;

    /** The form in logs. */
    String tag() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether somebody should look at it. */
    boolean isTrouble() {
      return this == MALFORMED || this == LIMIT;
    }
  }
}

package dev.millrace.media.log;

import dev.millrace.media.StreamPath;

/** What an operator wants to know of a {@link MergedPartSource}. Any thread; must not block. */
public interface SourceEvents {
  /** Tells nobody. */
  SourceEvents NONE = new SourceEvents() {};

  /** The window of a stream was read from a holder, and its log is followed there. */
  default void followed(StreamPath path, PartSource holder) {}

  /** A holder's log is not followed any more; it will be tried again if it still is one. */
  default void lost(StreamPath path, PartSource holder, String reason) {}

  /** A holder's log does not verify: it is left, and tried again later. */
  default void refused(StreamPath path, PartSource holder, String reason) {}

  /** A follower failed or was too far behind, and is told nothing more. */
  default void followerGivenUp(StreamPath path, Throwable why) {}

  /** A holder sent other bytes than the log names; they were thrown away. */
  default void mismatch(StreamPath path, PartSource holder, String file) {}

  /** Nobody had what came next: the window began anew behind a hole. */
  default void restarted(StreamPath path) {}
}

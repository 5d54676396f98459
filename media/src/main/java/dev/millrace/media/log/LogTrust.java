package dev.millrace.media.log;

import dev.millrace.media.StreamPath;

/** How a {@link MergedPartSource} treats the signatures of the logs that it follows. Any thread. */
public interface LogTrust {
  /** Believes every holder, and tells its followers nothing of signatures. */
  LogTrust ALL = (path, holder) -> LogCheck.believing();

  /** What checks a holder that is about to be followed. */
  LogCheck check(StreamPath path, PartSource holder);

  /** Whether followers hear of signers and blocks, which are then verified one by one. */
  default boolean passesOn() {
    return false;
  }
}

package dev.millrace.relay.iptv;

import dev.millrace.media.ts.AccessUnit;
import dev.millrace.media.ts.TsProgram;

/** What a channel's feed hands to its sender, in order. */
sealed interface FeedItem {
  /**
   * What follows is of this program.
   *
   * @param peakBps of its renditions together, as far as the log tells; 0 if it does not yet
   */
  record Program(TsProgram program, long peakBps) implements FeedItem {}

  /** A frame. */
  record Unit(AccessUnit unit) implements FeedItem {}

  /** Pictures are missing here: what follows cannot be decoded up to the next key frame. */
  record Broken() implements FeedItem {}
}

package dev.millrace.transcoder.packager;

import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.util.Collection;

/**
 * The ladder beside one stream, as its packager sees it: it plans what is made of the tracks and
 * takes the feed that workers read. Called on the packager's thread; nothing here may block.
 */
public interface Ladder {
  /** No ladder: the source alone. */
  Ladder NONE =
      new Ladder() {
        @Override
        public LadderPlan plan(TracksChanged tracks, boolean keyFramesFarApart) {
          return LadderPlan.NONE;
        }

        @Override
        public boolean encodes() {
          return false;
        }

        @Override
        public boolean wantsFrames() {
          return false;
        }

        @Override
        public void accept(FeedRecord record) {}

        @Override
        public void adopted(Collection<String> rungs) {}

        @Override
        public void fenced() {}
      };

  /**
   * What is to be made of these tracks.
   *
   * @param keyFramesFarApart whether the source's key frames are further apart than the target
   *     duration
   */
  LadderPlan plan(TracksChanged tracks, boolean keyFramesFarApart);

  /** Whether a worker is at work or will be; false where none is free or it was given up. */
  boolean encodes();

  /** Whether somebody reads the feed now, so that every frame should come at once. */
  boolean wantsFrames();

  /** Takes the next record of the feed. */
  void accept(FeedRecord record);

  /**
   * The presentation that was opened just now has these rungs already, complete up to its first
   * mark: another node's ladder made them until now. They go on, as gaps at least.
   */
  void adopted(Collection<String> rungs);

  /** Another node goes on with the presentation: nothing of it may be written here any more. */
  void fenced();
}

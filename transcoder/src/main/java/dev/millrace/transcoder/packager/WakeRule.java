package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import java.util.function.Predicate;

/**
 * Which frames the packager must see at once, because a part or segment may end with them; all
 * others can wait for one of these. A thread is then woken a few times a second, not for each
 * frame. Immutable; any thread.
 *
 * @param videoDtsUs frames of the main video from this decode time on, and all its key frames
 * @param audioDtsUs audio frames from this time on
 */
record WakeRule(long videoDtsUs, long audioDtsUs) implements Predicate<Frame> {
  /** Every frame but those of further video tracks, which follow the main one. */
  static final WakeRule ALL = new WakeRule(Long.MIN_VALUE, Long.MIN_VALUE);

  @Override
  public boolean test(Frame frame) {
    return frame.type() == MediaType.VIDEO
        ? frame.trackId() == 0 && (frame.key() || frame.dtsUs() >= videoDtsUs)
        : frame.dtsUs() >= audioDtsUs;
  }
}

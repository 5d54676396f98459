package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;

/**
 * Puts the media of a rung into the segments of its {@link RungLog}. All media times are those of
 * the section whose marks were added last.
 */
sealed interface RungMedia permits RungVideo, RungAudio {
  /** The next encoded frame. */
  void frame(Frame frame);

  /** All frames before this media time were given, and all marks before it are in the log. */
  void progress(long mediaUs);

  /** The section is over, all its frames were given: it ends at this wall time. */
  void endSection(long endPdtUs);

  /** What is open goes out; nothing more comes of this encoder. The segment stays open. */
  void stop();

  /** Forgets what is open: the log is not where it was thought to be. */
  void drop();
}

package dev.millrace.server.chaos;

/**
 * Whether a player that finds its place no longer listed was itself too late: nobody has answered
 * it for as long as what came next was listed. Otherwise it is a hole. Times in microseconds; one
 * thread.
 */
final class Lateness {
  /** Segments leave a window whole, and the newest one is listed before it is. */
  private static final long TOLERANCE_US = 8_000_000;

  /** Answers follow each other faster than that where all is well. */
  private static final long PAUSE_US = 1_000_000;

  private long windowUs;
  private long listedForUs;
  private long silentUs;
  private long answeredUs;

  Lateness(long nowUs) {
    this.answeredUs = nowUs;
  }

  /** An edge has answered, whatever it said. */
  void answered(long nowUs) {
    long pauseUs = nowUs - answeredUs;
    silentUs += pauseUs > PAUSE_US ? pauseUs : 0;
    answeredUs = nowUs;
  }

  /** A playlist of this length came. */
  void listed(long lengthUs) {
    windowUs = Math.max(windowUs, lengthUs);
  }

  /** The player has got on, and is this far from the end of the playlist. */
  void gotOn(long behindUs) {
    silentUs = 0;
    listedForUs = windowUs - behindUs;
  }

  /** Whether what comes next may be listed no more, and nobody is to blame. */
  boolean isExcuse() {
    return silentUs + TOLERANCE_US >= Math.max(listedForUs, 2 * TOLERANCE_US);
  }
}

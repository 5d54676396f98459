package dev.millrace.transcoder.packager;

/**
 * A segment border, decided by the track that leads and carried out by all renditions: the same
 * segment number begins here everywhere.
 *
 * @param atUs media time of the section
 * @param discontinuity whether EXT-X-DISCONTINUITY stands here
 * @param anchorUs wall time of media time 0 from here on; counts only with {@code discontinuity}
 */
record Cut(long atUs, boolean discontinuity, long anchorUs) {
  /** A border without a discontinuity. */
  static Cut at(long atUs) {
    return new Cut(atUs, false, 0);
  }
}

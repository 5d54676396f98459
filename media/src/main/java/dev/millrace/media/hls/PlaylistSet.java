package dev.millrace.media.hls;

/** The playlists of a stream that go together: a multivariant playlist names media playlists. */
public enum PlaylistSet {
  /** With parts, for players that are about a second behind. */
  LOW_LATENCY("index.m3u8"),
  /**
   * Whole segments only, for players that share them with each other or keep away from the edge.
   */
  CLASSIC("classic.m3u8");

  private final String file;

  PlaylistSet(String file) {
    this.file = file;
  }

  /** The name of its media playlists, each in the folder of its rendition. */
  public String file() {
    return file;
  }
}

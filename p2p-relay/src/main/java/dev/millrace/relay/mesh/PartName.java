package dev.millrace.relay.mesh;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;

/** Which part of which rendition. Immutable. */
public record PartName(Track of, LogPosition at) {
  /** A rendition of a stream. */
  public record Track(StreamPath path, String rendition) {
    @Override
    public String toString() {
      return path + " " + rendition;
    }
  }

  @Override
  public String toString() {
    return of + " " + at;
  }
}

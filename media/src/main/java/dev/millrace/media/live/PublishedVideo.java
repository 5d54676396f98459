package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.codec.Tracks;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One video track of a publication: as configured last, and as announced to subscribers. One
 * thread.
 */
final class PublishedVideo {
  private final int id;
  private @Nullable VideoCodec codec;
  private Bytes header = Bytes.EMPTY;
  private Track.@Nullable Video configured;
  private Track.@Nullable Video announced;
  private boolean decodable;
  private long lastUs;

  PublishedVideo(int id) {
    this.id = id;
  }

  /** Whether a sequence header says nothing new. */
  boolean isHeader(VideoCodec other, Bytes otherHeader) {
    return other == codec && otherHeader.equals(header);
  }

  /** Takes a sequence header. */
  void configure(VideoCodec newCodec, Bytes newHeader, OptionalDouble metadataFrameRate) {
    replace(newCodec, newHeader, metadataFrameRate);
    codec = newCodec;
    header = newHeader;
  }

  /** Takes the configuration that stands in a key frame; there must be one already. */
  void replace(VideoCodec of, Bytes configuration, OptionalDouble metadataFrameRate) {
    configured =
        of == VideoCodec.AVC
            ? Tracks.avc(id, configuration, metadataFrameRate)
            : Tracks.hevc(id, configuration, metadataFrameRate);
    decodable = false;
  }

  /** The metadata have changed: the track is made anew of its sequence header, if not announced. */
  void describe(OptionalDouble metadataFrameRate) {
    if (announced == null && codec != null) {
      replace(codec, header, metadataFrameRate);
    }
  }

  Track.@Nullable Video configured() {
    return configured;
  }

  Track.@Nullable Video announced() {
    return announced;
  }

  /** Whether it was configured anew and waits for its key frame. */
  boolean isNew() {
    return configured != null && !configured.equals(announced);
  }

  void announce() {
    announced = configured;
  }

  /** Whether a frame can be decoded: it is a key frame, or one of this configuration came. */
  boolean decodes(boolean key) {
    decodable |= key;
    return decodable;
  }

  /** Decode time of its last frame. */
  long lastUs() {
    return lastUs;
  }

  void reached(long dtsUs) {
    lastUs = dtsUs;
  }
}

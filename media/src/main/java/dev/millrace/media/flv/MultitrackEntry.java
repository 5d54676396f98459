package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track.VideoCodec;
import java.util.List;

/**
 * One track's share of a multitrack message (Enhanced RTMP v2). Its payload is read on demand, so
 * that a codec that this server does not know hurts only where it is used.
 *
 * @param trackId the publisher's number of the track; 0 is the one that old players would get
 * @param nanos added to the message's timestamp
 */
public record MultitrackEntry(int trackId, int fourCc, int packetType, int nanos, Bytes payload) {
  /** A track's codec configuration: the body of an avcC or hvcC box. */
  public static MultitrackEntry sequenceStart(int trackId, VideoCodec codec, Bytes configuration) {
    return new MultitrackEntry(
        trackId, FourCc.of(codec).s32(0), ExHeader.SEQUENCE_START, 0, configuration);
  }

  /** One access unit of a track; {@code compositionTimeMs} is 24 bits signed. */
  public static MultitrackEntry codedFrame(
      int trackId, VideoCodec codec, int compositionTimeMs, Bytes data) {
    Bytes composition =
        Bytes.of(compositionTimeMs >> 16, compositionTimeMs >> 8, compositionTimeMs);
    return new MultitrackEntry(
        trackId,
        FourCc.of(codec).s32(0),
        ExHeader.CODED_FRAMES,
        0,
        Bytes.concat(List.of(composition, data)));
  }
}

package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.VideoCodec;
import java.util.List;

/** The body of a video tag or message (FLV §E.4.3; Enhanced RTMP v2, Enhanced Video). Immutable. */
public sealed interface VideoTagBody {
  /** Codec configuration: the body of an avcC or hvcC box. */
  record SequenceStart(VideoCodec codec, Bytes configuration) implements VideoTagBody {}

  /**
   * One access unit.
   *
   * @param keyFlag what the publisher says; the NAL units know better
   * @param compositionTimeMs presentation time minus decode time, signed
   * @param nanos added to the message's timestamp, 0..999999
   * @param data NAL units behind their lengths
   */
  record CodedFrame(VideoCodec codec, boolean keyFlag, int compositionTimeMs, int nanos, Bytes data)
      implements VideoTagBody {}

  /** No frame of this configuration follows. */
  record SequenceEnd() implements VideoTagBody {}

  /** Enhanced RTMP: AMF values about the picture, such as colorInfo. */
  record Metadata(Bytes amf) implements VideoTagBody {}

  /** Several tracks in one message; read each with {@link VideoTagBody#read(MultitrackEntry)}. */
  record Multitrack(List<MultitrackEntry> entries) implements VideoTagBody {}

  /** Nothing to be decoded: an empty message, or a command for seeking players. */
  record Nothing() implements VideoTagBody {}

  /**
   * Reads a body.
   *
   * @throws ProtocolException malformed, or unsupported with the codec's name
   */
  static VideoTagBody read(Bytes body) {
    return VideoTagReader.read(body);
  }

  /**
   * Reads one track's share of a multitrack message.
   *
   * @throws ProtocolException malformed, or unsupported with the codec's name
   */
  static VideoTagBody read(MultitrackEntry entry) {
    return VideoTagReader.entry(entry, false);
  }
}

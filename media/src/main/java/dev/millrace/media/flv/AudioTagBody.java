package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.AudioCodec;
import java.util.List;

/**
 * The body of an audio tag or message (FLV §E.4.2; Enhanced RTMP v2, Enhanced Audio). Immutable.
 */
public sealed interface AudioTagBody {
  /** Codec configuration: the AudioSpecificConfig of AAC. MP3 has none. */
  record SequenceStart(AudioCodec codec, Bytes configuration) implements AudioTagBody {}

  /**
   * Coded audio: one raw AAC access unit, or MP3 frames with their headers.
   *
   * @param nanos added to the message's timestamp, 0..999999
   */
  record CodedFrame(AudioCodec codec, int nanos, Bytes data) implements AudioTagBody {}

  /** No frame of this configuration follows. */
  record SequenceEnd() implements AudioTagBody {}

  /** Several tracks in one message; read each with {@link AudioTagBody#read(MultitrackEntry)}. */
  record Multitrack(List<MultitrackEntry> entries) implements AudioTagBody {}

  /** Nothing to be decoded: an empty message, or the order of channels that the codec tells too. */
  record Nothing() implements AudioTagBody {}

  /**
   * Reads a body.
   *
   * @throws ProtocolException malformed, or unsupported with the codec's name
   */
  static AudioTagBody read(Bytes body) {
    return AudioTagReader.read(body);
  }

  /**
   * Reads one track's share of a multitrack message.
   *
   * @throws ProtocolException malformed, or unsupported with the codec's name
   */
  static AudioTagBody read(MultitrackEntry entry) {
    return AudioTagReader.entry(entry);
  }
}

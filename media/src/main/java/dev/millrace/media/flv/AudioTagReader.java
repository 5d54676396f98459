package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.AudioCodec;

/** Reads {@link AudioTagBody}: legacy (FLV §E.4.2.1) and extended (Enhanced RTMP v2) headers. */
final class AudioTagReader {
  private static final int FORMAT_MP3 = 2;
  private static final int FORMAT_EX_HEADER = 9;
  private static final int FORMAT_AAC = 10;
  private static final int FORMAT_MP3_8_KHZ = 14;

  private static final int MULTICHANNEL_CONFIG = 4;
  private static final int MULTITRACK = 5;

  private static final AudioTagBody NOTHING = new AudioTagBody.Nothing();

  private AudioTagReader() {}

  static AudioTagBody read(Bytes tag) {
    if (tag.isEmpty()) {
      return NOTHING;
    }
    int format = tag.u8(0) >> 4;
    return switch (format) {
      case FORMAT_AAC -> aac(tag);
      // Rate, size and channels of the header are only hints; the MP3 frame header knows.
      case FORMAT_MP3, FORMAT_MP3_8_KHZ ->
          tag.length() == 1
              ? NOTHING
              : new AudioTagBody.CodedFrame(AudioCodec.MP3, 0, tag.slice(1));
      case FORMAT_EX_HEADER -> extended(tag);
      default ->
          throw ProtocolException.unsupported(
              "sound format "
                  + format
                  + legacyName(format)
                  + ", must be 10 (AAC), 2 or 14 (MP3) (FLV §E.4.2.1)");
    };
  }

  private static AudioTagBody aac(Bytes tag) {
    if (tag.length() == 1) {
      return NOTHING;
    }
    int packetType = tag.u8(1);
    return switch (packetType) {
      case 0 -> new AudioTagBody.SequenceStart(AudioCodec.AAC, tag.slice(2));
      case 1 -> new AudioTagBody.CodedFrame(AudioCodec.AAC, 0, tag.slice(2));
      default ->
          throw ProtocolException.malformed(
              "AACPacketType " + packetType + ", must be 0 or 1 (FLV §E.4.2.1)");
    };
  }

  private static AudioTagBody extended(Bytes tag) {
    ExHeader header = ExHeader.read(tag, tag.u8(0) & 0x0F, MULTITRACK);
    return header.multitrack()
        ? new AudioTagBody.Multitrack(header.entries())
        : entry(header.entries().getFirst());
  }

  static AudioTagBody entry(MultitrackEntry entry) {
    AudioCodec codec = FourCc.audio(entry.fourCc());
    return switch (entry.packetType()) {
      case ExHeader.SEQUENCE_START -> new AudioTagBody.SequenceStart(codec, entry.payload());
      case ExHeader.CODED_FRAMES ->
          new AudioTagBody.CodedFrame(codec, entry.nanos(), entry.payload());
      case ExHeader.SEQUENCE_END -> new AudioTagBody.SequenceEnd();
      case MULTICHANNEL_CONFIG -> NOTHING;
      default ->
          throw ProtocolException.unsupported(
              "AudioPacketType " + entry.packetType() + ", must be 0..2 or 4 (Enhanced RTMP v2)");
    };
  }

  private static String legacyName(int format) {
    return switch (format) {
      case 0, 3 -> " (PCM)";
      case 1 -> " (ADPCM)";
      case 4, 5, 6 -> " (Nellymoser)";
      case 7, 8 -> " (G.711)";
      case 11 -> " (Speex)";
      case 15 -> " (device-specific)";
      default -> "";
    };
  }
}

package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.VideoCodec;

/** Reads {@link VideoTagBody}: legacy (FLV §E.4.3.1) and extended (Enhanced RTMP v2) headers. */
final class VideoTagReader {
  private static final int EX_HEADER = 0x80;
  private static final int KEY_FRAME = 1;
  private static final int COMMAND_FRAME = 5;

  private static final int CODED_FRAMES_X = 3;
  private static final int METADATA = 4;
  private static final int MULTITRACK = 6;

  private static final int CODEC_AVC = 7;
  // Not in Adobe's specification; what Chinese CDNs and their encoders agreed on.
  private static final int CODEC_HEVC = 12;

  private static final VideoTagBody NOTHING = new VideoTagBody.Nothing();

  private VideoTagReader() {}

  static VideoTagBody read(Bytes tag) {
    if (tag.isEmpty()) {
      return NOTHING;
    }
    return (tag.u8(0) & EX_HEADER) == 0 ? legacy(tag) : extended(tag);
  }

  private static VideoTagBody legacy(Bytes tag) {
    int frameType = tag.u8(0) >> 4;
    int codecId = tag.u8(0) & 0x0F;
    VideoCodec codec =
        switch (codecId) {
          case CODEC_AVC -> VideoCodec.AVC;
          case CODEC_HEVC -> VideoCodec.HEVC;
          default ->
              throw ProtocolException.unsupported(
                  "video codec id "
                      + codecId
                      + legacyName(codecId)
                      + ", must be 7 (H.264) or 12 (H.265) (FLV §E.4.3.1)");
        };
    if (frameType == COMMAND_FRAME || tag.length() == 1) {
      return NOTHING;
    }
    if (tag.length() < 5) {
      throw ProtocolException.malformed(
          "video header of " + tag.length() + " bytes, needs 5 (FLV §E.4.3.1)");
    }
    Bytes payload = tag.slice(5);
    int packetType = tag.u8(1);
    return switch (packetType) {
      case 0 -> new VideoTagBody.SequenceStart(codec, payload);
      case 1 -> new VideoTagBody.CodedFrame(codec, frameType == KEY_FRAME, tag.s24(2), 0, payload);
      case 2 -> new VideoTagBody.SequenceEnd();
      default ->
          throw ProtocolException.malformed(
              "AVCPacketType " + packetType + ", must be 0..2 (FLV §E.4.3.1)");
    };
  }

  private static VideoTagBody extended(Bytes tag) {
    int frameType = tag.u8(0) >> 4 & 0x07;
    int packetType = tag.u8(0) & 0x0F;
    // "If videoFrameType is not ignored and is set to VideoFrameType.Command, the payload will not
    // contain video data": a command byte stands where the FourCC would.
    if (frameType == COMMAND_FRAME && packetType != METADATA) {
      return NOTHING;
    }
    ExHeader header = ExHeader.read(tag, packetType, MULTITRACK);
    return header.multitrack()
        ? new VideoTagBody.Multitrack(header.entries())
        : entry(header.entries().getFirst(), frameType == KEY_FRAME);
  }

  static VideoTagBody entry(MultitrackEntry entry, boolean keyFlag) {
    VideoCodec codec = FourCc.video(entry.fourCc());
    Bytes payload = entry.payload();
    return switch (entry.packetType()) {
      case ExHeader.SEQUENCE_START -> new VideoTagBody.SequenceStart(codec, payload);
      case ExHeader.CODED_FRAMES -> {
        if (payload.length() < 3) {
          throw ProtocolException.malformed(
              "coded frame of "
                  + payload.length()
                  + " bytes, needs 3 of composition time (Enhanced RTMP v2)");
        }
        yield new VideoTagBody.CodedFrame(
            codec, keyFlag, payload.s24(0), entry.nanos(), payload.slice(3));
      }
      case CODED_FRAMES_X -> new VideoTagBody.CodedFrame(codec, keyFlag, 0, entry.nanos(), payload);
      case ExHeader.SEQUENCE_END -> new VideoTagBody.SequenceEnd();
      case METADATA -> new VideoTagBody.Metadata(payload);
      default ->
          throw ProtocolException.unsupported(
              "VideoPacketType " + entry.packetType() + ", must be 0..4 (Enhanced RTMP v2)");
    };
  }

  private static String legacyName(int codecId) {
    return switch (codecId) {
      case 2 -> " (Sorenson H.263)";
      case 3, 6 -> " (Screen video)";
      case 4, 5 -> " (On2 VP6)";
      default -> "";
    };
  }
}

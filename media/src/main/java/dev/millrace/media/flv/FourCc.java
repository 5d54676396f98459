package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;

/** Codec names of Enhanced RTMP: four ASCII characters, read as one big-endian number. */
final class FourCc {
  private FourCc() {}

  /** The name of a video codec. */
  static Bytes of(VideoCodec codec) {
    return Bytes.utf8(
        switch (codec) {
          case AVC -> "avc1";
          case HEVC -> "hvc1";
          case AV1 -> "av01";
        });
  }

  /** The name of an audio codec. */
  static Bytes of(AudioCodec codec) {
    return Bytes.utf8(
        switch (codec) {
          case AAC -> "mp4a";
          case MP3 -> ".mp3";
        });
  }

  /**
   * The video codec of this name.
   *
   * @throws ProtocolException (unsupported) naming it, if it is none that can be published
   */
  static VideoCodec video(int fourCc) {
    return switch (text(fourCc)) {
      case "avc1" -> VideoCodec.AVC;
      case "hvc1" -> VideoCodec.HEVC;
      default ->
          throw ProtocolException.unsupported(
              "video codec " + quoted(fourCc) + ", must be avc1 or hvc1 (Enhanced RTMP)");
    };
  }

  /**
   * The audio codec of this name.
   *
   * @throws ProtocolException (unsupported) naming it, if it is none that can be published
   */
  static AudioCodec audio(int fourCc) {
    return switch (text(fourCc)) {
      case "mp4a" -> AudioCodec.AAC;
      case ".mp3" -> AudioCodec.MP3;
      default ->
          throw ProtocolException.unsupported(
              "audio codec " + quoted(fourCc) + ", must be mp4a or .mp3 (Enhanced RTMP)");
    };
  }

  /**
   * Printable whatever the peer sent: other characters than ASCII letters and marks become dots.
   */
  private static String quoted(int fourCc) {
    return "'" + text(fourCc).replaceAll("[^ -~]", ".") + "'";
  }

  private static String text(int fourCc) {
    char[] letters = {
      (char) (fourCc >>> 24),
      (char) (fourCc >>> 16 & 0xFF),
      (char) (fourCc >>> 8 & 0xFF),
      (char) (fourCc & 0xFF)
    };
    return new String(letters);
  }
}

package dev.millrace.transcoder.ladder;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import java.util.OptionalDouble;

/** Tracks as publishers send them; the configurations are those of libx264 and libx265. */
final class Sources {
  private static final Bytes AVC =
      Bytes.fromHex(
          "0164000dffe1001a6764000dacd941419f9f0110000003001000000303c0f142996001000668ebe3cb22c0"
              + "fdf8f800");
  private static final Bytes AVC_10_BIT =
      Bytes.fromHex(
          "016e000dffe1001a676e000da6cd941419f9f0110000030001000003003c0f14299601000668ebe3cb22c0"
              + "fdfafa00");
  private static final Bytes AVC_422 =
      Bytes.fromHex(
          "017a000dffe1001a677a000dbcd941419f8dc044000003000400000300f03c50a65801000668ebe3cb22c0"
              + "fef8f800");
  private static final Bytes HEVC =
      Bytes.fromHex(
          "0101600000009000000000003cf000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003"
              + "000003003c959809a10001002b42010101600000030090000003000003003ca00a080b9f79656692"
              + "4caf016808000003000800000300f040a2000100074401c172b46240");
  private static final Bytes HEVC_10_BIT =
      Bytes.fromHex(
          "0102200000009000000000003cf000fcfdfafa00000f03a00001001840010c01ffff02200000030090000003"
              + "000003003c959809a10001002a42010102200000030090000003000003003ca00a080b9f6d965669"
              + "24caf0168080000003008000000f04a2000100074401c172b46240");

  private Sources() {}

  static Track.Video video(int width, int height, double fps) {
    return video(Track.VideoCodec.AVC, AVC, width, height, 1, 1, fps, false);
  }

  static Track.Video unknownRate(int width, int height) {
    return video(width, height, 0);
  }

  static Track.Video anamorphic(int width, int height, int sarWidth, int sarHeight) {
    return video(Track.VideoCodec.AVC, AVC, width, height, sarWidth, sarHeight, 25, false);
  }

  static Track.Video interlaced(int width, int height) {
    return video(Track.VideoCodec.AVC, AVC, width, height, 1, 1, 25, true);
  }

  static Track.Video tenBit() {
    return video(Track.VideoCodec.AVC, AVC_10_BIT, 1920, 1080, 1, 1, 30, false);
  }

  static Track.Video chroma422() {
    return video(Track.VideoCodec.AVC, AVC_422, 1920, 1080, 1, 1, 30, false);
  }

  static Track.Video hevc() {
    return video(Track.VideoCodec.HEVC, HEVC, 1920, 1080, 1, 1, 30, false);
  }

  static Track.Video hevcTenBit() {
    return video(Track.VideoCodec.HEVC, HEVC_10_BIT, 1920, 1080, 1, 1, 30, false);
  }

  static Track.Video trackOne(Track.Video track) {
    return new Track.Video(
        1,
        track.codec(),
        track.codecs(),
        track.configuration(),
        track.width(),
        track.height(),
        track.sarWidth(),
        track.sarHeight(),
        track.frameRate(),
        track.interlaced());
  }

  static Track.Audio aac() {
    return Tracks.aac(0, Bytes.fromHex("1190")); // LC, 48 kHz, stereo
  }

  static Track.Audio aacMono() {
    return Tracks.aac(0, Bytes.fromHex("1188"));
  }

  static Track.Audio aac51() {
    return Tracks.aac(0, Bytes.fromHex("11b0"));
  }

  static Track.Audio heAac() {
    return Tracks.aac(0, Bytes.fromHex("2b920800"));
  }

  static Track.Audio mp3() {
    return Tracks.mp3(0, Bytes.fromHex("fffb9064")); // 128 kbit/s, 44.1 kHz, joint stereo
  }

  private static Track.Video video(
      Track.VideoCodec codec,
      Bytes configuration,
      int width,
      int height,
      int sarWidth,
      int sarHeight,
      double fps,
      boolean interlaced) {
    Track.Video read =
        codec == Track.VideoCodec.AVC
            ? Tracks.avc(0, configuration, OptionalDouble.empty())
            : Tracks.hevc(0, configuration, OptionalDouble.empty());
    return new Track.Video(
        0,
        codec,
        read.codecs(),
        read.configuration(),
        width,
        height,
        sarWidth,
        sarHeight,
        fps == 0 ? OptionalDouble.empty() : OptionalDouble.of(fps),
        interlaced);
  }
}

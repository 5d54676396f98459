package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.InitSegment;
import dev.millrace.media.codec.Av1Configuration;
import dev.millrace.media.codec.Av1Obus;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Turns what video encoders write into the stream's own words: a track from the parameter sets, and
 * frames with length prefixes. Stateless.
 */
final class EncodedVideo {
  private static final int AVC_SPS = 7;
  private static final int AVC_PPS = 8;
  private static final int AVC_AUD = 9;
  private static final int HEVC_VPS = 32;
  private static final int HEVC_SPS = 33;
  private static final int HEVC_PPS = 34;
  private static final int HEVC_AUD = 35;

  private EncodedVideo() {}

  /**
   * The track that the encoder makes.
   *
   * @param extradata of the encoder: in Annex B form, of AV1 open bitstream units
   */
  static Track.Video track(VideoRung.Codec codec, Bytes extradata, double frameRate) {
    OptionalDouble fps = OptionalDouble.of(frameRate);
    return switch (codec) {
      case H264 -> Tracks.avc(0, avcC(AnnexB.units(extradata)), fps);
      case HEVC -> Tracks.hevc(0, hvcC(AnnexB.units(extradata)), fps);
      case AV1 -> Tracks.av1(0, Av1Configuration.of(extradata).write(), fps);
    };
  }

  /** What the playlists say of it. */
  static RenditionDescription description(VideoRung rung, Track.Video track, double frameRate) {
    Bytes init = InitSegment.write(track);
    return new RenditionDescription(
        rung.name(),
        MediaType.VIDEO,
        track.codecs(),
        rung.width(),
        rung.height(),
        (int) Math.round(frameRate * 1000),
        0,
        0,
        rung.bitrateBps(),
        FileName.Init.of(init).toString(),
        init);
  }

  /**
   * One sample. Parameter sets are in the track, except that AV1 asks for them in key frames too;
   * delimiters are not needed in files.
   */
  static Frame frame(VideoRung.Codec codec, VideoEncoder.Encoded encoded) {
    Bytes sample =
        codec == VideoRung.Codec.AV1
            ? Av1Obus.sample(encoded.data())
            : AnnexB.lengthPrefixed(
                AnnexB.units(encoded.data()).stream()
                    .filter(unit -> belongs(unit, codec))
                    .toList());
    return new Frame(
        MediaType.VIDEO, 0, encoded.ptsUs(), encoded.ptsUs(), encoded.key(), sample, 0);
  }

  private static boolean belongs(Bytes unit, VideoRung.Codec codec) {
    int type = type(unit, codec);
    return codec == VideoRung.Codec.H264
        ? type < AVC_SPS || type > AVC_AUD
        : type < HEVC_VPS || type > HEVC_AUD;
  }

  private static List<Bytes> ofType(List<Bytes> units, VideoRung.Codec codec, int type) {
    return units.stream().filter(unit -> type(unit, codec) == type).toList();
  }

  private static int type(Bytes unit, VideoRung.Codec codec) {
    return codec == VideoRung.Codec.H264 ? unit.u8(0) & 0x1F : unit.u8(0) >> 1 & 0x3F;
  }

  private static Bytes avcC(List<Bytes> units) {
    VideoRung.Codec codec = VideoRung.Codec.H264;
    return new AvcDecoderConfiguration(
            4, ofType(units, codec, AVC_SPS), ofType(units, codec, AVC_PPS))
        .write();
  }

  /**
   * HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 §8.3.3.1.2) of 8 bit 4:2:0; {@link
   * Tracks#hevc} puts profile and level of the SPS into it.
   */
  private static Bytes hvcC(List<Bytes> units) {
    List<Bytes> record = new ArrayList<>();
    record.add(Bytes.of(1));
    record.add(Bytes.wrap(new byte[12])); // profile, tier and level
    record.add(Bytes.of(0xF0, 0)); // min_spatial_segmentation_idc
    record.add(Bytes.of(0xFC)); // parallelismType
    record.add(Bytes.of(0xFC | 1)); // chromaFormat 4:2:0
    record.add(Bytes.of(0xF8, 0xF8)); // bit depths 8
    record.add(Bytes.of(0, 0)); // avgFrameRate
    record.add(Bytes.of(1 << 3 | 1 << 2 | 3)); // one temporal layer, nested; four length bytes
    record.add(Bytes.of(3)); // numOfArrays
    for (int type : List.of(HEVC_VPS, HEVC_SPS, HEVC_PPS)) {
      List<Bytes> sets = ofType(units, VideoRung.Codec.HEVC, type);
      record.add(Bytes.of(0x80 | type, sets.size() >> 8, sets.size()));
      for (Bytes set : sets) {
        record.add(Bytes.of(set.length() >> 8, set.length()));
        record.add(set);
      }
    }
    return Bytes.concat(record);
  }
}

package dev.millrace.transcoder.picture;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.AvcSps;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.decode.DeblockerInput;
import org.jcodec.codecs.h264.decode.SliceDecoder;
import org.jcodec.codecs.h264.decode.SliceReader;
import org.jcodec.codecs.h264.decode.deblock.DeblockingFilter;
import org.jcodec.codecs.h264.io.model.Frame;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceHeader;
import org.jcodec.common.IntObjectMap;
import org.jcodec.common.logging.Logger;

/**
 * Decodes one H.264 key frame by itself, on the caller's thread alone.
 *
 * <p>It drives JCodec's slice decoder and deblocking filter directly. JCodec's own {@link
 * H264Decoder} would make a pool of threads for every decoder, run slices there at full priority,
 * and swallow what they throw; and what it reads from damaged slices has no end (see {@link
 * IntraSlices}).
 */
final class KeyFrameDecoder {
  /** 4096x2304, level 5.1: what larger pictures cost is out of proportion to a poster. */
  private static final int MAX_SAMPLES = 4096 * 2304;

  /** A large picture takes half a second cold; many slices, each over the whole picture, hours. */
  private static final long MAX_NANOS = Duration.ofSeconds(3).toNanos();

  private static final List<Integer> PROFILES = List.of(66, 77, 100);

  static {
    // Without a sink JCodec prints its warnings; what is wrong with a picture is thrown as well.
    Logger.addSink(message -> {});
  }

  private final LongSupplier nanoTime;

  KeyFrameDecoder(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * The picture of an IDR access unit as it is to be shown, cropped.
   *
   * @throws UnsupportedPictureException for what JCodec cannot do
   * @throws RuntimeException of any kind if the bits are damaged: JCodec checks little
   */
  YuvPicture decode(Track.Video track, Bytes keyFrame) {
    require(track.codec() == Track.VideoCodec.AVC, "H.265");
    AvcDecoderConfiguration configuration = AvcDecoderConfiguration.read(track.configuration());
    AvcSps sps = AvcSps.read(configuration.sps().getFirst());
    requireSupported(sps);
    List<SliceReader> slices = IntraSlices.read(configuration, sps, keyFrame);
    int samples = sps.codedWidth() * sps.codedHeight();
    byte[][] planes = {new byte[samples], new byte[samples / 4], new byte[samples / 4]};
    decode(slices, planes);
    return YuvPicture.ofSigned(planes[0], planes[1], planes[2], sps);
  }

  private void decode(List<SliceReader> slices, byte[][] planes) {
    long begun = nanoTime.getAsLong();
    SliceHeader first = slices.getFirst().getSliceHeader();
    SeqParameterSet sps = first.sps;
    DeblockerInput forFilter = new DeblockerInput(sps);
    Frame frame =
        H264Decoder.createFrame(
            sps, planes, first.frameNum, first.sliceType, forFilter.mvs, forFilter.refsUsed, 0);
    for (SliceReader slice : slices) {
      if (nanoTime.getAsLong() - begun > MAX_NANOS) {
        throw ProtocolException.limit("key frame of " + slices.size() + " slices takes too long");
      }
      new SliceDecoder(sps, new Frame[0], new IntObjectMap<>(), forFilter, frame)
          .decodeFromReader(slice);
    }
    new DeblockingFilter(sps.picWidthInMbsMinus1 + 1, 8, forFilter).deblockFrame(frame);
  }

  private static void requireSupported(AvcSps sps) {
    require(!sps.interlaced(), "interlaced video");
    require(sps.bitDepthLuma() == 8 && sps.bitDepthChroma() == 8, "more than 8 bits a sample");
    require(sps.chromaFormatIdc() == 1, "other chroma than 4:2:0");
    require(PROFILES.contains(sps.profileIdc()), "H.264 profile " + sps.profileIdc());
    require(sps.codedWidth() * sps.codedHeight() <= MAX_SAMPLES, "pictures beyond 4096x2304");
  }

  private static void require(boolean supported, String feature) {
    if (!supported) {
      throw new UnsupportedPictureException(feature);
    }
  }
}

package dev.millrace.transcoder.picture;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.codec.AvcDecoderConfiguration;
import dev.millrace.media.codec.AvcSps;
import dev.millrace.media.codec.NalUnits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.decode.CAVLCReader;
import org.jcodec.codecs.h264.decode.SliceHeaderReader;
import org.jcodec.codecs.h264.decode.SliceReader;
import org.jcodec.codecs.h264.decode.aso.MapManager;
import org.jcodec.codecs.h264.io.CABAC;
import org.jcodec.codecs.h264.io.CAVLC;
import org.jcodec.codecs.h264.io.model.NALUnit;
import org.jcodec.codecs.h264.io.model.PictureParameterSet;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.codecs.h264.io.model.SliceHeader;
import org.jcodec.codecs.h264.io.model.SliceType;
import org.jcodec.common.IntObjectMap;
import org.jcodec.common.io.BitReader;

/**
 * Opens the slices of a key frame for JCodec, as its {@code FrameReader} does, but checks first
 * what JCodec does not: in damaged slices it would look for pictures to refer to until the end of
 * time, and believe any number in a parameter set. One for each frame.
 */
final class IntraSlices {
  private static final int SLICE_IDR = 5;
  private static final int PPS = 8;
  private static final int MACROBLOCK = 16;

  private final AvcSps ours;
  private final IntObjectMap<SeqParameterSet> spsById = new IntObjectMap<>();
  private final IntObjectMap<PictureParameterSet> ppsById = new IntObjectMap<>();

  private IntraSlices(AvcSps ours) {
    this.ours = ours;
  }

  /**
   * The slices of an IDR access unit; at least one.
   *
   * @throws UnsupportedPictureException for what JCodec cannot do
   * @throws RuntimeException if they are malformed
   */
  static List<SliceReader> read(AvcDecoderConfiguration configuration, AvcSps sps, Bytes keyFrame) {
    IntraSlices slices = new IntraSlices(sps);
    for (Bytes each : configuration.sps()) {
      AvcSps.read(each); // throws for what is out of bounds
      SeqParameterSet set = SeqParameterSet.read(payload(each));
      slices.spsById.put(set.seqParameterSetId, set);
    }
    configuration.pps().forEach(slices::pps);
    List<SliceReader> readers = new ArrayList<>();
    for (Bytes unit : NalUnits.lengthPrefixed(keyFrame, configuration.lengthSize())) {
      // An SPS is the track's: a new one within the frame would have made another track of it.
      switch (unit.u8(0) & 0x1F) {
        case PPS -> slices.pps(unit);
        case SLICE_IDR -> readers.add(slices.slice(unit));
        default -> {}
      }
    }
    if (readers.isEmpty()) {
      throw ProtocolException.malformed("key frame without an IDR slice");
    }
    return readers;
  }

  /** What is behind the header byte of a NAL unit, unescaped; a copy. */
  private static ByteBuffer payload(Bytes unit) {
    ByteBuffer copy = ByteBuffer.wrap(unit.slice(1).toArray());
    H264Utils.unescapeNAL(copy);
    return copy;
  }

  private void pps(Bytes unit) {
    ByteBuffer payload = payload(unit);
    BitReader in = BitReader.createBitReader(payload.duplicate());
    CAVLCReader.readUE(in); // pic_parameter_set_id
    CAVLCReader.readUE(in); // seq_parameter_set_id
    in.readNBit(2); // entropy_coding_mode_flag, bottom_field_pic_order_in_frame_present_flag
    require(CAVLCReader.readUE(in) == 0, "slice groups"); // sized by numbers that nothing bounds
    PictureParameterSet set = PictureParameterSet.read(payload);
    ppsById.put(set.picParameterSetId, set);
  }

  private SliceReader slice(Bytes unit) {
    NALUnit header = NALUnit.read(ByteBuffer.wrap(unit.slice(0, 1).toArray()));
    ByteBuffer data = payload(unit);
    BitReader in = BitReader.createBitReader(data);
    SliceHeader slice = SliceHeaderReader.readPart1(in);
    if (slice.sliceType != SliceType.I) {
      throw ProtocolException.malformed("IDR slice of type " + slice.sliceType);
    }
    PictureParameterSet pps = known(ppsById.get(slice.picParameterSetId), "PPS");
    SeqParameterSet sps = known(spsById.get(pps.seqParameterSetId), "SPS");
    requireSame(sps);
    require(!pps.constrainedIntraPredFlag, "constrained intra prediction");
    slice.pps = pps;
    slice.sps = sps;
    SliceHeaderReader.readPart2(slice, header, sps, pps, in);

    CAVLC[] cavlc = {
      new CAVLC(sps, pps, 2, 2), new CAVLC(sps, pps, 1, 1), new CAVLC(sps, pps, 1, 1)
    };
    CABAC cabac = new CABAC(sps.picWidthInMbsMinus1 + 1);
    BoundedBinDecoder bins = null;
    if (pps.entropyCodingModeFlag) {
      in.terminate();
      int[][] contexts = new int[2][1024];
      int qp = pps.picInitQpMinus26 + 26 + slice.sliceQpDelta;
      cabac.initModels(contexts, slice.sliceType, slice.cabacInitIdc, qp);
      int macroblocks = ours.codedWidth() / MACROBLOCK * (ours.codedHeight() / MACROBLOCK);
      bins = new BoundedBinDecoder(data, contexts, macroblocks);
    }
    return new SliceReader(
        pps, cabac, cavlc, bins, in, new MapManager(sps, pps).getMapper(slice), slice, header);
  }

  private static <T> T known(T set, String what) {
    if (set == null) {
      throw ProtocolException.malformed("slice refers to a " + what + " that is not there");
    }
    return set;
  }

  /** Of several SPS only the first is known to be what the track says. */
  private void requireSame(SeqParameterSet theirs) {
    if ((theirs.picWidthInMbsMinus1 + 1) * MACROBLOCK != ours.codedWidth()
        || SeqParameterSet.getPicHeightInMbs(theirs) * MACROBLOCK != ours.codedHeight()
        || !theirs.frameMbsOnlyFlag) {
      throw ProtocolException.malformed("slice of another picture size than its track");
    }
  }

  private static void require(boolean supported, String feature) {
    if (!supported) {
      throw new UnsupportedPictureException(feature);
    }
  }
}

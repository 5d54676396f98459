package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Writes movie fragments: one MovieFragmentBox and one MediaDataBox, which is a CMAF chunk (ISO/IEC
 * 23000-19 §7.3.2.3). All that a reader needs is in the fragment itself, nothing in trex.
 * Stateless; any thread.
 *
 * <p>This is a hot path: the layout is decided first, in one pass over the samples, so that the
 * output is allocated once at its exact size and each byte is written once.
 */
public final class Fragment {
  private static final int TRACK_ID = 1;

  // tf_flags, ISO/IEC 14496-12 §8.8.7.1
  private static final int DEFAULT_SAMPLE_DURATION_PRESENT = 0x00_0008;
  private static final int DEFAULT_SAMPLE_SIZE_PRESENT = 0x00_0010;
  private static final int DEFAULT_SAMPLE_FLAGS_PRESENT = 0x00_0020;
  private static final int DEFAULT_BASE_IS_MOOF = 0x02_0000;

  // tr_flags, ISO/IEC 14496-12 §8.8.8.1
  private static final int DATA_OFFSET_PRESENT = 0x0001;
  private static final int FIRST_SAMPLE_FLAGS_PRESENT = 0x0004;
  private static final int SAMPLE_DURATION_PRESENT = 0x0100;
  private static final int SAMPLE_SIZE_PRESENT = 0x0200;
  private static final int SAMPLE_FLAGS_PRESENT = 0x0400;
  private static final int SAMPLE_COMPOSITION_TIME_OFFSETS_PRESENT = 0x0800;

  private static final int VERSION_1 = 1 << 24;

  private static final int MFHD = fourCc("mfhd");
  private static final int MOOF = fourCc("moof");
  private static final int TRAF = fourCc("traf");
  private static final int TFHD = fourCc("tfhd");
  private static final int TFDT = fourCc("tfdt");
  private static final int TRUN = fourCc("trun");
  private static final int MDAT = fourCc("mdat");

  private Fragment() {}

  /**
   * Writes one fragment of track 1.
   *
   * @param sequenceNumber mfhd sequence_number; its lowest 32 bits are written
   * @param baseDecodeTime decode time of the first sample, in the track's timescale
   * @param samples at least one, in decode order
   * @throws IllegalArgumentException if there is no sample, or more than 2^30 bytes
   */
  public static Bytes write(long sequenceNumber, long baseDecodeTime, List<Sample> samples) {
    FragmentLayout layout = FragmentLayout.of(samples);
    byte[] array = new byte[layout.totalSize()];
    ByteBuffer out = ByteBuffer.wrap(array);
    // MovieFragmentBox §8.8.4, MovieFragmentHeaderBox §8.8.5, TrackFragmentBox §8.8.6
    out.putInt(layout.moofSize()).putInt(MOOF);
    out.putInt(FragmentLayout.MFHD_SIZE).putInt(MFHD).putInt(0).putInt((int) sequenceNumber);
    out.putInt(layout.trafSize()).putInt(TRAF);
    writeTfhd(out, layout);
    // TrackFragmentBaseMediaDecodeTimeBox §8.8.12, version 1: 64 bits
    out.putInt(FragmentLayout.TFDT_SIZE).putInt(TFDT).putInt(VERSION_1).putLong(baseDecodeTime);
    writeTrun(out, layout, samples);
    // MediaDataBox §8.1.1
    out.putInt(layout.mdatSize()).putInt(MDAT);
    int at = out.position();
    for (Sample sample : samples) {
      Bytes data = sample.data();
      data.copyTo(0, array, at, data.length());
      at += data.length();
    }
    return Bytes.wrap(array);
  }

  /** TrackFragmentHeaderBox §8.8.7. */
  private static void writeTfhd(ByteBuffer out, FragmentLayout layout) {
    int flags = DEFAULT_BASE_IS_MOOF;
    flags |= layout.perSampleDuration() ? 0 : DEFAULT_SAMPLE_DURATION_PRESENT;
    flags |= layout.perSampleSize() ? 0 : DEFAULT_SAMPLE_SIZE_PRESENT;
    flags |= layout.perSampleFlags() ? 0 : DEFAULT_SAMPLE_FLAGS_PRESENT;
    out.putInt(layout.tfhdSize()).putInt(TFHD).putInt(flags).putInt(TRACK_ID);
    if (!layout.perSampleDuration()) {
      out.putInt(layout.defaultDuration());
    }
    if (!layout.perSampleSize()) {
      out.putInt(layout.defaultSize());
    }
    if (!layout.perSampleFlags()) {
      out.putInt(layout.defaultFlags());
    }
  }

  /** TrackRunBox §8.8.8, version 1: composition offsets are signed. */
  private static void writeTrun(ByteBuffer out, FragmentLayout layout, List<Sample> samples) {
    int flags = DATA_OFFSET_PRESENT;
    flags |= layout.firstSampleFlags() ? FIRST_SAMPLE_FLAGS_PRESENT : 0;
    flags |= layout.perSampleDuration() ? SAMPLE_DURATION_PRESENT : 0;
    flags |= layout.perSampleSize() ? SAMPLE_SIZE_PRESENT : 0;
    flags |= layout.perSampleFlags() ? SAMPLE_FLAGS_PRESENT : 0;
    flags |= layout.perSampleCompositionOffset() ? SAMPLE_COMPOSITION_TIME_OFFSETS_PRESENT : 0;
    out.putInt(layout.trunSize()).putInt(TRUN).putInt(VERSION_1 | flags).putInt(layout.count());
    out.putInt(layout.moofSize() + FragmentLayout.BOX_HEADER); // data_offset, from the moof
    if (layout.firstSampleFlags()) {
      out.putInt(FragmentLayout.flags(samples.getFirst()));
    }
    for (Sample sample : samples) {
      if (layout.perSampleDuration()) {
        out.putInt(sample.duration());
      }
      if (layout.perSampleSize()) {
        out.putInt(sample.data().length());
      }
      if (layout.perSampleFlags()) {
        out.putInt(FragmentLayout.flags(sample));
      }
      if (layout.perSampleCompositionOffset()) {
        out.putInt(sample.compositionOffset());
      }
    }
  }

  private static int fourCc(String type) {
    return Bytes.utf8(type).s32(0);
  }
}

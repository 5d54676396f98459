package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads movie fragments of one track (ISO/IEC 14496-12 §8.8): what {@link Fragment} writes, and
 * what other writers make of CMAF chunks. Stateless; any thread.
 */
public final class FragmentReader {
  // tf_flags, §8.8.7.1
  private static final int BASE_DATA_OFFSET_PRESENT = 0x01;
  private static final int SAMPLE_DESCRIPTION_INDEX_PRESENT = 0x02;
  private static final int DEFAULT_DURATION_PRESENT = 0x08;
  private static final int DEFAULT_SIZE_PRESENT = 0x10;
  private static final int DEFAULT_FLAGS_PRESENT = 0x20;

  // tr_flags, §8.8.8.1
  private static final int DATA_OFFSET_PRESENT = 0x01;
  private static final int FIRST_FLAGS_PRESENT = 0x04;
  private static final int DURATION_PRESENT = 0x100;
  private static final int SIZE_PRESENT = 0x200;
  private static final int FLAGS_PRESENT = 0x400;
  private static final int OFFSET_PRESENT = 0x800;

  /** sample_is_non_sync_sample, §8.8.3.1. */
  private static final int NON_SYNC = 0x01_0000;

  /** Far more than any part has; a run without tables could tell billions. */
  private static final int MAX_SAMPLES = 100_000;

  private FragmentReader() {}

  /**
   * A sample where it stands on the track's timeline.
   *
   * @param decodeTime in the track's timescale
   */
  public record ReadSample(long decodeTime, Sample sample) {}

  /**
   * The samples of one or more fragments, in their order; their data are slices.
   *
   * @throws ProtocolException if a box is malformed, tells more data than there is, or refers to
   *     data outside of its fragment
   */
  public static List<ReadSample> read(Bytes fragments, InitSection init) {
    List<ReadSample> samples = new ArrayList<>();
    BoxReader in = new BoxReader(fragments);
    for (Optional<BoxReader.Box> box = in.next(); box.isPresent(); box = in.next()) {
      if (box.get().is("moof")) {
        Bytes traf = BoxReader.require(box.get().content(), "traf");
        new Run(fragments, box.get().offset(), init, samples).track(traf);
      }
    }
    return samples;
  }

  /** Reads one track fragment. */
  private static final class Run {
    private final Bytes fragments;
    private final int moofOffset;
    private final List<ReadSample> samples;
    private int duration;
    private int size;
    private int flags;
    private long time;
    private long dataAt = -1;

    Run(Bytes fragments, int moofOffset, InitSection init, List<ReadSample> samples) {
      this.fragments = fragments;
      this.moofOffset = moofOffset;
      this.samples = samples;
      this.duration = init.defaultDuration();
      this.size = init.defaultSize();
      this.flags = init.defaultFlags();
    }

    void track(Bytes traf) {
      header(new Fields(BoxReader.require(traf, "tfhd"), "tfhd"));
      Fields tfdt = new Fields(BoxReader.require(traf, "tfdt"), "tfdt");
      time = tfdt.version() == 1 ? tfdt.s64() : tfdt.s32() & 0xFFFF_FFFFL;
      BoxReader in = new BoxReader(traf);
      for (Optional<BoxReader.Box> box = in.next(); box.isPresent(); box = in.next()) {
        if (box.get().is("trun")) {
          run(new Fields(box.get().content(), "trun"));
        }
      }
    }

    private void header(Fields tfhd) {
      tfhd.s32(); // track_ID
      if (tfhd.has(BASE_DATA_OFFSET_PRESENT)) {
        throw ProtocolException.unsupported("tfhd with base_data_offset in a fragment by itself");
      }
      if (tfhd.has(SAMPLE_DESCRIPTION_INDEX_PRESENT)) {
        tfhd.s32();
      }
      duration = tfhd.has(DEFAULT_DURATION_PRESENT) ? tfhd.s32() : duration;
      size = tfhd.has(DEFAULT_SIZE_PRESENT) ? tfhd.s32() : size;
      flags = tfhd.has(DEFAULT_FLAGS_PRESENT) ? tfhd.s32() : flags;
    }

    private void run(Fields trun) {
      int count = trun.s32();
      if (count < 0 || count > MAX_SAMPLES) {
        throw ProtocolException.limit("trun of " + count + " samples, at most " + MAX_SAMPLES);
      }
      if (trun.has(DATA_OFFSET_PRESENT)) {
        dataAt = moofOffset + (long) trun.s32();
      }
      int firstFlags = trun.has(FIRST_FLAGS_PRESENT) ? trun.s32() : flags;
      for (int i = 0; i < count; i++) {
        int itsDuration = trun.has(DURATION_PRESENT) ? trun.s32() : duration;
        int itsSize = trun.has(SIZE_PRESENT) ? trun.s32() : size;
        int otherwise = i == 0 ? firstFlags : flags;
        int itsFlags = trun.has(FLAGS_PRESENT) ? trun.s32() : otherwise;
        int offset = trun.has(OFFSET_PRESENT) ? trun.s32() : 0;
        if (itsDuration < 0 || itsSize < 0 || dataAt < 0 || itsSize > fragments.length() - dataAt) {
          throw ProtocolException.malformed(
              "sample of " + itsSize + " bytes at offset " + dataAt + " (§8.8.8)");
        }
        Bytes data = fragments.slice((int) dataAt, itsSize);
        samples.add(
            new ReadSample(
                time, new Sample(itsDuration, offset, (itsFlags & NON_SYNC) == 0, data)));
        time += itsDuration;
        dataAt += itsSize;
      }
    }
  }

  /** The fields of a FullBox, one after the other. */
  private static final class Fields {
    private final Bytes content;
    private final String box;
    private int at = 4;

    Fields(Bytes content, String box) {
      this.content = content;
      this.box = box;
      if (content.length() < at) {
        throw cutOff();
      }
    }

    int version() {
      return content.u8(0);
    }

    boolean has(int flag) {
      return (content.u24(1) & flag) != 0;
    }

    int s32() {
      require(4);
      at += 4;
      return content.s32(at - 4);
    }

    long s64() {
      require(8);
      at += 8;
      return content.s64(at - 8);
    }

    private void require(int bytes) {
      if (content.length() - at < bytes) {
        throw cutOff();
      }
    }

    private ProtocolException cutOff() {
      return ProtocolException.malformed(
          "box " + box + " of " + content.length() + " bytes ends too early");
    }
  }
}

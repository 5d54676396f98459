package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Reads fragments back, independently of the writer; expects one track fragment each. */
final class FragmentReader {
  private FragmentReader() {}

  record ReadSample(long decodeTime, int duration, int compositionOffset, boolean sync, int size) {
    long presentationTime() {
      return decodeTime + compositionOffset;
    }
  }

  record ReadFragment(long sequenceNumber, long baseDecodeTime, List<ReadSample> samples) {
    long duration() {
      return samples.stream().mapToLong(ReadSample::duration).sum();
    }

    long end() {
      return baseDecodeTime + duration();
    }
  }

  static ReadFragment read(Bytes data) {
    Bytes moof = child(data, "moof");
    Bytes mdat = child(data, "mdat");
    Bytes traf = child(moof, "traf");
    Bytes tfhd = child(traf, "tfhd");
    int flags = tfhd.u24(1);
    int at = 8;
    int duration = 0;
    int size = 0;
    long sampleFlags = 0;
    if ((flags & 0x08) != 0) {
      duration = tfhd.s32(at);
      at += 4;
    }
    if ((flags & 0x10) != 0) {
      size = tfhd.s32(at);
      at += 4;
    }
    if ((flags & 0x20) != 0) {
      sampleFlags = tfhd.u32(at);
    }
    long base = child(traf, "tfdt").s64(4);
    List<ReadSample> samples = new ArrayList<>();
    if (has(traf, "trun")) {
      samples = samples(child(traf, "trun"), base, duration, size, sampleFlags);
    }
    int total = samples.stream().mapToInt(ReadSample::size).sum();
    if (total != mdat.length()) {
      throw new IllegalStateException("samples of " + total + " bytes in " + mdat.length());
    }
    return new ReadFragment(child(moof, "mfhd").u32(4), base, samples);
  }

  private static List<ReadSample> samples(
      Bytes trun, long base, int defaultDuration, int defaultSize, long defaultFlags) {
    int flags = trun.u24(1);
    int count = trun.s32(4);
    int at = 8 + ((flags & 1) != 0 ? 4 : 0);
    long firstFlags = defaultFlags;
    if ((flags & 4) != 0) {
      firstFlags = trun.u32(at);
      at += 4;
    }
    List<ReadSample> samples = new ArrayList<>();
    long time = base;
    for (int i = 0; i < count; i++) {
      int duration = defaultDuration;
      int size = defaultSize;
      long sampleFlags = i == 0 ? firstFlags : defaultFlags;
      int offset = 0;
      if ((flags & 0x100) != 0) {
        duration = trun.s32(at);
        at += 4;
      }
      if ((flags & 0x200) != 0) {
        size = trun.s32(at);
        at += 4;
      }
      if ((flags & 0x400) != 0) {
        sampleFlags = trun.u32(at);
        at += 4;
      }
      if ((flags & 0x800) != 0) {
        offset = trun.s32(at);
        at += 4;
      }
      samples.add(new ReadSample(time, duration, offset, (sampleFlags & 0x10000) == 0, size));
      time += duration;
    }
    return samples;
  }

  private static boolean has(Bytes boxes, String type) {
    for (int at = 0; at < boxes.length(); at += boxes.s32(at)) {
      if (boxes.slice(at + 4, 4).utf8().equals(type)) {
        return true;
      }
    }
    return false;
  }

  /** The body of the first box of this type. */
  private static Bytes child(Bytes boxes, String type) {
    for (int at = 0; at < boxes.length(); at += boxes.s32(at)) {
      if (boxes.slice(at + 4, 4).utf8().equals(type)) {
        return boxes.slice(at + 8, boxes.s32(at) - 8);
      }
    }
    throw new IllegalStateException("no box " + type);
  }
}

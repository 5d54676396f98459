package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A box walker that knows nothing of the writers: header of 8 bytes, content, nothing stray. */
final class Boxes {
  private static final List<String> CONTAINERS =
      List.of("moov", "trak", "mdia", "minf", "dinf", "stbl", "mvex", "moof", "traf");

  private Boxes() {}

  /** The content of every box by its path, for example {@code moov/trak/tkhd}; in file order. */
  static Map<String, Bytes> walk(Bytes file) {
    Map<String, Bytes> found = new LinkedHashMap<>();
    walk("", file, found);
    return found;
  }

  /** The types and contents of a run of boxes. */
  static Map<String, Bytes> children(Bytes content) {
    Map<String, Bytes> found = new LinkedHashMap<>();
    int at = 0;
    while (at < content.length()) {
      int size = content.s32(at);
      if (size < 8 || size > content.length() - at) {
        throw new AssertionError("box size " + size + " at " + at + " of " + content.length());
      }
      String type = content.slice(at + 4, 4).utf8();
      if (found.put(type, content.slice(at + 8, size - 8)) != null) {
        throw new AssertionError("two boxes " + type);
      }
      at += size;
    }
    return found;
  }

  private static void walk(String path, Bytes content, Map<String, Bytes> found) {
    children(content)
        .forEach(
            (type, inner) -> {
              found.put(path + type, inner);
              if (CONTAINERS.contains(type)) {
                walk(path + type + "/", inner, found);
              }
            });
  }

  /** The samples of a fragment, read the way ISO/IEC 14496-12 §8.8.7 and §8.8.8 tell. */
  static List<ReadSample> samples(Bytes fragment) {
    Map<String, Bytes> boxes = walk(fragment);
    Bytes tfhd = required(boxes, "moof/traf/tfhd");
    int tfFlags = tfhd.u24(1);
    int at = 8;
    int duration = 0;
    int size = 0;
    int flags = 0;
    if ((tfFlags & 0x08) != 0) {
      duration = tfhd.s32(at);
      at += 4;
    }
    if ((tfFlags & 0x10) != 0) {
      size = tfhd.s32(at);
      at += 4;
    }
    if ((tfFlags & 0x20) != 0) {
      flags = tfhd.s32(at);
    }
    Bytes trun = required(boxes, "moof/traf/trun");
    int trFlags = trun.u24(1);
    int count = trun.s32(4);
    int offset = trun.s32(8);
    at = 12;
    int firstFlags = flags;
    if ((trFlags & 0x04) != 0) {
      firstFlags = trun.s32(at);
      at += 4;
    }
    long time = required(boxes, "moof/traf/tfdt").s64(4);
    List<ReadSample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] own = {duration, size, i == 0 ? firstFlags : flags, 0};
      for (int field = 0; field < 4; field++) {
        if ((trFlags & 0x100 << field) != 0) {
          own[field] = trun.s32(at);
          at += 4;
        }
      }
      samples.add(new ReadSample(time, own[0], own[3], own[2], fragment.slice(offset, own[1])));
      time += own[0];
      offset += own[1];
    }
    if (at != trun.length() || offset != fragment.length()) {
      throw new AssertionError("trun or mdat not used up: " + at + ", " + offset);
    }
    return samples;
  }

  static Bytes required(Map<String, Bytes> boxes, String path) {
    Bytes box = boxes.get(path);
    if (box == null) {
      throw new AssertionError("no " + path + " in " + boxes.keySet());
    }
    return box;
  }

  record ReadSample(long decodeTime, int duration, int compositionOffset, int flags, Bytes data) {}
}

package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.Optional;

/**
 * Goes through a run of boxes (ISO/IEC 14496-12 §4.2). Sizes are checked before anything is read of
 * a box.
 */
final class BoxReader {
  private static final int HEADER = 8;
  private static final int LARGE_HEADER = 16;

  private final Bytes boxes;
  private int at;

  BoxReader(Bytes boxes) {
    this.boxes = boxes;
  }

  /**
   * A box.
   *
   * @param offset of its header in the run
   * @param content behind the header
   */
  record Box(int type, int offset, Bytes content) {
    boolean is(String name) {
      return type == fourCc(name);
    }
  }

  /**
   * The next box; empty at the end.
   *
   * @throws ProtocolException if its size is not that of a box that fits here
   */
  Optional<Box> next() {
    int left = boxes.length() - at;
    if (left == 0) {
      return Optional.empty();
    }
    if (left < HEADER) {
      throw malformed(left);
    }
    long size = boxes.u32(at);
    int header = HEADER;
    if (size == 1 && left >= LARGE_HEADER) {
      size = boxes.s64(at + HEADER);
      header = LARGE_HEADER;
    } else if (size == 0) {
      size = left; // to the end
    }
    if (size < header || size > left) {
      throw malformed(size);
    }
    Box box = new Box(boxes.s32(at + 4), at, boxes.slice(at + header, (int) size - header));
    at += (int) size;
    return Optional.of(box);
  }

  /** The content of the first box of this type. */
  static Optional<Bytes> find(Bytes boxes, String type) {
    BoxReader in = new BoxReader(boxes);
    for (Optional<Box> box = in.next(); box.isPresent(); box = in.next()) {
      if (box.get().is(type)) {
        return Optional.of(box.get().content());
      }
    }
    return Optional.empty();
  }

  /**
   * The content of a box by its path, for example {@code moov/trak/mdia}.
   *
   * @throws ProtocolException if it is missing
   */
  static Bytes require(Bytes boxes, String path) {
    Bytes content = boxes;
    for (String type : path.split("/", -1)) {
      content =
          find(content, type)
              .orElseThrow(() -> ProtocolException.malformed("no box " + type + " of " + path));
    }
    return content;
  }

  static int fourCc(String type) {
    return Bytes.utf8(type).s32(0);
  }

  private ProtocolException malformed(long size) {
    return ProtocolException.malformed(
        "box of "
            + size
            + " bytes at offset "
            + at
            + " of "
            + boxes.length()
            + " (ISO/IEC 14496-12 §4.2)");
  }
}

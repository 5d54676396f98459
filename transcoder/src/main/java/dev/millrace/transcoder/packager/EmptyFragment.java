package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A movie fragment without samples: what stands in a part during which the frame before it is still
 * shown. ISO/IEC 14496-12 8.8.6 allows a track fragment without track runs.
 */
final class EmptyFragment {
  private static final int MFHD = 16;
  private static final int TFHD = 16;
  private static final int TFDT = 20;
  private static final int TRAF = 8 + TFHD + TFDT;
  private static final int MOOF = 8 + MFHD + TRAF;
  private static final int DEFAULT_BASE_IS_MOOF = 0x02_0000;

  private EmptyFragment() {}

  static Bytes write(long sequenceNumber, long baseDecodeTime) {
    ByteBuffer out = ByteBuffer.allocate(MOOF + 8);
    box(out, MOOF, "moof");
    box(out, MFHD, "mfhd").putInt(0).putInt((int) sequenceNumber);
    box(out, TRAF, "traf");
    box(out, TFHD, "tfhd").putInt(DEFAULT_BASE_IS_MOOF).putInt(1);
    box(out, TFDT, "tfdt").putInt(1 << 24).putLong(baseDecodeTime);
    box(out, 8, "mdat");
    return Bytes.wrap(out.array());
  }

  private static ByteBuffer box(ByteBuffer out, int size, String type) {
    return out.putInt(size).put(type.getBytes(StandardCharsets.US_ASCII));
  }
}

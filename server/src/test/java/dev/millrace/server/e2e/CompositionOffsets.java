package dev.millrace.server.e2e;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The composition offsets of video fragments. libavformat shows all pictures of a file with
 * negative ones later, by the largest of them (dts_shift in its mov.c); players do not (ISO/IEC
 * 14496-12 §8.6.1.1).
 */
final class CompositionOffsets {
  private static final Set<String> CONTAINERS = Set.of("moof", "traf");
  private static final int OFFSETS_PRESENT = 0x800;
  private static final int TIMESCALE = 90_000;

  private CompositionOffsets() {}

  /** The smallest in a file of fragments, in microseconds; 0 if none is negative. */
  static long smallestUs(byte[] file) {
    return smallest(ByteBuffer.wrap(file)) * 1_000_000L / TIMESCALE;
  }

  private static int smallest(ByteBuffer in) {
    int smallest = 0;
    while (in.remaining() >= 8) {
      int start = in.position();
      int length = in.getInt();
      byte[] type = new byte[4];
      in.get(type);
      String name = new String(type, StandardCharsets.US_ASCII);
      ByteBuffer body = in.slice(in.position(), length - 8);
      if (CONTAINERS.contains(name)) {
        smallest = Math.min(smallest, smallest(body));
      } else if (name.equals("trun")) {
        smallest = Math.min(smallest, smallestOfRun(body));
      }
      in.position(start + length);
    }
    return smallest;
  }

  /** TrackRunBox (ISO/IEC 14496-12 §8.8.8). */
  private static int smallestOfRun(ByteBuffer run) {
    int versionAndFlags = run.getInt();
    int samples = run.getInt();
    if ((versionAndFlags & OFFSETS_PRESENT) == 0 || versionAndFlags >>> 24 == 0) {
      return 0;
    }
    int beforeSamples = 4 * Integer.bitCount(versionAndFlags & 0x5);
    int fields = Integer.bitCount(versionAndFlags & 0xF00);
    int smallest = 0;
    for (int i = 0; i < samples; i++) {
      // The offset is the last field of a sample.
      int at = run.position() + beforeSamples + 4 * (fields * i + fields - 1);
      smallest = Math.min(smallest, run.getInt(at));
    }
    return smallest;
  }
}

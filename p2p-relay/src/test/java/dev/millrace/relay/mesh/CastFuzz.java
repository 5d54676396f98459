package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/**
 * For a fuzzer: whatever comes in a datagram, sealed by a member of the site or not, is a frame or
 * refused as malformed; and what was read is written as it came.
 */
public final class CastFuzz {
  private static final SiteKey KEY = FrameExamples.KEY;

  private CastFuzz() {}

  public static void fuzzerTestOneInput(byte[] datagram) {
    Bytes bare = Bytes.wrap(datagram);
    take(bare);
    take(Bytes.concat(List.of(bare, KEY.trailer(bare))));
  }

  private static void take(Bytes datagram) {
    try {
      Frame.Cast frame = FrameReader.readCast(datagram, id -> id == KEY.id() ? KEY : null);
      // What fills a PROBE up is passed over.
      boolean kept = !(frame instanceof Frame.Probe);
      if (kept && !FrameWriter.write(frame, KEY).equals(datagram)) {
        throw new AssertionError(frame + " is not written as it came");
      }
    } catch (ProtocolException refused) {
      // It says what is wrong.
    }
  }
}

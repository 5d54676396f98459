package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * For a fuzzer: whatever comes over a connection is frames, or refused as malformed; and what was
 * read is written as it came.
 */
public final class FrameFuzz {
  private FrameFuzz() {}

  public static void fuzzerTestOneInput(byte[] stream) {
    List<Frame.Linked> frames = new ArrayList<>();
    try {
      new FrameCutter(frames::add).read(ByteBuffer.wrap(stream));
    } catch (ProtocolException refused) {
      // It says what is wrong.
    }
    Bytes whole = Bytes.wrap(stream);
    int at = 0;
    for (Frame.Linked frame : frames) {
      Bytes written = FrameWriter.write(frame);
      if (!written.equals(whole.slice(at, written.length()))) {
        throw new AssertionError(frame + " is not written as it came");
      }
      at += written.length();
    }
  }
}

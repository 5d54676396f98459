package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Cuts what comes over a connection, in pieces of any size, into frames. Keeps one frame at a time,
 * and makes room for it only after its head was checked. Single-threaded.
 */
public final class FrameCutter {
  private final Consumer<Frame.Linked> frames;
  private byte[] frame = new byte[FrameType.HEAD_BYTES];
  private int filled;

  /** Tells the consumer of frames within {@link #read}. */
  public FrameCutter(Consumer<Frame.Linked> frames) {
    this.frames = frames;
  }

  /**
   * Reads all of a piece.
   *
   * @throws ProtocolException (malformed) if it is no frame; the connection is of no use then
   */
  public void read(ByteBuffer piece) {
    while (piece.hasRemaining()) {
      int more = Math.min(piece.remaining(), frame.length - filled);
      piece.get(frame, filled, more);
      filled += more;
      if (filled < frame.length) {
        return;
      }
      if (frame.length == FrameType.HEAD_BYTES) {
        Bytes head = Bytes.wrap(frame);
        FrameReader.head(head);
        frame = Arrays.copyOf(frame, FrameType.HEAD_BYTES + (int) head.u32(8));
      }
      if (filled == frame.length) {
        Bytes whole = Bytes.wrap(frame);
        frame = new byte[FrameType.HEAD_BYTES];
        filled = 0;
        frames.accept(FrameReader.read(whole));
      }
    }
  }
}

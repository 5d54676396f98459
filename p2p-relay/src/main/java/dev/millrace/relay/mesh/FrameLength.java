package dev.millrace.relay.mesh;

import java.util.List;

/**
 * How long frames are, bytes, with head and trailer: what {@link FrameWriter} makes room for, and
 * what queues are counted in. Stateless.
 */
final class FrameLength {
  private static final int POSITION = 20;
  private static final int CAST = FrameType.HEAD_BYTES + FrameType.TRAILER_BYTES;

  private FrameLength() {}

  /** Of any frame, also of one that is out of bounds and cannot be written. */
  static int of(Frame frame) {
    return switch (frame) {
      case Frame.Linked linked -> FrameType.HEAD_BYTES + payload(linked);
      case Frame.Cast cast -> CAST + payload(cast);
    };
  }

  /** Of an OBJECT with so many leaves. */
  static int ofHead(int leaves) {
    return FrameType.HEAD_BYTES + POSITION + 6 + 32 * leaves;
  }

  /** Of a CHUNK with so many bytes. */
  static int ofChunk(int bytes) {
    return FrameType.HEAD_BYTES + POSITION + 2 + bytes;
  }

  private static int payload(Frame.Linked frame) {
    return switch (frame) {
      case Frame.Hello it -> 7 + it.id().length() + text(it.site());
      case Frame.Welcome it -> 9 + it.id().length() + text(it.text());
      case Frame.Ping it -> 8;
      case Frame.Pong it -> 13;
      case Frame.Bye it -> 1 + text(it.text());
      case Frame.Subscribe it -> 9 + text(it.app()) + text(it.name()) + text(it.rendition());
      case Frame.Unsubscribe it -> 0;
      case Frame.Head it -> ofHead(it.leaves().size()) - FrameType.HEAD_BYTES;
      case Frame.Chunk it -> ofChunk(it.data().length()) - FrameType.HEAD_BYTES;
      case Frame.Have it -> POSITION + 2 + it.bitmap().length();
      case Frame.Want it -> POSITION + 2 + ranges(it.ranges());
      case Frame.Refuse it -> POSITION + 3;
      case Frame.Cancel it -> POSITION + ranges(it.ranges());
    };
  }

  private static int payload(Frame.Cast frame) {
    return switch (frame) {
      case Frame.Symbol it -> 20 + POSITION + it.data().length();
      case Frame.Nack it -> 9 + POSITION + it.id().length();
      case Frame.Beacon it -> 15 + it.id().length() + tracks(it.tracks());
      case Frame.Probe it -> 5 + it.fillBytes();
    };
  }

  private static int tracks(List<Frame.Track> tracks) {
    return tracks.stream()
        .mapToInt(it -> 2 + text(it.app()) + text(it.name()) + text(it.rendition()))
        .sum();
  }

  private static int text(String text) {
    return 1 + text.length();
  }

  private static int ranges(List<Frame.Range> ranges) {
    return 1 + 4 * ranges.size();
  }
}

package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads one whole frame (docs/reference/relay-protocol.md, section 5). Strict: every field is
 * checked, and nothing may stand behind the last. Stateless; {@link FrameCutter} cuts a
 * connection's bytes into frames.
 */
public final class FrameReader {
  private final FrameType type;
  private final int flags;
  private final int track;
  private final FieldReader in;

  private FrameReader(FrameType type, int flags, int track, FieldReader in) {
    this.type = type;
    this.flags = flags;
    this.track = track;
    this.in = in;
  }

  /**
   * Reads a frame of a connection.
   *
   * @throws ProtocolException (malformed) if it is none
   */
  static Frame.Linked read(Bytes frame) {
    FrameReader reader = begin(frame, 0);
    if (reader.type.isCast()) {
      throw ProtocolException.malformed(reader.type + " on a connection");
    }
    Frame.Linked read = reader.linked();
    reader.in.end();
    return read;
  }

  /**
   * Reads a datagram.
   *
   * @param keys of the site by their ids; null for one that is not valid
   * @throws ProtocolException (malformed) if it is none, or not sealed by a member of the site
   */
  public static Frame.Cast readCast(Bytes datagram, IntFunction<@Nullable SiteKey> keys) {
    FrameReader reader = begin(datagram, FrameType.TRAILER_BYTES);
    if (!reader.type.isCast()) {
      throw ProtocolException.malformed(reader.type + " in a datagram");
    }
    SiteKey key = keys.apply(datagram.u16(datagram.length() - FrameType.TRAILER_BYTES));
    if (key == null) {
      throw ProtocolException.malformed("a datagram is sealed with a key that is not valid");
    }
    key.check(datagram);
    Frame.Cast read = reader.cast();
    reader.in.end();
    return read;
  }

  /**
   * The type in a head, whose length is checked.
   *
   * @throws ProtocolException (malformed) if it is no head
   */
  static FrameType head(Bytes head) {
    if (head.u16(0) != FrameType.MAGIC) {
      throw ProtocolException.malformed("no frame begins with %04x".formatted(head.u16(0)));
    }
    if (head.u8(2) != FrameType.VERSION) {
      throw ProtocolException.malformed("frame of version " + head.u8(2));
    }
    FrameType type = FrameType.of(head.u8(3));
    type.checkLength(head.u32(8));
    return type;
  }

  private static FrameReader begin(Bytes frame, int trailer) {
    if (frame.length() < FrameType.HEAD_BYTES + trailer) {
      throw ProtocolException.malformed("a frame of " + frame.length() + " bytes");
    }
    FrameType type = head(frame);
    if (frame.u32(8) != frame.length() - FrameType.HEAD_BYTES) {
      throw ProtocolException.malformed(
          "%s tells %d bytes and has %d"
              .formatted(type, frame.u32(8), frame.length() - FrameType.HEAD_BYTES));
    }
    int flags = frame.u8(4);
    int most = type == FrameType.CHUNK ? FrameWriter.FLAG_REPAIR : 0;
    Bounds.check(type, flags <= most && frame.u8(5) == 0, "no such flags");
    int end = frame.length() - FrameType.HEAD_BYTES - trailer;
    return new FrameReader(
        type, flags, frame.u16(6), new FieldReader(type, frame.slice(FrameType.HEAD_BYTES, end)));
  }

  private Frame.Linked linked() {
    return switch (type) {
      case HELLO -> hello();
      case WELCOME -> {
        noTrack();
        yield new Frame.Welcome(
            in.constant(Frame.Verdict.values()), in.bytes(16), in.u64(), in.text(0, 255));
      }
      case PING -> {
        noTrack();
        yield new Frame.Ping(in.u64());
      }
      case PONG -> {
        noTrack();
        yield new Frame.Pong(in.u64(), in.u16(), in.u8(0, 100), in.u16());
      }
      case BYE -> {
        noTrack();
        yield new Frame.Bye(in.constant(Frame.Leaving.values()), in.text(0, 255));
      }
      case SUBSCRIBE -> subscribe();
      case UNSUBSCRIBE -> new Frame.Unsubscribe(track());
      case OBJECT -> object();
      case CHUNK -> {
        LogPosition at = in.position();
        int index = in.u16(0, FrameType.MAX_CHUNKS - 1);
        yield new Frame.Chunk(track(), at, index, flags == FrameWriter.FLAG_REPAIR, in.rest());
      }
      case HAVE -> have();
      case WANT -> new Frame.Want(track(), in.position(), in.u16(1, 3000), in.ranges(1));
      case REFUSE ->
          new Frame.Refuse(track(), in.position(), in.constant(Frame.Refusal.values()), in.u16());
      case CANCEL -> new Frame.Cancel(track(), in.position(), in.ranges(0));
      case SYMBOL, NACK, BEACON, PROBE -> throw new IllegalStateException("of datagrams");
    };
  }

  private Frame.Hello hello() {
    noTrack();
    int bindings = in.u8(1, 3);
    Bounds.check(type, (bindings & 1) == 1, "binding T");
    return new Frame.Hello(
        bindings == 3, in.u32(1, 0xFFFF_FFFFL), in.u16(), in.bytes(16), in.name(64));
  }

  private Frame.Subscribe subscribe() {
    return new Frame.Subscribe(
        track(),
        in.name(128),
        in.name(128),
        in.name(128),
        in.u8(0, StripeTrees.ALL | Frame.MULTICAST),
        in.number());
  }

  private Frame.Head object() {
    LogPosition at = in.position();
    int size = (int) in.u32(1, (long) FrameType.MAX_CHUNKS * FrameType.CHUNK_BYTES);
    int chunks = in.u16(1, FrameType.MAX_CHUNKS);
    Bounds.check(
        type, chunks == Math.ceilDiv(size, FrameType.CHUNK_BYTES), "a leaf for each chunk");
    List<Bytes> leaves = new ArrayList<>(chunks);
    for (int i = 0; i < chunks; i++) {
      leaves.add(in.bytes(32));
    }
    return new Frame.Head(track(), at, size, leaves);
  }

  private Frame.Have have() {
    LogPosition at = in.position();
    int chunks = in.u16(1, FrameType.MAX_CHUNKS);
    Bytes bitmap = in.bytes(Math.ceilDiv(chunks, 8));
    int unused = 8 * bitmap.length() - chunks;
    Bounds.check(
        type, (bitmap.u8(bitmap.length() - 1) & (1 << unused) - 1) == 0, "bits of chunks only");
    return new Frame.Have(track(), at, chunks, bitmap);
  }

  private Frame.Cast cast() {
    return switch (type) {
      case SYMBOL -> symbol();
      case NACK ->
          new Frame.Nack(
              track(),
              in.u32(),
              in.position(),
              in.u8(0, 255),
              in.u8(1, ReedSolomon.MAX_SOURCE),
              in.u8(0, 255),
              in.u16(),
              in.bytes(16));
      case BEACON -> beacon();
      case PROBE -> {
        noTrack();
        yield new Frame.Probe(in.u32(), in.u8(0, 49), in.rest().length());
      }
      default -> throw new IllegalStateException("of connections");
    };
  }

  private Frame.Symbol symbol() {
    long session = in.u32();
    long sequence = in.u32();
    LogPosition at = in.position();
    int size = (int) in.u32(1, (long) FrameType.MAX_CHUNKS * FrameType.CHUNK_BYTES);
    int block = in.u8(0, 255);
    int blocks = in.u8(1, 255);
    int k = in.u8(1, ReedSolomon.MAX_SOURCE);
    int index = in.u8(0, k + ReedSolomon.MAX_PARITY - 1);
    int symbolBytes = in.u16(16, 1312);
    int pace = in.u16();
    Bounds.check(type, block < blocks, "a block below their count");
    return new Frame.Symbol(
        track(), session, sequence, at, size, block, blocks, k, index, pace, in.bytes(symbolBytes));
  }

  private Frame.Beacon beacon() {
    noTrack();
    long session = in.u32();
    long sequence = in.u32();
    Bytes id = in.bytes(16);
    int pace = in.u16();
    int listeners = in.u16();
    int port = in.u16();
    int count = in.u8(0, 16);
    List<Frame.Track> tracks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      tracks.add(new Frame.Track(in.u16(1, 0xFFFF), in.name(128), in.name(128), in.name(128)));
    }
    return new Frame.Beacon(session, sequence, id, pace, listeners, port, tracks);
  }

  private int track() {
    return (int) Bounds.check(type, track, 1, 0xFFFF);
  }

  private void noTrack() {
    Bounds.check(type, track, 0, 0);
  }

  /** Whether a text may be part of a name. */
  static boolean isName(String text) {
    return StreamPath.isValidSegment(text);
  }
}

package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Frames as bytes (docs/reference/relay-protocol.md, section 5). What it writes {@link FrameReader}
 * reads: it refuses values out of bounds with {@code ProtocolException}, before they are sent.
 * Stateless.
 */
public final class FrameWriter {
  static final int FLAG_REPAIR = 1;
  private static final int MAX_FRAME = FrameType.HEAD_BYTES + 26 + 32 * FrameType.MAX_CHUNKS;

  private final ByteBuffer out = ByteBuffer.allocate(MAX_FRAME);
  private final FrameType type;

  private FrameWriter(FrameType type) {
    this.type = type;
    out.position(FrameType.HEAD_BYTES);
  }

  /**
   * A frame of a connection, as its bytes.
   *
   * @throws dev.millrace.media.ProtocolException (malformed) if a field is out of its bounds
   */
  public static Bytes write(Frame.Linked frame) {
    Bytes bytes = linked(frame);
    FrameReader.read(bytes);
    return bytes;
  }

  /** A datagram, with the trailer of this key. */
  static Bytes write(Frame.Cast frame, SiteKey key) {
    Bytes bytes = cast(frame, key);
    FrameReader.readCast(bytes, id -> key);
    return bytes;
  }

  private static Bytes linked(Frame.Linked frame) {
    return switch (frame) {
      case Frame.Hello it ->
          of(FrameType.HELLO)
              .u8(it.multicast() ? 3 : 1)
              .u32(it.uplinkKbit())
              .u16(it.udpPort())
              .raw(it.id())
              .text(it.site())
              .done(0, 0);
      case Frame.Welcome it ->
          of(FrameType.WELCOME)
              .u8(it.verdict().code())
              .raw(it.id())
              .u64(it.clockMs())
              .text(it.text())
              .done(0, 0);
      case Frame.Ping it -> of(FrameType.PING).u64(it.token()).done(0, 0);
      case Frame.Pong it ->
          of(FrameType.PONG)
              .u64(it.token())
              .u16(it.queueMs())
              .u8(it.busyPercent())
              .u16(it.streams())
              .done(0, 0);
      case Frame.Bye it -> of(FrameType.BYE).u8(it.reason().code()).text(it.text()).done(0, 0);
      case Frame.Subscribe it ->
          of(FrameType.SUBSCRIBE)
              .text(it.app())
              .text(it.name())
              .text(it.rendition())
              .u8(it.stripes())
              .u64(it.fromMsn())
              .done(0, it.track());
      case Frame.Unsubscribe it -> of(FrameType.UNSUBSCRIBE).done(0, it.track());
      case Frame.Head it -> {
        FrameWriter out = of(FrameType.OBJECT).at(it.at()).u32(it.sizeBytes());
        out.u16(it.leaves().size());
        it.leaves().forEach(out::raw);
        yield out.done(0, it.track());
      }
      case Frame.Chunk it ->
          of(FrameType.CHUNK)
              .at(it.at())
              .u16(it.index())
              .raw(it.data())
              .done(it.repair() ? FLAG_REPAIR : 0, it.track());
      case Frame.Have it ->
          of(FrameType.HAVE).at(it.at()).u16(it.chunks()).raw(it.bitmap()).done(0, it.track());
      case Frame.Want it ->
          of(FrameType.WANT).at(it.at()).u16(it.leftMs()).ranges(it.ranges()).done(0, it.track());
      case Frame.Refuse it ->
          of(FrameType.REFUSE)
              .at(it.at())
              .u8(it.reason().code())
              .u16(it.retryMs())
              .done(0, it.track());
      case Frame.Cancel it ->
          of(FrameType.CANCEL).at(it.at()).ranges(it.ranges()).done(0, it.track());
    };
  }

  private static Bytes cast(Frame.Cast frame, SiteKey key) {
    return switch (frame) {
      case Frame.Symbol it ->
          of(FrameType.SYMBOL)
              .u32(it.session())
              .u32(it.sequence())
              .at(it.at())
              .u32(it.sizeBytes())
              .u8(it.block())
              .u8(it.blocks())
              .u8(it.k())
              .u8(it.index())
              .u16(it.data().length())
              .u16(it.paceMbit())
              .raw(it.data())
              .sealed(key, it.track());
      case Frame.Nack it ->
          of(FrameType.NACK)
              .u32(it.session())
              .at(it.at())
              .u8(it.block())
              .u8(it.missing())
              .u8(it.highest())
              .u16(it.roundTripMs())
              .raw(it.id())
              .sealed(key, it.track());
      case Frame.Beacon it -> {
        FrameWriter out = of(FrameType.BEACON).u32(it.session()).u32(it.sequence());
        out.raw(it.id()).u16(it.paceMbit()).u16(it.listeners()).u16(it.udpPort());
        out.u8(it.tracks().size());
        for (Frame.Track track : it.tracks()) {
          out.u16(track.number()).text(track.app()).text(track.name()).text(track.rendition());
        }
        yield out.sealed(key, 0);
      }
      case Frame.Probe it ->
          of(FrameType.PROBE)
              .u32(it.session())
              .u8(it.index())
              .raw(Bytes.wrap(new byte[it.fillBytes()]))
              .sealed(key, 0);
    };
  }

  private static FrameWriter of(FrameType type) {
    return new FrameWriter(type);
  }

  private FrameWriter u8(long value) {
    out.put((byte) Bounds.check(type, value, 0, 0xFF));
    return this;
  }

  private FrameWriter u16(long value) {
    out.putShort((short) Bounds.check(type, value, 0, 0xFFFF));
    return this;
  }

  private FrameWriter u32(long value) {
    out.putInt((int) Bounds.check(type, value, 0, 0xFFFF_FFFFL));
    return this;
  }

  private FrameWriter u64(long value) {
    out.putLong(value);
    return this;
  }

  private FrameWriter at(LogPosition at) {
    return u64(at.epoch()).u64(at.msn()).u32(at.part());
  }

  private FrameWriter text(String text) {
    return u8(text.length()).raw(ascii(text));
  }

  private static Bytes ascii(String text) {
    return Bytes.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private FrameWriter ranges(List<Frame.Range> ranges) {
    u8(ranges.size());
    ranges.forEach(range -> u16(range.first()).u16(range.count()));
    return this;
  }

  private FrameWriter raw(Bytes bytes) {
    Bounds.check(type, bytes.length(), 0, out.remaining());
    out.put(bytes.asByteBuffer());
    return this;
  }

  private Bytes done(int flags, int track) {
    return head(flags, track, out.position() - FrameType.HEAD_BYTES);
  }

  private Bytes sealed(SiteKey key, int track) {
    int end = out.position();
    head(0, track, end - FrameType.HEAD_BYTES + FrameType.TRAILER_BYTES);
    out.position(end);
    raw(key.trailer(Bytes.wrap(out.array(), 0, end)));
    return Bytes.wrap(out.array(), 0, out.position());
  }

  private Bytes head(int flags, int track, int length) {
    int end = out.position();
    Bounds.check(type, track, 0, 0xFFFF);
    out.putShort(0, (short) FrameType.MAGIC)
        .put(2, (byte) FrameType.VERSION)
        .put(3, (byte) type.code())
        .put(4, (byte) flags)
        .put(5, (byte) 0)
        .putShort(6, (short) track)
        .putInt(8, length);
    return Bytes.wrap(Arrays.copyOf(out.array(), end));
  }
}

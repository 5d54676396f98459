package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Frames as bytes (docs/reference/relay-protocol.md, section 5). What it writes {@link FrameReader}
 * reads: it refuses values out of bounds with {@code ProtocolException}, before they are sent.
 * Stateless.
 */
public final class FrameWriter {
  static final int FLAG_REPAIR = 1;

  private final ByteBuffer out;
  private final FrameType type;

  private FrameWriter(FrameType type, int length) {
    this.type = type;
    this.out = ByteBuffer.allocate(length).position(FrameType.HEAD_BYTES);
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

  /**
   * A datagram, with the trailer of this key.
   *
   * @throws dev.millrace.media.ProtocolException (malformed) if a field is out of its bounds
   */
  public static Bytes write(Frame.Cast frame, SiteKey key) {
    Bytes bytes = cast(frame, key);
    FrameReader.readCast(bytes, id -> key);
    return bytes;
  }

  private static Bytes linked(Frame.Linked frame) {
    return switch (frame) {
      case Frame.Hello it ->
          of(FrameType.HELLO, it)
              .u8(it.multicast() ? 3 : 1)
              .u32(it.uplinkKbit())
              .u16(it.udpPort())
              .raw(it.id())
              .text(it.site())
              .done(0, 0);
      case Frame.Welcome it ->
          of(FrameType.WELCOME, it)
              .u8(it.verdict().code())
              .raw(it.id())
              .u64(it.clockMs())
              .text(it.text())
              .done(0, 0);
      case Frame.Ping it -> of(FrameType.PING, it).u64(it.token()).done(0, 0);
      case Frame.Pong it ->
          of(FrameType.PONG, it)
              .u64(it.token())
              .u16(it.queueMs())
              .u8(it.busyPercent())
              .u16(it.streams())
              .done(0, 0);
      case Frame.Bye it -> of(FrameType.BYE, it).u8(it.reason().code()).text(it.text()).done(0, 0);
      case Frame.Subscribe it ->
          of(FrameType.SUBSCRIBE, it)
              .text(it.app())
              .text(it.name())
              .text(it.rendition())
              .u8(it.stripes())
              .u64(it.fromMsn())
              .done(0, it.track());
      case Frame.Unsubscribe it -> of(FrameType.UNSUBSCRIBE, it).done(0, it.track());
      case Frame.Head it -> {
        FrameWriter out = of(FrameType.OBJECT, it).at(it.at()).u32(it.sizeBytes());
        out.u16(it.leaves().size());
        it.leaves().forEach(out::raw);
        yield out.done(0, it.track());
      }
      case Frame.Chunk it ->
          of(FrameType.CHUNK, it)
              .at(it.at())
              .u16(it.index())
              .raw(it.data())
              .done(it.repair() ? FLAG_REPAIR : 0, it.track());
      case Frame.Have it ->
          of(FrameType.HAVE, it).at(it.at()).u16(it.chunks()).raw(it.bitmap()).done(0, it.track());
      case Frame.Want it ->
          of(FrameType.WANT, it)
              .at(it.at())
              .u16(it.leftMs())
              .ranges(it.ranges())
              .done(0, it.track());
      case Frame.Refuse it ->
          of(FrameType.REFUSE, it)
              .at(it.at())
              .u8(it.reason().code())
              .u16(it.retryMs())
              .done(0, it.track());
      case Frame.Cancel it ->
          of(FrameType.CANCEL, it).at(it.at()).ranges(it.ranges()).done(0, it.track());
    };
  }

  private static Bytes cast(Frame.Cast frame, SiteKey key) {
    return switch (frame) {
      case Frame.Symbol it ->
          of(FrameType.SYMBOL, it)
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
          of(FrameType.NACK, it)
              .u32(it.session())
              .at(it.at())
              .u8(it.block())
              .u8(it.missing())
              .u8(it.highest())
              .u16(it.roundTripMs())
              .raw(it.id())
              .sealed(key, it.track());
      case Frame.Beacon it -> {
        FrameWriter out = of(FrameType.BEACON, it).u32(it.session()).u32(it.sequence());
        out.raw(it.id()).u16(it.paceMbit()).u16(it.listeners()).u16(it.udpPort());
        out.u8(it.tracks().size());
        for (Frame.Track track : it.tracks()) {
          out.u16(track.number()).text(track.app()).text(track.name()).text(track.rendition());
        }
        yield out.sealed(key, 0);
      }
      case Frame.Probe it ->
          of(FrameType.PROBE, it)
              .u32(it.session())
              .u8(it.index())
              .raw(Bytes.wrap(new byte[it.fillBytes()]))
              .sealed(key, 0);
    };
  }

  /** With room for the frame, and no more. */
  private static FrameWriter of(FrameType type, Frame frame) {
    return new FrameWriter(type, FrameLength.of(frame));
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

  /** A byte for each character, as room was made for it. */
  private static Bytes ascii(String text) {
    byte[] ascii = new byte[text.length()];
    for (int i = 0; i < ascii.length; i++) {
      char character = text.charAt(i);
      ascii[i] = (byte) (character < 0x80 ? character : '?');
    }
    return Bytes.wrap(ascii);
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
    head(flags, track);
    return whole();
  }

  private Bytes sealed(SiteKey key, int track) {
    head(0, track);
    raw(key.trailer(Bytes.wrap(out.array(), 0, out.position())));
    return whole();
  }

  private void head(int flags, int track) {
    Bounds.check(type, track, 0, 0xFFFF);
    out.putShort(0, (short) FrameType.MAGIC)
        .put(2, (byte) FrameType.VERSION)
        .put(3, (byte) type.code())
        .put(4, (byte) flags)
        .put(5, (byte) 0)
        .putShort(6, (short) track)
        .putInt(8, out.capacity() - FrameType.HEAD_BYTES);
  }

  private Bytes whole() {
    Bounds.check(type, !out.hasRemaining(), "leaves of 32 bytes");
    return Bytes.wrap(out.array());
  }
}

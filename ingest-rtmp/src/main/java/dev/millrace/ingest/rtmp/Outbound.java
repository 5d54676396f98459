package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one side of a connection says: messages are collected in one buffer and leave at {@link
 * #flush}, so that a burst of answers is one write. Event loop.
 */
final class Outbound {
  private final Channel channel;
  private final ChunkEncoder encoder = new ChunkEncoder();
  private @Nullable ByteBuf pending;

  Outbound(Channel channel) {
    this.channel = channel;
  }

  /** Bytes outside of the chunk stream: the handshake. */
  void raw(Bytes bytes) {
    pending(bytes.length()).writeBytes(bytes.asByteBuffer());
  }

  /** A message of the connection itself, on message stream 0. */
  void send(RtmpMessage message) {
    send(message, 0);
  }

  /** A message of a message stream. */
  void send(RtmpMessage message, int messageStreamId) {
    ChunkMessage written = RtmpMessageWriter.write(message, messageStreamId);
    encoder.write(written, pending(encoder.encodedBytes(written.payload().length())));
    if (message instanceof RtmpMessage.SetChunkSize(int chunkSize)) {
      encoder.setChunkSize(chunkSize);
    }
  }

  /** §7.2.1.2: the answer to a call; a call with transaction 0 wants none. */
  void result(RtmpMessage.Command call, Amf0Value... values) {
    answer(call, "_result", values);
  }

  /** The refusal of a call. */
  void error(RtmpMessage.Command call, String code, String description) {
    answer(call, "_error", Amf0Value.NULL, info("error", code, description));
  }

  /** §7.2.2: how a message stream fares. */
  void onStatus(int messageStreamId, String level, String code, String description) {
    send(
        new RtmpMessage.Command(
            messageStreamId,
            "onStatus",
            0,
            List.of(Amf0Value.NULL, info(level, code, description))));
  }

  /**
   * Enhanced RTMP v2, "Reconnect Request": on message stream 0.
   *
   * @param tcUrl where to; empty for the same address
   */
  void reconnectRequest(Optional<URI> tcUrl, String description) {
    Map<String, Amf0Value> properties =
        new LinkedHashMap<>(
            info("status", EnhancedRtmp.RECONNECT_REQUEST, description).properties());
    tcUrl.ifPresent(url -> properties.put("tcUrl", new Amf0Value.Str(url.toString())));
    send(
        new RtmpMessage.Command(
            0, "onStatus", 0, List.of(Amf0Value.NULL, new Amf0Value.Obj(properties))));
  }

  /** The object that tells how something went. */
  static Amf0Value.Obj info(String level, String code, String description) {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("level", new Amf0Value.Str(level));
    properties.put("code", new Amf0Value.Str(code));
    properties.put("description", new Amf0Value.Str(description));
    return new Amf0Value.Obj(properties);
  }

  /** How many bytes wait for {@link #flush}. */
  int pendingBytes() {
    return pending == null ? 0 : pending.readableBytes();
  }

  /** Sends what was collected, if anything. */
  void flush() {
    ByteBuf full = pending;
    if (full != null) {
      pending = null;
      channel.writeAndFlush(full, channel.voidPromise());
    }
  }

  /** Sends what was collected, and tells when it has left. */
  ChannelFuture flushLast() {
    ByteBuf full = pending;
    pending = null;
    return channel.writeAndFlush(full == null ? Unpooled.EMPTY_BUFFER : full);
  }

  /** Drops what was not sent. */
  void close() {
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  private void answer(RtmpMessage.Command call, String name, Amf0Value... values) {
    if (call.transactionId() != 0) {
      send(
          new RtmpMessage.Command(
              call.messageStreamId(), name, call.transactionId(), List.of(values)));
    }
  }

  private ByteBuf pending(int more) {
    ByteBuf buffer = pending;
    if (buffer == null) {
      buffer = channel.alloc().buffer(Math.max(512, more));
      pending = buffer;
    }
    return buffer;
  }
}

package dev.millrace.edge;

import dev.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The bytes of one part, segment or initialization section outside the heap, shared by the cache
 * and all responses that send them. Counted: the cache holds one count, each response one until its
 * last byte has left, and the memory is given back with the last count. Any thread.
 */
final class MediaBytes {
  /*
   * Why counted memory and not plain direct buffers left to the garbage collector: media lives for
   * about a minute, so its buffers grow old, and a node that only moves media makes too little heap
   * garbage to have old buffers collected; memory then grows to -XX:MaxDirectMemorySize and stops
   * everybody for a System.gc(). Vert.x wraps what it is given as unreleasable, so that the count is
   * ours alone: a response keeps one from tryRetain() until its write future completes, which it
   * does on success, on a closed connection and on a reset HTTP/2 stream alike.
   *
   * Why one unpooled allocation each: parts are kept for long and in no order, which fragments the
   * chunks of a pool, and there are only some tens a second.
   */
  private final List<ByteBuf> buffers;
  private final List<MediaBytes> parts;
  private final int length;
  private final AtomicInteger count = new AtomicInteger(1);

  private MediaBytes(List<ByteBuf> buffers, List<MediaBytes> parts, int length) {
    this.buffers = buffers;
    this.parts = parts;
    this.length = length;
  }

  /** Copies the bytes; gives the caller the first count. */
  static MediaBytes copyOf(Bytes bytes) {
    ByteBuf memory = UnpooledByteBufAllocator.DEFAULT.directBuffer(bytes.length(), bytes.length());
    memory.writeBytes(bytes.asByteBuffer());
    return new MediaBytes(List.of(memory), List.of(), bytes.length());
  }

  /** A whole made of parts without copying; takes one count of each, gives the first of its own. */
  static MediaBytes join(List<MediaBytes> parts) {
    List<ByteBuf> buffers = parts.stream().flatMap(part -> part.buffers.stream()).toList();
    return new MediaBytes(
        buffers, List.copyOf(parts), parts.stream().mapToInt(MediaBytes::length).sum());
  }

  int length() {
    return length;
  }

  /** SHA-256 of all the bytes, 64 hexadecimal digits; the caller has a count. */
  String sha256() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      buffers.forEach(buffer -> digest.update(buffer.nioBuffer()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A copy on the heap. Borrows: the caller has a count. */
  Bytes copy() {
    byte[] copy = new byte[length];
    int at = 0;
    for (ByteBuf buffer : buffers) {
      buffer.getBytes(buffer.readerIndex(), copy, at, buffer.readableBytes());
      at += buffer.readableBytes();
    }
    return Bytes.wrap(copy);
  }

  /** Adds a count, unless the memory is already gone. */
  boolean tryRetain() {
    int seen = count.get();
    while (seen > 0) {
      if (count.compareAndSet(seen, seen + 1)) {
        return true;
      }
      seen = count.get();
    }
    return false;
  }

  /** Takes a count away; with the last one the memory is given back. */
  void release() {
    int left = count.decrementAndGet();
    if (left < 0) {
      throw new IllegalStateException("released more often than retained");
    }
    if (left == 0) {
      if (parts.isEmpty()) {
        buffers.forEach(ByteBuf::release);
      } else {
        parts.forEach(MediaBytes::release);
      }
    }
  }

  /**
   * Ends the response with {@code size} bytes from {@code from}. The response's headers, the exact
   * Content-Length among them, must be set. Borrows: the caller's count must last until the
   * returned future completes.
   */
  Future<Void> endResponse(HttpServerResponse response, int from, int size) {
    int skip = from;
    int left = size;
    for (ByteBuf buffer : buffers) {
      int here = Math.min(left, buffer.readableBytes() - skip);
      if (here <= 0) {
        skip -= buffer.readableBytes();
        continue;
      }
      BufferInternal piece = BufferInternal.buffer(buffer.slice(skip, here));
      left -= here;
      skip = 0;
      if (left == 0) {
        return response.end(piece);
      }
      response.write(piece);
    }
    return response.end();
  }
}

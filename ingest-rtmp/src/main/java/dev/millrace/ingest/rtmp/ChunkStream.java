package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * What a receiver remembers of one chunk stream (§5.3.1.2): the header that later chunks inherit
 * and the message that is being put together. Event loop.
 */
final class ChunkStream {
  /** Longer messages get their memory as they arrive, so that a false length costs nothing. */
  private static final int TRUSTED_LENGTH = 256 * 1024;

  private static final byte[] NONE = {};

  final int id;
  int timestamp;

  /** The timestamp field or, where it was extended, the four bytes: absolute after fmt 0. */
  int timestampField;

  boolean extended;
  int messageLength;
  int messageTypeId;
  int messageStreamId;

  private byte[] payload = NONE;
  private int received;
  private boolean inMessage;

  ChunkStream(int id) {
    this.id = id;
  }

  boolean inMessage() {
    return inMessage;
  }

  int remaining() {
    return messageLength - received;
  }

  /** The memory held by the message in progress. */
  int heldBytes() {
    return payload.length;
  }

  void begin() {
    inMessage = true;
    received = 0;
    payload = messageLength == 0 ? NONE : new byte[Math.min(messageLength, TRUSTED_LENGTH)];
  }

  /**
   * Copies {@code count} bytes, at most {@link #remaining()}; borrows the buffer.
   *
   * @return by how much the memory held has grown
   */
  int receive(ByteBuf in, int count) {
    int grown = reserve(count);
    in.readBytes(payload, received, count);
    received += count;
    return grown;
  }

  /** As above, for bytes that were taken for something else before. */
  int receive(byte[] bytes, int count) {
    int grown = reserve(count);
    System.arraycopy(bytes, 0, payload, received, count);
    received += count;
    return grown;
  }

  /** Gives the finished message and forgets it. */
  ChunkMessage complete() {
    Bytes whole = Bytes.wrap(payload, 0, received);
    discard();
    return new ChunkMessage(id, timestamp, messageTypeId, messageStreamId, whole);
  }

  void discard() {
    inMessage = false;
    received = 0;
    payload = NONE;
  }

  private int reserve(int count) {
    int needed = received + count;
    int held = payload.length;
    if (needed <= held) {
      return 0;
    }
    payload = Arrays.copyOf(payload, (int) Math.min(messageLength, Math.max(needed, held * 2L)));
    return payload.length - held;
  }
}

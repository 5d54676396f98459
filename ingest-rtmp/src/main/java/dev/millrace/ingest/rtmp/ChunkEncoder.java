package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages as a chunk stream, the mirror of {@link ChunkDecoder}, with the shortest headers
 * that say it: fmt 0 for the first message and after a step back in time, fmt 1 with the delta, fmt
 * 2 where length and type repeat, fmt 3 where the delta repeats too. Event loop.
 */
final class ChunkEncoder {
  private static final int EXTENDED = 0xFFFFFF;

  /** Basic header, message header, extended timestamp at their longest. */
  private static final int MAX_HEADER = 3 + 11 + 4;

  /** The last message on a chunk stream, and whether its delta is one (not after fmt 0). */
  private record Last(ChunkMessage message, int delta, boolean hasDelta) {}

  private final IntObjectHashMap<Last> lasts = new IntObjectHashMap<>();
  private int chunkSize = ChunkDecoder.INITIAL_CHUNK_SIZE;

  /** From the next message on; the caller tells the peer. */
  void setChunkSize(int size) {
    chunkSize = size;
  }

  /** How many bytes a payload of this length takes at most. */
  int encodedBytes(int payloadLength) {
    int chunks = payloadLength / chunkSize + 1;
    return payloadLength + MAX_HEADER + chunks * 7;
  }

  /** Appends the message to the buffer, which is borrowed and grows as needed. */
  void write(ChunkMessage message, ByteBuf out) {
    Bytes payload = message.payload();
    int id = message.chunkStreamId();
    Last last = lasts.get(id);
    int fmt = fmt(last, message);
    int delta = last == null ? 0 : message.timestamp() - last.message().timestamp();
    int timestampField = fmt == 0 ? message.timestamp() : delta;
    boolean extended = Integer.compareUnsigned(timestampField, EXTENDED) >= 0;
    out.ensureWritable(encodedBytes(payload.length()));
    basicHeader(fmt, id, out);
    if (fmt < 3) {
      out.writeMedium(extended ? EXTENDED : timestampField);
    }
    if (fmt < 2) {
      out.writeMedium(payload.length());
      out.writeByte(message.messageTypeId());
    }
    if (fmt == 0) {
      out.writeIntLE(message.messageStreamId());
    }
    if (extended) {
      out.writeInt(timestampField);
    }
    payload(payload, id, extended ? timestampField : 0, extended, out);
    lasts.put(id, new Last(message, delta, fmt != 0));
  }

  private void payload(Bytes payload, int id, int timestamp, boolean extended, ByteBuf out) {
    ByteBuffer rest = payload.asByteBuffer();
    int end = rest.limit();
    int at = Math.min(chunkSize, end);
    out.writeBytes(rest.limit(at));
    while (at < end) {
      basicHeader(3, id, out);
      if (extended) {
        // §5.3.1.3: also on type 3 chunks.
        out.writeInt(timestamp);
      }
      at = Math.min(at + chunkSize, end);
      out.writeBytes(rest.limit(at));
    }
  }

  private static int fmt(@Nullable Last last, ChunkMessage message) {
    if (last == null
        || last.message().messageStreamId() != message.messageStreamId()
        || message.timestamp() - last.message().timestamp() < 0) {
      return 0;
    }
    if (last.message().payload().length() != message.payload().length()
        || last.message().messageTypeId() != message.messageTypeId()) {
      return 1;
    }
    int delta = message.timestamp() - last.message().timestamp();
    boolean repeats = last.hasDelta() && last.delta() == delta && delta < EXTENDED;
    return repeats ? 3 : 2;
  }

  private static void basicHeader(int fmt, int id, ByteBuf out) {
    if (id < 64) {
      out.writeByte(fmt << 6 | id);
    } else if (id < 64 + 256) {
      out.writeByte(fmt << 6);
      out.writeByte(id - 64);
    } else {
      out.writeByte(fmt << 6 | 1);
      out.writeShortLE(id - 64);
    }
  }
}

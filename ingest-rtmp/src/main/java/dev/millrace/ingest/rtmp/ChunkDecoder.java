package dev.millrace.ingest.rtmp;

import dev.millrace.media.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.util.collection.IntObjectHashMap;
import java.util.function.Consumer;

/**
 * Reads the chunk stream (§5.3) and gives whole messages. A framer: takes fragments of any size,
 * and copies each payload byte once, from the network's buffer into the message. Event loop.
 *
 * <p>States: BASIC_HEADER → (BASIC_HEADER_REST) → MESSAGE_HEADER → (EXTENDED_TIMESTAMP) → PAYLOAD →
 * BASIC_HEADER; parts in parentheses only where the chunk has them.
 */
final class ChunkDecoder {
  /** §5.4.1. */
  static final int INITIAL_CHUNK_SIZE = 128;

  private static final int EXTENDED = 0xFFFFFF;
  private static final int[] MESSAGE_HEADER_LENGTH = {11, 7, 3, 0};

  private enum State {
    BASIC_HEADER,
    BASIC_HEADER_REST,
    MESSAGE_HEADER,
    EXTENDED_TIMESTAMP,
    PAYLOAD
  }

  private final RtmpLimits limits;
  private final Consumer<ChunkMessage> sink;
  private final IntObjectHashMap<ChunkStream> chunkStreams = new IntObjectHashMap<>();
  private final byte[] header = new byte[11];
  private int gathered;
  private State state = State.BASIC_HEADER;

  private int fmt;
  private int idLength;
  private ChunkStream current = new ChunkStream(0);
  private int chunkRemaining;

  private int chunkSize = INITIAL_CHUNK_SIZE;
  private int maxMessageBytes;
  private int heldBytes;

  /** Whether the peer repeats extended timestamps on type 3 chunks; most do, as §5.3.1.3 asks. */
  private boolean repeatsExtendedTimestamp = true;

  /** The sink gets each message on the thread and within the call of {@link #read}. */
  ChunkDecoder(RtmpLimits limits, Consumer<ChunkMessage> sink) {
    this.limits = limits;
    this.sink = sink;
    this.maxMessageBytes = limits.messageBytesBeforePublish();
  }

  /** Lifts the limit of strangers, once the publisher is accepted. */
  void publisherAccepted() {
    maxMessageBytes = limits.messageBytes();
  }

  /** §5.4.1: from the next chunk on. */
  void setChunkSize(int size) {
    if (size < 1 || size > limits.chunkSizeBytes()) {
      throw ProtocolException.limit(
          "chunk size %d, must be 1..%d (RTMP §5.4.1)".formatted(size, limits.chunkSizeBytes()));
    }
    chunkSize = size;
  }

  /** §5.4.2: the message in progress on this chunk stream will not be finished. */
  void abort(int chunkStreamId) {
    ChunkStream stream = chunkStreams.get(chunkStreamId);
    if (stream != null) {
      heldBytes -= stream.heldBytes();
      stream.discard();
    }
  }

  /**
   * Reads all that is readable; borrows the buffer.
   *
   * @throws ProtocolException if the peer breaks the format or crosses a limit; nothing may be read
   *     afterwards
   */
  void read(ByteBuf in) {
    boolean progress = true;
    while (progress) {
      progress =
          switch (state) {
            case BASIC_HEADER -> readBasicHeader(in);
            case BASIC_HEADER_REST -> readBasicHeaderRest(in);
            case MESSAGE_HEADER -> readMessageHeader(in);
            case EXTENDED_TIMESTAMP -> readExtendedTimestamp(in);
            case PAYLOAD -> readPayload(in);
          };
    }
  }

  /** §5.3.1.1: the format and the chunk stream id, or in how many bytes the id follows. */
  private boolean readBasicHeader(ByteBuf in) {
    if (!in.isReadable()) {
      return false;
    }
    int first = in.readUnsignedByte();
    fmt = first >> 6;
    int id = first & 0x3F;
    if (id <= 1) {
      idLength = id + 1;
      enter(State.BASIC_HEADER_REST);
    } else {
      select(id);
    }
    return true;
  }

  /** §5.3.1.1: ids from 64 on take one more byte, or two with the lower one first. */
  private boolean readBasicHeaderRest(ByteBuf in) {
    if (!gather(in, idLength)) {
      return false;
    }
    select(64 + u8(0) + (idLength == 2 ? u8(1) << 8 : 0));
    return true;
  }

  private void select(int id) {
    if (current.id != id) {
      ChunkStream known = chunkStreams.get(id);
      current = known != null ? known : open(id);
    }
    enter(State.MESSAGE_HEADER);
  }

  /**
   * A chunk stream should begin with fmt 0. Cameras are known to begin with fmt 1, which lacks only
   * the message stream id; with fmt 2 or 3 the length is missing too, it is 0 then, and an empty
   * message of no type comes out, as it does in nginx-rtmp and FFmpeg.
   */
  private ChunkStream open(int id) {
    if (chunkStreams.size() >= limits.chunkStreams()) {
      throw ProtocolException.limit("more than " + limits.chunkStreams() + " chunk streams");
    }
    ChunkStream opened = new ChunkStream(id);
    chunkStreams.put(id, opened);
    return opened;
  }

  /** §5.3.1.2: fmt 0 has all fields, 1 no message stream id, 2 only the delta, 3 nothing. */
  private boolean readMessageHeader(ByteBuf in) {
    if (!gather(in, MESSAGE_HEADER_LENGTH[fmt])) {
      return false;
    }
    ChunkStream stream = current;
    if (fmt < 3) {
      if (stream.inMessage()) {
        checkContinuation(stream);
      }
      stream.timestampField = u24(0);
      stream.extended = stream.timestampField == EXTENDED;
      if (fmt < 2) {
        stream.messageLength = u24(3);
        stream.messageTypeId = u8(6);
      }
      if (fmt == 0) {
        stream.messageStreamId = u8(7) | u8(8) << 8 | u8(9) << 16 | u8(10) << 24;
      }
    }
    if (stream.extended && (fmt < 3 || repeatsExtendedTimestamp || stream.inMessage())) {
      enter(State.EXTENDED_TIMESTAMP);
    } else {
      beginPayload();
    }
    return true;
  }

  /** Some clients repeat a full header within a message; it goes on if it is the same message. */
  private void checkContinuation(ChunkStream stream) {
    if (fmt < 2 && (u24(3) != stream.messageLength || u8(6) != stream.messageTypeId)) {
      throw ProtocolException.malformed(
          "new message of type %d on chunk stream %d, message of type %d still lacks %d bytes"
              .formatted(u8(6), stream.id, stream.messageTypeId, stream.remaining()));
    }
  }

  /**
   * §5.3.1.3. Within a message some clients leave the extended timestamp of type 3 chunks out: the
   * four bytes are then payload, told by their not being the timestamp of the message, neither as
   * the field said it (absolute or delta) nor absolute.
   */
  private boolean readExtendedTimestamp(ByteBuf in) {
    ChunkStream stream = current;
    boolean continuation = fmt == 3 && stream.inMessage();
    boolean fits = continuation && Math.min(chunkSize, stream.remaining()) >= 4;
    if (continuation && !fits && !repeatsExtendedTimestamp) {
      beginPayload();
      return true;
    }
    if (!gather(in, 4)) {
      return false;
    }
    int value = u24(0) << 8 | u8(3);
    if (!fits) {
      stream.timestampField = value;
      beginPayload();
      return true;
    }
    repeatsExtendedTimestamp = value == stream.timestampField || value == stream.timestamp;
    beginPayload();
    if (!repeatsExtendedTimestamp) {
      hold(stream.receive(header, 4));
      chunkRemaining -= 4;
    }
    return true;
  }

  private void beginPayload() {
    ChunkStream stream = current;
    if (!stream.inMessage()) {
      if (stream.messageLength > maxMessageBytes) {
        throw ProtocolException.limit(
            "message of %d bytes on chunk stream %d, at most %d"
                .formatted(stream.messageLength, stream.id, maxMessageBytes));
      }
      // §5.3.1.2.4: a type 3 chunk that begins a message repeats the delta, and after fmt 0 the
      // timestamp itself is the delta.
      stream.timestamp =
          fmt == 0 ? stream.timestampField : stream.timestamp + stream.timestampField;
      stream.begin();
      hold(stream.heldBytes());
    }
    chunkRemaining = Math.min(chunkSize, stream.remaining());
    enter(State.PAYLOAD);
  }

  private boolean readPayload(ByteBuf in) {
    ChunkStream stream = current;
    int count = Math.min(chunkRemaining, in.readableBytes());
    if (count > 0) {
      hold(stream.receive(in, count));
      chunkRemaining -= count;
    }
    if (chunkRemaining > 0) {
      return false;
    }
    enter(State.BASIC_HEADER);
    if (stream.remaining() == 0) {
      heldBytes -= stream.heldBytes();
      sink.accept(stream.complete());
    }
    return true;
  }

  private void hold(int more) {
    heldBytes += more;
    if (heldBytes > limits.bufferedBytes()) {
      throw ProtocolException.limit(
          "unfinished messages hold %d bytes, at most %d"
              .formatted(heldBytes, limits.bufferedBytes()));
    }
  }

  private void enter(State next) {
    state = next;
    gathered = 0;
  }

  /** Collects a header field that may come in fragments; true when all of it is in the header. */
  private boolean gather(ByteBuf in, int length) {
    int count = Math.min(length - gathered, in.readableBytes());
    if (count > 0) {
      in.readBytes(header, gathered, count);
      gathered += count;
    }
    return gathered == length;
  }

  private int u8(int index) {
    return header[index] & 0xFF;
  }

  private int u24(int index) {
    return u8(index) << 16 | u8(index + 1) << 8 | u8(index + 2);
  }
}

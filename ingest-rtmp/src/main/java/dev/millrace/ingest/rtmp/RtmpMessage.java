package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import java.util.List;
import java.util.Optional;

/** What RTMP peers tell each other (§5.4, §6, §7). Immutable. */
sealed interface RtmpMessage {
  /** §5.4.1: the largest chunk payload of the sender from here on. */
  record SetChunkSize(int chunkSize) implements RtmpMessage {}

  /** §5.4.2: the message in progress on a chunk stream is given up. */
  record Abort(int chunkStreamId) implements RtmpMessage {}

  /** §5.4.3: how many bytes the sender has received so far, 32 bit, wrapping. */
  record Acknowledgement(long sequenceNumber) implements RtmpMessage {}

  /** §5.4.4: after how many bytes the sender wants an acknowledgement. */
  record WindowAcknowledgementSize(long windowSize) implements RtmpMessage {}

  /** §5.4.5: how much the receiver may send without an acknowledgement. */
  record SetPeerBandwidth(long windowSize, int limitType) implements RtmpMessage {
    static final int DYNAMIC = 2;
  }

  /** §6.2, §7.1.7. */
  record UserControl(int eventType, Bytes eventData) implements RtmpMessage {
    static final int STREAM_BEGIN = 0;
    static final int STREAM_EOF = 1;
    static final int PING_REQUEST = 6;
    static final int PING_RESPONSE = 7;
  }

  /** §7.1.1: a call or its answer; the command object is the first of the arguments. */
  record Command(int messageStreamId, String name, double transactionId, List<Amf0Value> arguments)
      implements RtmpMessage {
    public Command {
      arguments = List.copyOf(arguments);
    }

    /** An argument by its place; the command object has 0. */
    Optional<Amf0Value> argument(int index) {
      return index < arguments.size() ? Optional.of(arguments.get(index)) : Optional.empty();
    }

    /** A text among the arguments; empty if there is none or it is of another type. */
    Optional<String> text(int index) {
      return argument(index)
          .flatMap(
              value ->
                  value instanceof Amf0Value.Text t ? Optional.of(t.value()) : Optional.empty());
    }

    /** Without the arguments: among them are stream keys. */
    @Override
    public String toString() {
      return "Command[" + name + ", transaction " + transactionId + "]";
    }
  }

  /** §7.1.2: metadata and the like, in the form of an FLV script tag (AMF0 values). */
  record Data(int timestamp, Bytes scriptTag) implements RtmpMessage {}

  /** §7.1.4: the body of an FLV audio tag. */
  record Audio(int timestamp, Bytes body) implements RtmpMessage {}

  /** §7.1.5: the body of an FLV video tag. */
  record Video(int timestamp, Bytes body) implements RtmpMessage {}

  /** §7.1.6: several messages in one, their timestamps already put onto the stream's. */
  record Aggregate(List<RtmpMessage> messages) implements RtmpMessage {
    public Aggregate {
      messages = List.copyOf(messages);
    }
  }

  /** A type that publishing does not need, or an unknown one; passed over. */
  record Ignored(int messageTypeId) implements RtmpMessage {}
}

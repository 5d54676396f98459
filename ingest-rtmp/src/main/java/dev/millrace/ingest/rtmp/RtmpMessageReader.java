package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Reader;
import dev.millrace.media.amf.Amf0Value;
import java.util.ArrayList;
import java.util.List;

/** Reads the meaning of whole messages. Pure functions. */
final class RtmpMessageReader {
  /** The head of an FLV tag within an aggregate, and the size that follows its body. */
  private static final int TAG_HEADER = 11;

  private static final int PREVIOUS_TAG_SIZE = 4;

  /** {@code @setDataFrame} as AMF0 string; it asks a server to keep the values that follow. */
  private static final Bytes SET_DATA_FRAME =
      Bytes.concat(List.of(Bytes.of(0x02, 0x00, 0x0D), Bytes.utf8("@setDataFrame")));

  private RtmpMessageReader() {}

  /**
   * Reads one message.
   *
   * @throws ProtocolException if it is broken
   */
  static RtmpMessage read(ChunkMessage message) {
    Bytes payload = message.payload();
    return switch (message.messageTypeId()) {
      case MessageType.AUDIO -> new RtmpMessage.Audio(message.timestamp(), payload);
      case MessageType.VIDEO -> new RtmpMessage.Video(message.timestamp(), payload);
      case MessageType.SET_CHUNK_SIZE ->
          // §5.4.1: the first bit must be 0; a size with it set is refused by its value.
          new RtmpMessage.SetChunkSize(need(message, 4).s32(0));
      case MessageType.ABORT -> new RtmpMessage.Abort(need(message, 4).s32(0));
      case MessageType.ACKNOWLEDGEMENT -> new RtmpMessage.Acknowledgement(need(message, 4).u32(0));
      case MessageType.USER_CONTROL ->
          new RtmpMessage.UserControl(need(message, 2).u16(0), payload.slice(2));
      case MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE ->
          new RtmpMessage.WindowAcknowledgementSize(need(message, 4).u32(0));
      case MessageType.SET_PEER_BANDWIDTH ->
          new RtmpMessage.SetPeerBandwidth(need(message, 5).u32(0), payload.u8(4));
      case MessageType.COMMAND_AMF0 -> command(message.messageStreamId(), payload);
      case MessageType.COMMAND_AMF3 ->
          command(message.messageStreamId(), behindFormatSelector(payload));
      case MessageType.DATA_AMF0 -> data(message.timestamp(), payload);
      case MessageType.DATA_AMF3 -> data(message.timestamp(), behindFormatSelector(payload));
      case MessageType.AGGREGATE -> aggregate(message);
      default -> new RtmpMessage.Ignored(message.messageTypeId());
    };
  }

  private static Bytes need(ChunkMessage message, int length) {
    if (message.payload().length() < length) {
      throw ProtocolException.malformed(
          "message of type %d has %d bytes, needs %d"
              .formatted(message.messageTypeId(), message.payload().length(), length));
    }
    return message.payload();
  }

  /** AMF3 messages begin with a byte 0; what follows is AMF0 that may switch to AMF3 by value. */
  private static Bytes behindFormatSelector(Bytes payload) {
    return !payload.isEmpty() && payload.u8(0) == 0 ? payload.slice(1) : payload;
  }

  private static RtmpMessage command(int messageStreamId, Bytes payload) {
    List<Amf0Value> values = Amf0Reader.readAll(payload);
    if (values.size() < 2
        || !(values.get(0) instanceof Amf0Value.Text name)
        || !(values.get(1) instanceof Amf0Value.Num transactionId)) {
      throw ProtocolException.malformed(
          "command must begin with a name and a transaction id (RTMP §7.2), has "
              + values.size()
              + " values");
    }
    return new RtmpMessage.Command(
        messageStreamId, name.value(), transactionId.value(), values.subList(2, values.size()));
  }

  private static RtmpMessage data(int timestamp, Bytes payload) {
    int prefix = SET_DATA_FRAME.length();
    boolean prefixed =
        payload.length() >= prefix && payload.slice(0, prefix).equals(SET_DATA_FRAME);
    return new RtmpMessage.Data(timestamp, prefixed ? payload.slice(prefix) : payload);
  }

  /**
   * §7.1.6: the first message's timestamp is that of the aggregate, the others keep their distance.
   */
  private static RtmpMessage aggregate(ChunkMessage aggregate) {
    Bytes payload = aggregate.payload();
    List<RtmpMessage> messages = new ArrayList<>();
    int offset = 0;
    for (int at = 0; at < payload.length(); ) {
      if (payload.length() - at < TAG_HEADER) {
        throw ProtocolException.malformed(
            "aggregate has %d bytes at %d, a message header needs %d"
                .formatted(payload.length() - at, at, TAG_HEADER));
      }
      int type = payload.u8(at) & 0x1F;
      int length = payload.u24(at + 1);
      int timestamp = payload.u24(at + 4) | payload.u8(at + 7) << 24;
      if (length > payload.length() - at - TAG_HEADER) {
        throw ProtocolException.malformed(
            "message of %d bytes at %d of an aggregate of %d"
                .formatted(length, at, payload.length()));
      }
      if (messages.isEmpty()) {
        offset = aggregate.timestamp() - timestamp;
      }
      Bytes body = payload.slice(at + TAG_HEADER, length);
      switch (type) {
        case MessageType.AUDIO -> messages.add(new RtmpMessage.Audio(timestamp + offset, body));
        case MessageType.VIDEO -> messages.add(new RtmpMessage.Video(timestamp + offset, body));
        case MessageType.DATA_AMF0 -> messages.add(data(timestamp + offset, body));
        default -> messages.add(new RtmpMessage.Ignored(type));
      }
      at += TAG_HEADER + length + PREVIOUS_TAG_SIZE;
    }
    return new RtmpMessage.Aggregate(messages);
  }
}

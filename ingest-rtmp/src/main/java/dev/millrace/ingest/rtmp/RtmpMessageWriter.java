package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.Amf0Writer;
import java.util.ArrayList;
import java.util.List;

/** Puts messages into the form of the chunk stream, the mirror of {@link RtmpMessageReader}. */
final class RtmpMessageWriter {
  /** §5.4: protocol control messages go on chunk stream 2, message stream 0. */
  static final int CONTROL_CHUNK_STREAM = 2;

  /** Commands and what media goes on: free choices, as most clients make them. */
  static final int COMMAND_CHUNK_STREAM = 3;

  static final int AUDIO_CHUNK_STREAM = 4;
  static final int VIDEO_CHUNK_STREAM = 6;
  static final int DATA_CHUNK_STREAM = 5;

  private RtmpMessageWriter() {}

  /**
   * Writes one message; media goes to this message stream.
   *
   * @throws IllegalArgumentException for {@link RtmpMessage.Aggregate} and {@link
   *     RtmpMessage.Ignored}, which nobody here sends
   */
  static ChunkMessage write(RtmpMessage message, int messageStreamId) {
    return switch (message) {
      case RtmpMessage.SetChunkSize(int chunkSize) ->
          control(MessageType.SET_CHUNK_SIZE, u32(chunkSize));
      case RtmpMessage.Abort(int chunkStreamId) -> control(MessageType.ABORT, u32(chunkStreamId));
      case RtmpMessage.Acknowledgement(long sequenceNumber) ->
          control(MessageType.ACKNOWLEDGEMENT, u32(sequenceNumber));
      case RtmpMessage.WindowAcknowledgementSize(long windowSize) ->
          control(MessageType.WINDOW_ACKNOWLEDGEMENT_SIZE, u32(windowSize));
      case RtmpMessage.SetPeerBandwidth(long windowSize, int limitType) ->
          control(
              MessageType.SET_PEER_BANDWIDTH,
              Bytes.concat(List.of(u32(windowSize), Bytes.of(limitType))));
      case RtmpMessage.UserControl(int eventType, Bytes eventData) ->
          control(
              MessageType.USER_CONTROL,
              Bytes.concat(List.of(Bytes.of(eventType >> 8, eventType), eventData)));
      case RtmpMessage.Command command ->
          new ChunkMessage(
              COMMAND_CHUNK_STREAM,
              0,
              MessageType.COMMAND_AMF0,
              command.messageStreamId(),
              command(command));
      case RtmpMessage.Data(int timestamp, Bytes scriptTag) ->
          new ChunkMessage(
              DATA_CHUNK_STREAM, timestamp, MessageType.DATA_AMF0, messageStreamId, scriptTag);
      case RtmpMessage.Audio(int timestamp, Bytes body) ->
          new ChunkMessage(AUDIO_CHUNK_STREAM, timestamp, MessageType.AUDIO, messageStreamId, body);
      case RtmpMessage.Video(int timestamp, Bytes body) ->
          new ChunkMessage(VIDEO_CHUNK_STREAM, timestamp, MessageType.VIDEO, messageStreamId, body);
      case RtmpMessage.Aggregate aggregate ->
          throw new IllegalArgumentException("aggregates are not sent: " + aggregate);
      case RtmpMessage.Ignored ignored ->
          throw new IllegalArgumentException("has no form: " + ignored);
    };
  }

  private static ChunkMessage control(int type, Bytes payload) {
    return new ChunkMessage(CONTROL_CHUNK_STREAM, 0, type, 0, payload);
  }

  private static Bytes command(RtmpMessage.Command command) {
    List<Amf0Value> values = new ArrayList<>();
    values.add(new Amf0Value.Str(command.name()));
    values.add(new Amf0Value.Num(command.transactionId()));
    values.addAll(command.arguments());
    return Amf0Writer.write(values);
  }

  /** Four bytes, big-endian. */
  static Bytes u32(long value) {
    return Bytes.of((int) (value >> 24), (int) (value >> 16), (int) (value >> 8), (int) value);
  }
}

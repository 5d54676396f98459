package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Publication;
import dev.millrace.media.live.PublisherFacts;
import java.net.URI;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation with one peer after the handshake: answers what belongs to the connection itself
 * (§5.4, §7.1.7) and hands the rest to its {@link SessionState}. Event loop, but {@link
 * #takenOver}.
 */
final class RtmpSession {
  private static final Logger AUDIT = LoggerFactory.getLogger("audit");

  /** What all sessions of a server share. */
  record Services(
      LiveStreams streams,
      BooleanSupplier accepting,
      Function<PublishTarget, Optional<Grant>> authorize,
      Function<Publication, TagSink> sinks) {}

  private final RtmpConnection connection;
  private final Outbound out;
  private final ChunkDecoder decoder;
  private final Services services;
  private SessionState state = new AwaitingConnect(this);
  private long peerWindowBytes = AwaitingConnect.WINDOW_BYTES;
  private long bandwidthWindowBytes;
  private long acknowledgedBytes;
  private long arrivalNanos;
  private boolean reconnects;
  private String app = "";

  RtmpSession(RtmpConnection connection, Outbound out, RtmpLimits limits, Services services) {
    this.connection = connection;
    this.out = out;
    this.services = services;
    this.decoder = new ChunkDecoder(limits, this::receive);
  }

  /** The framer that feeds this session. */
  ChunkDecoder decoder() {
    return decoder;
  }

  /** Tells when the bytes came that are read next. */
  void arrived(long nanos) {
    arrivalNanos = nanos;
  }

  private void receive(ChunkMessage message) {
    receive(RtmpMessageReader.read(message));
  }

  private void receive(RtmpMessage message) {
    switch (message) {
      case RtmpMessage.Audio(int timestamp, Bytes body) ->
          enter(state.tag(MessageType.AUDIO, timestamp, body, arrivalNanos));
      case RtmpMessage.Video(int timestamp, Bytes body) ->
          enter(state.tag(MessageType.VIDEO, timestamp, body, arrivalNanos));
      case RtmpMessage.Data(int timestamp, Bytes scriptTag) ->
          enter(state.tag(MessageType.DATA_AMF0, timestamp, scriptTag, arrivalNanos));
      case RtmpMessage.Aggregate aggregate -> aggregate.messages().forEach(this::receive);
      case RtmpMessage.Command command -> enter(state.command(command));
      case RtmpMessage.SetChunkSize(int chunkSize) -> decoder.setChunkSize(chunkSize);
      case RtmpMessage.Abort(int chunkStreamId) -> decoder.abort(chunkStreamId);
      case RtmpMessage.WindowAcknowledgementSize(long windowSize) -> peerWindow(windowSize);
      case RtmpMessage.SetPeerBandwidth(long windowSize, int limitType) ->
          peerBandwidth(windowSize);
      case RtmpMessage.UserControl(int eventType, Bytes eventData) -> {
        if (eventType == RtmpMessage.UserControl.PING_REQUEST) {
          out.send(new RtmpMessage.UserControl(RtmpMessage.UserControl.PING_RESPONSE, eventData));
        }
      }
      // Nothing that is sent here waits for an acknowledgement.
      case RtmpMessage.Acknowledgement acknowledgement -> {}
      case RtmpMessage.Ignored ignored -> {}
    }
  }

  private void enter(SessionState next) {
    state = next;
  }

  private void peerWindow(long windowSize) {
    if (windowSize == 0) {
      throw ProtocolException.malformed("window acknowledgement size 0 (RTMP §5.4.4)");
    }
    peerWindowBytes = windowSize;
  }

  /** §5.4.5: answered with our window, unless it is the one told last. */
  private void peerBandwidth(long windowSize) {
    if (windowSize != bandwidthWindowBytes) {
      bandwidthWindowBytes = windowSize;
      out.send(new RtmpMessage.WindowAcknowledgementSize(windowSize));
    }
  }

  /** §5.4.3: acknowledges what was received, when the peer's window asks for it. */
  void acknowledge(long receivedBytes) {
    if (receivedBytes - acknowledgedBytes >= peerWindowBytes) {
      acknowledgedBytes = receivedBytes;
      out.send(new RtmpMessage.Acknowledgement(receivedBytes));
    }
  }

  /** Ends what the session holds; may be called more than once. */
  void end(String reason) {
    SessionState ending = state;
    enter(new SessionState.Leaving());
    ending.end(reason);
  }

  /** Tells a publisher why it is being closed, as its clients understand it. */
  void lastWords(CloseReason reason) {
    if (state instanceof Publishing publishing) {
      out.onStatus(
          publishing.messageStreamId(), "error", "NetStream.Publish.Failed", reason.text());
    }
  }

  /** What connect told. */
  void takesReconnect(boolean declared, String application) {
    reconnects = declared;
    app = application;
  }

  /**
   * Asks a publisher that understands it to connect elsewhere; does nothing for others.
   *
   * @param server without a path: the application stays the same
   */
  void askToReconnect(Optional<URI> server, String why) {
    if (reconnects && isPublishing()) {
      out.reconnectRequest(server.map(each -> each.resolve("/" + app)), why);
      out.flush();
    }
  }

  boolean reconnects() {
    return reconnects;
  }

  /** Whether new publications are accepted. */
  boolean accepting() {
    return services.accepting().getAsBoolean();
  }

  boolean isPublishing() {
    return state.isPublishing();
  }

  static RtmpMessage streamBegin(int messageStreamId) {
    return new RtmpMessage.UserControl(
        RtmpMessage.UserControl.STREAM_BEGIN, RtmpMessageWriter.u32(messageStreamId));
  }

  // What the states need.

  Outbound out() {
    return out;
  }

  LiveStreams streams() {
    return services.streams();
  }

  String remoteAddress() {
    return connection.remoteAddress();
  }

  Optional<Grant> authorize(PublishTarget target) {
    return services.authorize().apply(target);
  }

  TagSink sinkOf(Publication publication) {
    return services.sinks().apply(publication);
  }

  /** The address of who publishes the path, for the audit log; {@code none} if nobody does. */
  String publisherAddress(StreamPath path) {
    return streams()
        .find(path)
        .flatMap(stream -> stream.facts().publisher())
        .map(PublisherFacts::remoteAddress)
        .orElse("none");
  }

  /** Ends the conversation from within a state: says what is pending, then closes. */
  SessionState leave(CloseReason reason) {
    connection.leave(reason);
    return new SessionState.Leaving();
  }

  void accepted(StreamPath path) {
    decoder.publisherAccepted();
    connection.publishing(path);
  }

  void unpublished() {
    connection.publishing(null);
  }

  /** Any thread: the newer publisher's. */
  void takenOver() {
    connection.execute(
        () -> {
          CloseReason reason =
              new CloseReason(
                  CloseReason.Kind.TAKEN_OVER, "a newer connection with the same key took over");
          lastWords(reason);
          connection.leave(reason);
        });
  }

  void auditTakeover(Grant grant, String before) {
    AUDIT
        .atInfo()
        .addKeyValue("stream", grant.path())
        .addKeyValue("credential", grant.credential())
        .log("publisher {} took over from {}", remoteAddress(), before);
  }
}

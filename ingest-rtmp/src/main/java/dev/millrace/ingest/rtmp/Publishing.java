package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.live.Publication;

/**
 * The state after an accepted {@code publish}: media goes to the live hub. As a connection
 * publishes one stream at a time, media belongs to it whatever message stream it comes on.
 */
final class Publishing implements SessionState {
  private final RtmpSession session;
  private final Connected connected;
  private final int messageStreamId;
  private final Publication publication;
  private final TagSink sink;

  Publishing(
      RtmpSession session, Connected connected, int messageStreamId, Publication publication) {
    this.session = session;
    this.connected = connected;
    this.messageStreamId = messageStreamId;
    this.publication = publication;
    this.sink = session.sinkOf(publication);
  }

  @Override
  public SessionState command(RtmpMessage.Command command) {
    return switch (command.name()) {
      case "FCUnpublish", "closeStream", "deleteStream" -> {
        connected.answer(command);
        yield isMeant(command) ? unpublish() : this;
      }
      case "publish" -> {
        session
            .out()
            .onStatus(
                command.messageStreamId(),
                "error",
                "NetStream.Publish.BadName",
                "this connection publishes already");
        yield this;
      }
      default -> {
        connected.answer(command);
        yield this;
      }
    };
  }

  @Override
  public SessionState tag(int type, int timestamp, Bytes body, long arrivalNanos) {
    sink.tag(type, timestamp, body, arrivalNanos);
    return this;
  }

  @Override
  public void end(String reason) {
    publication.end(reason);
  }

  @Override
  public boolean isPublishing() {
    return true;
  }

  int messageStreamId() {
    return messageStreamId;
  }

  /** §7.2.2.3: a peer may have opened other message streams, and delete them while it publishes. */
  private boolean isMeant(RtmpMessage.Command command) {
    return !command.name().equals("deleteStream")
        || !(command.argument(1).orElse(Amf0Value.NULL) instanceof Amf0Value.Num(double id))
        || (int) id == messageStreamId;
  }

  private SessionState unpublish() {
    publication.end("the publisher has stopped");
    session.unpublished();
    session.out().onStatus(messageStreamId, "status", "NetStream.Unpublish.Success", "unpublished");
    return connected;
  }
}

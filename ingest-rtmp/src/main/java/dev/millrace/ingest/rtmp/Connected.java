package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import java.util.List;
import java.util.Optional;

/** The state after {@code connect}: the peer may open message streams and publish on one. */
final class Connected implements SessionState {
  /** NetStream.Publish.BadName is what clients know as "not this name". */
  private static final String BAD_NAME = "NetStream.Publish.BadName";

  /** Unlike a bad name, this may pass: clients try again, and may find another node. */
  private static final String FAILED = "NetStream.Publish.Failed";

  private static final int MAX_AGENT_LENGTH = 128;

  private final RtmpSession session;
  private final String app;
  private final String agent;
  private int streamsCreated;
  private boolean announced;

  Connected(RtmpSession session, String app, String agent) {
    this.session = session;
    this.app = app;
    this.agent = agent.length() > MAX_AGENT_LENGTH ? agent.substring(0, MAX_AGENT_LENGTH) : agent;
  }

  @Override
  public SessionState command(RtmpMessage.Command command) {
    return switch (command.name()) {
      case "publish" -> publish(command);
      case "play", "play2" -> refusePlay(command);
      default -> {
        answer(command);
        yield this;
      }
    };
  }

  /** Late media of a publication that has ended, or media of nobody: passed over. */
  @Override
  public SessionState tag(int type, int timestamp, Bytes body, long arrivalNanos) {
    return this;
  }

  /** Answers what may be asked at any time after connect. */
  void answer(RtmpMessage.Command command) {
    Outbound out = session.out();
    switch (command.name()) {
      case "createStream" ->
          out.result(command, Amf0Value.NULL, new Amf0Value.Num(++streamsCreated));
      case "FCPublish" -> {
        // onFCPublish follows once the publisher is accepted: it says NetStream.Publish.Start.
        announced = true;
        out.result(command, Amf0Value.NULL);
      }
      case "getStreamLength" -> out.result(command, Amf0Value.NULL, new Amf0Value.Num(0));
      case "releaseStream", "FCUnpublish", "closeStream", "deleteStream", "_checkbw" ->
          out.result(command, Amf0Value.NULL);
      // Answers to calls that this server never makes; and news that need no answer.
      case "_result", "_error", "onStatus", "onBWDone" -> {}
      default ->
          out.error(command, "NetConnection.Call.Failed", "this server does not know the call");
    }
  }

  /** §7.2.2.6. First the permission, then the path, and only then NetStream.Publish.Start. */
  private SessionState publish(RtmpMessage.Command command) {
    if (!session.accepting()) {
      return refuse(
          command, FAILED, "this node takes no new publishers now, connect to another or later");
    }
    Optional<String> streamKey = command.text(1).flatMap(PublishTarget::streamKey);
    if (streamKey.isEmpty()) {
      return refuse(command, "the stream key is missing or has characters that cannot be in one");
    }
    Optional<Grant> grant = session.authorize(new PublishTarget(app, streamKey.get()));
    if (grant.isEmpty()) {
      return refuse(command, "the stream key is not accepted for this application");
    }
    PublisherFacts facts = new PublisherFacts(session.remoteAddress(), agent, "rtmp");
    PublishRequest request = new PublishRequest(grant.get(), facts, session::takenOver);
    String before = session.publisherAddress(grant.get().path());
    return switch (session.streams().publish(request)) {
      case PublishResult.Refused(String reason) -> refuse(command, reason);
      case PublishResult.Accepted accepted -> {
        if (accepted.takenOver()) {
          session.auditTakeover(grant.get(), before);
        }
        accepted.takenFrom().ifPresent(node -> session.auditTakeover(grant.get(), "node " + node));
        yield start(command, grant.get(), accepted);
      }
    };
  }

  private SessionState start(
      RtmpMessage.Command command, Grant grant, PublishResult.Accepted accepted) {
    Outbound out = session.out();
    int id = command.messageStreamId();
    session.accepted(grant.path());
    out.send(RtmpSession.streamBegin(id));
    if (announced) {
      announced = false;
      out.send(
          new RtmpMessage.Command(
              0,
              "onFCPublish",
              0,
              List.of(
                  Amf0Value.NULL,
                  Outbound.info("status", "NetStream.Publish.Start", "published"))));
    }
    out.onStatus(id, "status", "NetStream.Publish.Start", "published as " + grant.path());
    return new Publishing(session, this, id, accepted.publication());
  }

  private SessionState refuse(RtmpMessage.Command command, String reason) {
    return refuse(command, BAD_NAME, reason);
  }

  private SessionState refuse(RtmpMessage.Command command, String code, String reason) {
    session.out().onStatus(command.messageStreamId(), "error", code, reason);
    return session.leave(new CloseReason(CloseReason.Kind.REFUSED, reason));
  }

  private SessionState refusePlay(RtmpMessage.Command command) {
    String reason = "this server does not play RTMP; watch the stream by HLS";
    session.out().onStatus(command.messageStreamId(), "error", "NetStream.Play.Failed", reason);
    return session.leave(new CloseReason(CloseReason.Kind.UNSUPPORTED, reason));
  }
}

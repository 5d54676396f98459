package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.amf.Amf0Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The state after the handshake: the peer must say {@code connect} (§7.2.1.1). */
record AwaitingConnect(RtmpSession session) implements SessionState {
  /** §5.4.4: as much as other servers ask for; publishers of 2.5 Mbit/s confirm it each 8 s. */
  static final int WINDOW_BYTES = 2_500_000;

  /** Room for all that this server says in one chunk. */
  private static final int CHUNK_SIZE = 4096;

  @Override
  public SessionState command(RtmpMessage.Command command) {
    if (!command.name().equals("connect")) {
      throw ProtocolException.malformed(
          "expected the command connect first (RTMP §7.2.1), found another");
    }
    if (!(command.argument(0).orElse(Amf0Value.NULL) instanceof Amf0Value.Keyed properties)) {
      throw ProtocolException.malformed("connect has no command object (RTMP §7.2.1.1)");
    }
    Optional<String> app = PublishTarget.app(properties.text("app").orElse(""));
    if (app.isEmpty()) {
      String problem = "the application must be one plain name, as in rtmp://HOST/live";
      session.out().error(command, "NetConnection.Connect.InvalidApp", problem);
      return session.leave(new CloseReason(CloseReason.Kind.REFUSED, problem));
    }
    answer(command, properties);
    session.takesReconnect(EnhancedRtmp.takesReconnect(properties), app.get());
    return new Connected(session, app.get(), properties.text("flashVer").orElse(""));
  }

  @Override
  public SessionState tag(int type, int timestamp, Bytes body, long arrivalNanos) {
    throw ProtocolException.malformed("expected the command connect first, found media");
  }

  private void answer(RtmpMessage.Command connect, Amf0Value.Keyed offered) {
    Outbound out = session.out();
    out.send(new RtmpMessage.WindowAcknowledgementSize(WINDOW_BYTES));
    out.send(new RtmpMessage.SetPeerBandwidth(WINDOW_BYTES, RtmpMessage.SetPeerBandwidth.DYNAMIC));
    out.send(new RtmpMessage.SetChunkSize(CHUNK_SIZE));
    out.send(RtmpSession.streamBegin(0));
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("fmsVer", new Amf0Value.Str("Millrace/0,1,0,0"));
    properties.put("capabilities", new Amf0Value.Num(31));
    properties.put("mode", new Amf0Value.Num(1));
    if (EnhancedRtmp.isOfferedBy(offered)) {
      EnhancedRtmp.describe(properties);
    }
    Map<String, Amf0Value> information =
        new LinkedHashMap<>(
            Outbound.info("status", "NetConnection.Connect.Success", "connected").properties());
    // Both encodings are understood, so the client's choice stands; answers are in AMF0 always.
    information.put(
        "objectEncoding", new Amf0Value.Num(offered.number("objectEncoding").orElse(0)));
    out.result(connect, new Amf0Value.Obj(properties), new Amf0Value.Obj(information));
  }
}

package dev.millrace.relay.mesh.cast;

import dev.millrace.relay.mesh.Frame;
import java.net.SocketAddress;

/**
 * Sends datagrams, which may be lost. Called on the mesh's executor; never calls back within a
 * call.
 */
public interface CastWire {
  /** To all relays of the site. */
  void toGroup(Frame.Cast frame);

  /** To one relay: where its datagrams came from. */
  void to(SocketAddress relay, Frame.Cast frame);

  /** The UDP port from which they are sent, and at which answers are heard. */
  int port();
}

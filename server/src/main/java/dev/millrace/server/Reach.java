package dev.millrace.server;

import dev.millrace.cluster.NodeAddresses;
import dev.millrace.server.config.NodeConfig;
import java.net.URI;
import java.util.OptionalInt;

/**
 * Where others find what listens on this machine. Immutable.
 *
 * @param address of this machine, as the other nodes reach it
 */
record Reach(NodeConfig config, String address) {
  /**
   * A node's addresses.
   *
   * @param internal for other nodes
   * @param viewers the port of HTTP; empty without viewers
   * @param publishers the port of RTMP; empty where nobody publishes
   */
  NodeAddresses addresses(URI internal, OptionalInt viewers, OptionalInt publishers) {
    NodeConfig.Http http = config.http();
    NodeConfig.Rtmp rtmp = config.rtmp();
    return new NodeAddresses(
        internal,
        viewers.stream()
            .mapToObj(at -> http.publicUrl().orElseGet(() -> url("http", http.host(), at)))
            .findFirst(),
        publishers.stream()
            .mapToObj(at -> rtmp.publicUrl().orElseGet(() -> url("rtmp", rtmp.host(), at)))
            .findFirst());
  }

  private URI url(String scheme, String listenHost, int port) {
    boolean everywhere = listenHost.equals("0.0.0.0") || listenHost.equals("::");
    return URI.create(scheme + "://" + bracketed(everywhere ? address : listenHost) + ":" + port);
  }

  /** Of an internal server that does not listen yet. */
  URI unknown() {
    return URI.create("https://" + bracketed(address));
  }

  /** Host and port, as others name them to find this node. */
  String seed(int port) {
    return bracketed(address) + ":" + port;
  }

  private static String bracketed(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}

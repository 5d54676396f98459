package dev.millrace.cluster.channel;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.cluster.secret.NodeCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Makes members of groups on the loopback address, and takes them all away at the end. */
final class Groups implements AutoCloseable {
  static final ClusterSecret SECRET = ClusterSecret.generate();

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final List<JGroupsChannel> open = new ArrayList<>();

  /** Long enough to be found on a busy machine; who has nobody to look for need not wait. */
  static ChannelConfig config(String cluster, int port, Discovery... discovery) {
    return new ChannelConfig(
        cluster,
        LOOPBACK,
        port,
        0,
        List.of(discovery),
        Optional.empty(),
        Duration.ofMillis(discovery.length == 0 ? 500 : 3_000));
  }

  static Discovery seeds(int... ports) {
    List<String> seeds = new ArrayList<>();
    for (int port : ports) {
      seeds.add("127.0.0.1:" + port);
    }
    return new Discovery.Seeds(seeds);
  }

  JGroupsChannel join(ChannelConfig config, String name) throws RefusedException, IOException {
    return join(config, SECRET, new Admission("id-" + name, name, 1), InstantSource.system());
  }

  JGroupsChannel join(
      ChannelConfig config, ClusterSecret secret, Admission self, InstantSource clock)
      throws RefusedException, IOException {
    ClusterKeys keys = secret.keys(config.clusterName());
    NodeCertificate certificate =
        NodeCertificate.issue(
            keys.authority(),
            self.nodeName(),
            List.of("127.0.0.1"),
            InstantSource.system().instant());
    JGroupsChannel joined = JGroupsChannel.join(config, keys, certificate, self, clock);
    synchronized (open) {
      open.add(joined);
    }
    return joined;
  }

  /** A port that was free a moment ago, below those that the system gives to clients. */
  static int freePort() {
    for (int tries = 0; tries < 100; tries++) {
      int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
      try (ServerSocket socket = new ServerSocket(port, 1, LOOPBACK)) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Taken: another.
      }
    }
    throw new IllegalStateException("no free port");
  }

  @Override
  public void close() {
    synchronized (open) {
      open.forEach(JGroupsChannel::close);
    }
  }
}

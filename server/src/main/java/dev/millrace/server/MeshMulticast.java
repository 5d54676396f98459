package dev.millrace.server;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.SiteRelay;
import dev.millrace.relay.mesh.cast.CastKeys;
import dev.millrace.relay.mesh.cast.CastSettings;
import dev.millrace.relay.mesh.cast.CastSnapshot;
import dev.millrace.relay.mesh.cast.MeshCast;
import dev.millrace.relay.mesh.udp.UdpCast;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.RelayConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binding M of a relay's mesh: its sockets, and what it did. Call sequence: constructor, {@link
 * #start}, close.
 */
final class MeshMulticast implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MeshMulticast.class);

  private final RelayConfig.MeshGroup group;
  private final UdpCast wire;
  private final MeshCast cast;
  private volatile CastSnapshot snapshot;

  /**
   * Joins the group; nothing is heard yet.
   *
   * @param keys of the site's cluster
   * @throws ConfigException if it cannot be joined
   */
  MeshMulticast(
      NodeServices node,
      RelayConfig.MeshGroup group,
      ClusterKeys keys,
      SiteRelay self,
      MeshTime time,
      Random random) {
    this.group = group;
    CastKeys seals = new CastKeys(keys::datagramKey, () -> node.wall().instant().toEpochMilli());
    try {
      this.wire = UdpCast.open(group.group(), group.networkInterface(), group.ttl(), seals, time);
    } catch (IOException e) {
      throw new ConfigException(
          "relay.mesh-group %s cannot be joined: %s".formatted(group.group(), e.getMessage()));
    }
    this.cast = new MeshCast(CastSettings.of(self.id(), self.uplinkKbit()), time, random, wire);
    this.snapshot = cast.snapshot();
  }

  MeshCast cast() {
    return cast;
  }

  /** At which NACKs are heard. */
  int port() {
    return wire.port();
  }

  /** Hears from now on. */
  void start(NodeServices node) {
    wire.start(cast::received, node.tasks());
    log.info("mesh by multicast at {}", group.group());
  }

  /** Looks what was done; on the mesh's executor. */
  void look() {
    CastSnapshot before = snapshot;
    snapshot = cast.snapshot();
    if (before.heard() != snapshot.heard()) {
      log.info("{} of {} feeders are heard by multicast", snapshot.heard(), snapshot.known());
    }
  }

  /** For reports. */
  Map<String, Long> counters() {
    CastSnapshot now = snapshot;
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("cast.heard", (long) now.heard());
    counters.put("cast.known", (long) now.known());
    counters.put("cast.listeners", (long) now.listeners());
    counters.put("cast.partsOut", now.partsOut());
    counters.put("cast.symbolsOut", now.symbolsOut());
    counters.put("cast.parityOut", now.parityOut());
    counters.put("cast.nacksIn", now.nacksIn());
    counters.put("cast.nacksRefused", now.nacksRefused());
    counters.put("cast.partsIn", now.partsIn());
    counters.put("cast.symbolsIn", now.symbolsIn());
    counters.put("cast.symbolsLost", now.symbolsLost());
    counters.put("cast.blocks", now.blocks());
    counters.put("cast.blocksRepaired", now.blocksRepaired());
    counters.put("cast.nacksOut", now.nacksOut());
    counters.put("cast.falls", now.falls());
    counters.put("cast.wrong", now.wrong());
    counters.put("cast.strangers", now.strangers());
    counters.put("cast.replayed", now.replayed());
    counters.put("cast.misfits", now.misfits());
    counters.put("cast.dropped", now.dropped() + wire.overrun() + wire.unsent());
    counters.put("cast.malformed", wire.malformed());
    return counters;
  }

  @Override
  public void close() {
    wire.close();
  }
}

package dev.millrace.server;

import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.placement.Rendezvous;
import dev.millrace.edge.EdgeSwarm;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.relay.swarm.Sites;
import dev.millrace.relay.swarm.StunServer;
import dev.millrace.relay.swarm.SwarmFacts;
import dev.millrace.relay.swarm.SwarmToken;
import dev.millrace.relay.swarm.Tracker;
import dev.millrace.relay.swarm.TrackerLimits;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.RelayConfig;
import dev.millrace.server.config.Site;
import dev.millrace.server.swarm.TrackerVisitor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What an edge has for viewers who share segments: tracker, STUN and tokens. Call sequence:
 * constructor, {@link #start}, close.
 */
final class SwarmRoom implements AutoCloseable {
  /** Edges that a page is told: whose tracker has the swarm, and who has it next. */
  private static final int TRACKERS = 2;

  private static final int KEY_BYTES = 32;
  private static final long END_MS = 1000;

  private final NodeServices node;
  private final RelayConfig config;
  private final Optional<ClusterRoom> cluster;
  private final Sites sites;
  private final SwarmToken tokens;
  private final Tracker tracker;
  private final LongAdder refused = new LongAdder();
  private final StunServer stun;
  private final Thread stunThread;

  /**
   * Takes the port of STUN.
   *
   * @throws ConfigException if it cannot be had
   */
  SwarmRoom(NodeServices node, Optional<ClusterRoom> cluster) {
    this.node = node;
    this.config = node.config().relay();
    this.cluster = cluster;
    this.sites =
        new Sites(config.sites().stream().collect(Collectors.toMap(Site::name, Site::subnets)));
    this.tokens = new SwarmToken(key(cluster));
    this.tracker = new Tracker(TrackerLimits.DEFAULT, sites, new SecureRandom(), node.nanoTime());
    this.stun = bind(node);
    this.stunThread = Thread.ofPlatform().name("stun").daemon().unstarted(stun);
  }

  private static StunServer bind(NodeServices node) {
    int port = node.config().relay().stunPort();
    try {
      return StunServer.bind(
          new InetSocketAddress(node.config().http().host(), port), node.nanoTime());
    } catch (IOException e) {
      throw new ConfigException(
          "relay.stun-port is " + port + ", where STUN cannot listen: " + e.getMessage());
    }
  }

  private static byte[] key(Optional<ClusterRoom> cluster) {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return cluster
        .map(with -> with.keys().sign(Bytes.utf8("viewers who share")).toArray())
        .orElse(key);
  }

  void start() {
    stunThread.start();
    node.eachSecond("looking after the tracker", tracker::sweep);
  }

  /** For the HTTP interface. */
  EdgeSwarm forEdge() {
    return new EdgeSwarm(true, this::sharing, this::connect, this::facts);
  }

  private Optional<EdgeSwarm.Sharing> sharing(StreamPath path, InetAddress viewer) {
    Optional<String> site = sites.of(viewer);
    if (site.isEmpty() && !config.sites().isEmpty()) {
      return Optional.empty();
    }
    // Names of streams have neither blanks nor @.
    String swarm = path + site.map(name -> "@" + name).orElse("");
    return Optional.of(
        new EdgeSwarm.Sharing(
            config.classicView(),
            swarm,
            site.orElse(""),
            tokens.issue(swarm, viewer, node.wall().instant()),
            trackers(swarm),
            stunPort()));
  }

  private int stunPort() {
    try {
      return stun.address().getPort();
    } catch (IOException e) {
      return config.stunPort(); // it is being closed
    }
  }

  /** By rendezvous, so that those who could meet do, whichever edge they play from. */
  private List<String> trackers(String swarm) {
    return cluster.stream()
        .flatMap(
            with ->
                Rendezvous.ranked(
                    swarm,
                    with.view().nodes().stream()
                        .filter(each -> each.offers(NodeRole.EDGE))
                        .filter(each -> each.addresses().viewers().isPresent())
                        .toList())
                    .stream())
        .limit(TRACKERS)
        .map(NodeInfo::addresses)
        .flatMap(addresses -> addresses.viewers().stream())
        .map(url -> url.toString().replaceFirst("/$", ""))
        .toList();
  }

  private Optional<EdgeSwarm.Visitor> connect(String token, InetAddress from, EdgeSwarm.Wire out) {
    Optional<EdgeSwarm.Visitor> visitor =
        tokens
            .check(token, from, node.wall().instant())
            .flatMap(swarm -> TrackerVisitor.enter(tracker, swarm, from, out));
    if (visitor.isEmpty()) {
      refused.increment();
    }
    return visitor;
  }

  /** The swarms and counters now. */
  EdgeSwarm.Facts facts() {
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("connections", (long) tracker.connections());
    counters.put("peers", (long) tracker.peers());
    counters.put("offers", tracker.introduced());
    counters.put("refusedConnections", refused.sum());
    counters.put("refusedMessages", tracker.refused());
    counters.put("stunAnswered", stun.answered());
    counters.put("stunDropped", stun.dropped());
    return new EdgeSwarm.Facts(
        tracker.swarms().stream().map(SwarmRoom::swarm).toList(), Map.copyOf(counters));
  }

  private static EdgeSwarm.Swarm swarm(SwarmFacts facts) {
    String swarm = facts.swarm();
    int at = swarm.indexOf('@');
    return new EdgeSwarm.Swarm(
        at < 0 ? swarm : swarm.substring(0, at), facts.site(), facts.peers());
  }

  @Override
  public void close() {
    stun.close();
    try {
      stunThread.join(END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

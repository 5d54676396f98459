package dev.millrace.server;

import dev.millrace.cluster.AloneMembership;
import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.GroupMembership;
import dev.millrace.cluster.Membership;
import dev.millrace.cluster.NodeAddresses;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeLoad;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.channel.Admission;
import dev.millrace.cluster.channel.JGroupsChannel;
import dev.millrace.cluster.channel.RefusedException;
import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.NodeCertificate;
import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.server.cluster.OtherNodes;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.identity.CertificateFiles;
import dev.millrace.server.identity.SecretFile;
import dev.millrace.server.internal.InternalConfig;
import dev.millrace.server.internal.InternalConfig.Advertised;
import dev.millrace.server.internal.InternalTls;
import dev.millrace.server.internal.InternalToken;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node among others: who it is, what lets it in, and what it sees. Before {@link #join} it
 * sees itself only. Any thread.
 */
final class ClusterRoom implements AutoCloseable {
  /** Of the messages between nodes; nodes of another one do not go together. */
  static final int PROTOCOL = 1;

  private static final Logger log = LoggerFactory.getLogger(ClusterRoom.class);

  private static final Duration CONNECT = Duration.ofSeconds(2);

  /** For what the others say of themselves after this node came in. */
  private static final Duration NEWS = Duration.ofSeconds(3);

  private static final Duration LOOK = Duration.ofMillis(10);

  private final NodeServices node;
  private final NodeConfig.Cluster config;
  private final String address;
  private final Instant startedAt;
  private final SecretFile.Found secret;
  private final ClusterKeys keys;
  private final NodeCertificate certificate;
  private final Signatures signatures;
  private final HttpClient http;
  private final OtherNodes others;
  private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
  private volatile Membership membership;
  private volatile int port;
  private volatile Optional<JGroupsChannel> channel = Optional.empty();

  /**
   * Finds or makes the secret; nothing is on the network yet.
   *
   * @throws ConfigException if secret, certificates or address cannot be used
   */
  ClusterRoom(NodeServices node) {
    this.node = node;
    this.config = node.config().cluster();
    this.address = config.address().isEmpty() ? neighbourly() : config.address();
    this.startedAt = node.wall().instant();
    this.secret = SecretFile.findOrCreate(node.config(), node.folder());
    this.keys = secret.secret().keys(config.name());
    this.certificate = CertificateFiles.read(config, this::issued, startedAt);
    this.signatures = new Signatures(node, keys);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(certificate.sslContext())
            .connectTimeout(CONNECT)
            .executor(node.tasks())
            .build();
    this.others = new OtherNodes(this::source);
    this.membership =
        new AloneMembership(
            self(reach().addresses(reach().unknown(), OptionalInt.empty(), OptionalInt.empty())),
            node.tasks());
  }

  private static String neighbourly() {
    return Greeting.hosts("0.0.0.0").getLast();
  }

  private HttpPartSource source(NodeInfo other) {
    return new HttpPartSource(
        other.name(), other.addresses().internal(), keys.bearerToken(), http, node.timer());
  }

  private NodeCertificate issued() {
    return NodeCertificate.issue(
        keys.authority(), node.name(), List.of(address), node.wall().instant());
  }

  private NodeInfo self(NodeAddresses addresses) {
    return new NodeInfo(
        node.id(),
        node.name(),
        node.config().roles(),
        Version.text(),
        PROTOCOL,
        addresses,
        NodeLoad.UNKNOWN,
        false,
        startedAt);
  }

  /**
   * Looks for the others and becomes one of them, or the first.
   *
   * @param internal where other nodes find this one; it listens already, as all that follows does
   * @param viewers the port of HTTP; empty without viewers
   * @param publishers the port of RTMP; empty where nobody publishes
   * @throws ConfigException if it is refused, or has no place to listen
   */
  void join(URI internal, OptionalInt viewers, OptionalInt publishers) {
    NodeAddresses addresses = reach().addresses(internal, viewers, publishers);
    GroupMembership group =
        new GroupMembership(self(addresses), node.nanoTime(), this::later, node.tasks());
    JGroupsChannel opened;
    try {
      opened =
          JGroupsChannel.join(
              Channels.config(config, address),
              keys,
              certificate,
              new Admission(node.id(), node.name(), PROTOCOL),
              node.wall());
    } catch (RefusedException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new ConfigException(
          "cluster " + config.name() + " cannot be joined at " + address + ": " + e.getMessage());
    }
    String at = opened.listensAt();
    port = Integer.parseInt(at.substring(at.lastIndexOf(':') + 1));
    channel = Optional.of(opened);
    group.connect(opened);
    membership = group;
    listeners.forEach(group::onChange);
    awaitNews(opened);
    log.info(
        "cluster {}: {} nodes, this one at {}", config.name(), group.view().nodes().size(), at);
  }

  /** Runs a task that may wait for the network or the disk, which the timer must not. */
  void later(Runnable task, long delayNanos) {
    try {
      node.timer().schedule(() -> node.tasks().execute(task), delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopping) {
      log.debug("not done any more: the node stops");
    }
  }

  /** Until the others have said who they are, but not for long: one of them may be silent. */
  private void awaitNews(JGroupsChannel group) {
    long deadline = node.nanoTime().getAsLong() + NEWS.toNanos();
    while (view().nodes().size() < group.view().members().size()
        && node.nanoTime().getAsLong() < deadline) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** Whether another node offers this. */
  boolean hasOther(NodeRole role) {
    return others(role).findAny().isPresent();
  }

  /** Where publishers can go: the least busy of the other nodes that take any. */
  Optional<NodeInfo> otherIngest() {
    return others(NodeRole.INGEST)
        .filter(other -> other.addresses().publishers().isPresent())
        .min(Comparator.comparingDouble(other -> -other.load().freeCores()));
  }

  private Stream<NodeInfo> others(NodeRole role) {
    return view().nodes().stream()
        .filter(other -> !other.id().equals(node.id()) && other.offers(role));
  }

  /** Adds a listener of views; before {@link #join}. Called on a thread of the cluster's. */
  void onView(Consumer<ClusterView> listener) {
    listeners.add(listener);
  }

  /** With what this node signs logs, and how it verifies those of others. */
  Signatures signatures() {
    return signatures;
  }

  ClusterView view() {
    return membership.view();
  }

  /** The group that was joined, with what else its messages carry; after {@link #join}. */
  GroupMembership group() {
    if (membership instanceof GroupMembership group) {
      return group;
    }
    throw new IllegalStateException("no cluster was joined yet");
  }

  Membership membership() {
    return membership;
  }

  /** Where the others reach this machine. */
  String address() {
    return address;
  }

  private Reach reach() {
    return new Reach(node.config(), address);
  }

  String name() {
    return config.name();
  }

  /** For membership; empty before {@link #join}. */
  OptionalInt port() {
    int bound = port;
    return bound == 0 ? OptionalInt.empty() : OptionalInt.of(bound);
  }

  /** What others name to find this node. */
  String seed() {
    return reach().seed(port);
  }

  SecretFile.Found secret() {
    return secret;
  }

  ClusterKeys keys() {
    return keys;
  }

  NodeCertificate nodeCertificate() {
    return certificate;
  }

  InternalToken token() {
    return new InternalToken(keys.bearerToken());
  }

  /** Trusts the nodes of this cluster, and shows that it is one. */
  HttpClient http() {
    return http;
  }

  OtherNodes others() {
    return others;
  }

  /** Where and how the internal server listens. */
  InternalConfig internal() {
    return InternalConfig.clustered(
        address,
        config.internalPort(),
        Advertised.AS_BOUND,
        new InternalTls(certificate.certificatePem(), certificate.keyPem()),
        Runtime.getRuntime().availableProcessors());
  }

  /** Leaves; the others know at once. */
  void leave() {
    if (membership instanceof GroupMembership group) {
      group.close();
    }
    channel.ifPresent(JGroupsChannel::close);
  }

  @Override
  public void close() {
    leave();
    http.shutdownNow();
  }
}

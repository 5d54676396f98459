package dev.millrace.cluster.channel;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.NodeCertificate;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jgroups.JChannel;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.conf.ProtocolStackConfigurator;
import org.jgroups.protocols.TCP;
import org.jgroups.protocols.pbcast.GMS;
import org.jgroups.stack.ProtocolStack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's attempts to join.
 *
 * <p>JGroups makes a member that nobody answers the first of a group of its own, also where the
 * others would not have it. So a node that is alone afterwards looks at what became of its
 * handshakes and requests before it believes that it is the first.
 */
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(JGroupsChannel.class);

  /** Together some seconds more than lost groups take to find each other. */
  private static final int MERGE_POLLS = 120;

  private static final long MERGE_POLL_NANOS = 50_000_000;

  private final ChannelConfig config;
  private final ClusterKeys keys;
  private final NodeCertificate certificate;
  private final Admission self;
  private final InstantSource clock;
  private final RateLimitedLog log;
  private final ChannelStack stack;

  Joining(
      ChannelConfig config,
      ClusterKeys keys,
      NodeCertificate certificate,
      Admission self,
      InstantSource clock)
      throws IOException {
    this.config = config;
    this.keys = keys;
    this.certificate = certificate;
    this.self = self;
    this.clock = clock;
    this.log = new RateLimitedLog(LOG, clock);
    this.stack = ChannelStack.of(config);
  }

  /**
   * Joins. A request that waited in front of a stopped process tells an old time there: where the
   * clocks seem to differ it is asked once more.
   */
  JGroupsChannel join() throws RefusedException, IOException {
    Outcome outcome = attempt();
    if (outcome instanceof Refused(Refusal refusal) && refusal.kind() == Refusal.Kind.CLOCK) {
      outcome = attempt();
    }
    return switch (outcome) {
      case Joined(JGroupsChannel channel) -> channel;
      case Refused(Refusal refusal) ->
          throw new RefusedException(
              "cannot join the cluster %s: %s".formatted(config.clusterName(), refusal.reason()));
    };
  }

  private sealed interface Outcome {}

  private record Joined(JGroupsChannel channel) implements Outcome {}

  private record Refused(Refusal refusal) implements Outcome {}

  private Outcome attempt() throws IOException {
    Handshakes handshakes = new Handshakes(log);
    AdmissionProtocol admission =
        new AdmissionProtocol(new AdmissionToken(self, keys, clock), log, clock);
    JChannel channel = create(handshakes, admission);
    JGroupsChannel joined = new JGroupsChannel(channel);
    Optional<Refusal> refusal =
        connect(channel, joined).or(() -> aloneBecauseRefused(channel, handshakes, admission));
    if (refusal.isPresent()) {
      channel.close();
      return new Refused(refusal.get());
    }
    LOG.info(
        "in the cluster {} at {}: {}",
        config.clusterName(),
        joined.listensAt(),
        channel.getView().size() == 1
            ? "alone, and looking for others"
            : channel.getView().size() + " nodes");
    return new Joined(joined);
  }

  private JChannel create(Handshakes handshakes, AdmissionProtocol admission) throws IOException {
    List<ProtocolConfiguration> protocols = stack.protocols();
    try {
      JChannel channel =
          new JChannel(
              new ProtocolStackConfigurator() {
                @Override
                public String getProtocolStackString() {
                  return stack.xml();
                }

                @Override
                public List<ProtocolConfiguration> getProtocolStack() {
                  return protocols;
                }
              });
      channel.setName(AdmissionProtocol.memberName(self));
      channel.setDiscardOwnMessages(true);
      TCP tcp = channel.getProtocolStack().findProtocol(TCP.class);
      tcp.setSocketFactory(
          new TlsSocketFactory(certificate.sslContext(), handshakes, tcp.getThreadFactory()));
      channel.getProtocolStack().insertProtocol(admission, ProtocolStack.Position.BELOW, GMS.class);
      admission.setProtocolStack(channel.getProtocolStack());
      admission.init();
      return channel;
    } catch (Exception e) {
      throw new IOException("the stack of JGroups does not start: " + rootMessage(e), e);
    }
  }

  private Optional<Refusal> connect(JChannel channel, JGroupsChannel joined) throws IOException {
    try {
      joined.connect(config.clusterName());
      return Optional.empty();
    } catch (Exception e) {
      Optional<Refusal> refusal = AdmissionProtocol.refusal(e);
      if (refusal.isPresent()) {
        return refusal;
      }
      channel.close();
      throw new IOException(
          "the cluster cannot be reached from %s: %s"
              .formatted(config.bindAddress().getHostAddress(), rootMessage(e)),
          e);
    }
  }

  /**
   * Why this node is alone, empty where it is not or is the first. Where somebody was reached whose
   * answer came too late, they merge within seconds or refuse each other; then that is waited for.
   */
  private static Optional<Refusal> aloneBecauseRefused(
      JChannel channel, Handshakes handshakes, AdmissionProtocol admission) {
    for (int i = 0; i < MERGE_POLLS && channel.getView().size() == 1; i++) {
      Optional<Refusal> refusal =
          admission.lastRefusal().or(() -> handshakes.refusal().map(Joining::anotherSecret));
      if (refusal.isPresent() || !handshakes.found()) {
        return refusal;
      }
      LockSupport.parkNanos(MERGE_POLL_NANOS);
    }
    return Optional.empty();
  }

  private static Refusal anotherSecret(String reason) {
    return new Refusal(
        Refusal.Kind.SECRET,
        reason
            + ". Copy the secret of a node that is in to this one, or give this cluster another"
            + " name");
  }

  private static String rootMessage(Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.cluster.channel.Admission;
import dev.millrace.cluster.channel.ChannelConfig;
import dev.millrace.cluster.channel.Discovery;
import dev.millrace.cluster.channel.JGroupsChannel;
import dev.millrace.cluster.channel.RefusedException;
import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.cluster.secret.NodeCertificate;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is not let into a cluster, and that both sides say why. */
class StrangersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void start() {
    cluster = new ClusterUnderTest(folder, "closed", Map.of());
    cluster.start("inside", "edge");
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aNodeWithAnotherSecretEndsWithAClearLine() {
    ChildProcess stranger =
        ChildProcess.start(
            Installation.node(
                List.of(
                    "run",
                    "--cluster",
                    "closed",
                    "--roles",
                    "edge",
                    "--http-port",
                    "0",
                    "--data",
                    folder.resolve("stranger").toString(),
                    "--seed",
                    "127.0.0.1:" + cluster.node("inside").clusterPort())),
            Map.of(
                "MILLRACE_NODE_NAME", "stranger",
                "MILLRACE_CLUSTER_SECRET", "fedcba9876543210".repeat(4),
                "MILLRACE_CLUSTER_ADDRESS", "127.0.0.1",
                "MILLRACE_CLUSTER_PORT", "0",
                "MILLRACE_CLUSTER_DISCOVERY", "seeds"),
            folder.resolve("stranger"));
    assertThat(stranger.awaitExit(PATIENCE)).as(stranger.output()).isEqualTo(2);
    assertThat(stranger.output())
        .contains("it has another cluster secret")
        .contains("Copy the secret of a node that is in to this one");
    assertInsideSays("stranger", "refused a connection from 127.0.0.1: it");
  }

  /** There is no older Millrace yet: a real channel that says it is one. */
  @Test
  void aNodeOfAnOlderProtocolIsToldToUpgrade() {
    assertRefused(
        "older",
        0,
        InstantSource.system(),
        "older speaks protocol 0 of the cluster and inside protocol 1: upgrade older");
  }

  /** All processes here have one clock: a real channel that is told another. */
  @Test
  void aNodeWhoseClockIsOffIsToldByHowMuch() {
    assertRefused(
        "late",
        1,
        InstantSource.offset(InstantSource.system(), Duration.ofSeconds(-30)),
        "s behind that of inside, and 5 s are allowed: set the clocks, by NTP");
  }

  private static void assertRefused(String name, int protocol, InstantSource clock, String reason) {
    ClusterKeys keys = ClusterSecret.parse(ClusterUnderTest.SECRET).keys("closed");
    ChannelConfig config =
        new ChannelConfig(
            "closed",
            InetAddress.ofLiteral("127.0.0.1"),
            ClusterUnderTest.freePort(),
            10,
            List.of(
                new Discovery.Seeds(List.of("127.0.0.1:" + cluster.node("inside").clusterPort()))),
            Optional.empty(),
            Duration.ofSeconds(10));
    NodeCertificate certificate =
        NodeCertificate.issue(
            keys.authority(), name, List.of("127.0.0.1"), InstantSource.system().instant());
    RefusedException refused =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                JGroupsChannel.join(
                    config,
                    keys,
                    certificate,
                    new Admission("0".repeat(10), name, protocol),
                    clock));
    assertThat(refused).hasMessageContaining(reason);
    assertInsideSays(name, reason);
  }

  private static void assertInsideSays(String name, String reason) {
    cluster.node("inside").process().awaitOutput(reason, PATIENCE);
    assertThat(cluster.node("inside").get("/api/v1/cluster").body()).doesNotContain(name);
  }
}

package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cluster.NodeRole;
import dev.millrace.media.log.Targets;
import dev.millrace.relay.swarm.Subnet;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
  private static final NodeConfig.Host HOST =
      new NodeConfig.Host("box", Map.of("HOME", "/home/someone"), 1L << 30);

  private static NodeConfig read(String yaml) {
    return NodeConfig.of(Settings.of(ConfigFile.parse("m.yaml", yaml)), HOST);
  }

  @Test
  void fillsInWhatDependsOnTheMachine() {
    NodeConfig config = read("");
    assertThat(config.name()).isEqualTo("box");
    assertThat(config.data()).isEqualTo(Path.of("/home/someone/.local/state/millrace"));
    assertThat(config.origin().maxMemoryBytes()).isEqualTo(1L << 29);
    assertThat(config.roles())
        .containsExactlyInAnyOrder(
            NodeRole.INGEST, NodeRole.TRANSCODER, NodeRole.ORIGIN, NodeRole.EDGE);
  }

  @Test
  void defaultTargetsAreThoseOfTheMediaModule() {
    assertThat(read("").hls().targets()).isEqualTo(Targets.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"500ms,512000", "200ms,214000", "1s,1003000", "320ms,320000"})
  void partTargetIsThePartDurationUpToWholeAudioFrames(String part, long partTargetUs) {
    assertThat(read("hls: {part-duration: " + part + "}").hls().targets().partTargetUs())
        .isEqualTo(partTargetUs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hls: {target-duration: 1s}      | m.yaml:1: hls.target-duration is 1s, expected whole seconds
          hls: {target-duration: 4500ms}  | m.yaml:1: hls.target-duration is 4500ms, expected whole seconds
          hls: {window: 5s}               | m.yaml:1: hls.window is 5s, expected at least three times
          hls: {part-duration: 50ms}      | m.yaml:1: hls.part-duration is 50ms, expected at least 100ms
          hls: {part-duration: 1100ms}    | hls.segment-duration is 2s, expected at least two parts
          rtmp: {idle-timeout: 0s}        | m.yaml:1: rtmp.idle-timeout is 0s, expected more than 0s
          rtmp: {max-message-size: 17MiB} | m.yaml:1: rtmp.max-message-size must be 64KiB to 16MiB
          http: {idle-timeout: 10s}       | m.yaml:1: http.idle-timeout is 10s, expected more than 20s
          origin: {max-memory: 1GiB}      | m.yaml:1: origin.max-memory is 1GiB, expected less than nine tenths of the Java heap
          node: {name: 'a b'}             | m.yaml:1: node.name is 'a b', expected
          cluster: {name: 'a b'}          | m.yaml:1: cluster.name is a b, expected 1 to 63
          cluster: {secret: short}        | m.yaml:1: cluster.secret: a cluster secret has
          cluster: {discovery: [dns]}     | m.yaml:1: cluster.discovery has dns, which needs cluster.dns
          cluster: {key: k.pem}           | cluster.ca-certificate, cluster.certificate and cluster.key belong together
          http: {public-url: 'edge1'}     | m.yaml:1: http.public-url is edge1, expected http or https://HOST
          http: {public-url: 'http://e/x'} | m.yaml:1: http.public-url is http://e/x, expected
          rtmp: {public-url: 'http://e'}  | m.yaml:1: rtmp.public-url is http://e, expected rtmp or rtmps
          steering: {ttl: 500ms}          | m.yaml:1: steering.ttl is 500ms, expected at least 1s
          origin: {classes: ['live/a=0']} | m.yaml:1: origin.classes is 'live/a=0', expected a list of {match
          relay: {iptv-channels: ['a=live/b rtp://239.1.1.1:5004']} | m.yaml:1: relay.iptv-channels is a=live/b rtp://239.1.1.1:5004, expected none on a node without the role relay
          relay: {iptv-channels: ['a=live/b rtp://239.1.1.1:5004', 'a=live/b rtp://239.1.1.2:5004']} | m.yaml:1: relay.iptv-channels is a=live/b rtp://239.1.1.1:5004, a=live/b rtp://239.1.1.2:5004, expected different
          relay: {iptv-receive: ['a=rtp://239.1.1.1:5004']} | m.yaml:1: relay.iptv-receive is a=rtp://239.1.1.1:5004, expected none on a node without the role relay
          relay: {iptv-receive: ['a=rtp://example.org:5004']} | m.yaml:1: relay.iptv-receive is 'a=rtp://example.org:5004', expected a list of
          relay: {iptv-groups: [239.255.0.0/16]} | m.yaml:1: relay.iptv-groups is 239.255.0.0/16, expected none on a node without the role relay
          relay: {iptv-channels: [live/main]} | m.yaml:1: relay.iptv-channels is 'live/main', expected a list of
          relay: {sites: ['a=10.0.0.0/33']} | m.yaml:1: relay.sites is 'a=10.0.0.0/33', expected a list of NAME=SUBNET
          relay: {sites: ['10.0.0.0/8']}  | m.yaml:1: relay.sites is '10.0.0.0/8', expected a list of NAME=SUBNET
          relay: {sites: ['a=10.0.0.0/8', 'a=10.1.0.0/16']} | m.yaml:1: relay.sites is 'a=10.0.0.0/8,a=10.1.0.0/16', expected a list
          {relay: {viewers-share: true}, node: {roles: [origin]}, cluster: {name: a}} | m.yaml:1: relay.viewers-share is true, expected false
          relay: {upstreams: ['http://e:1']} | m.yaml:1: relay.upstreams is 'http://e:1', expected a list of https
          relay: {upstreams: ['https://e:1']} | cluster.name is , expected mr-SITE
          cluster: {name: mr-a} | m.yaml:1: cluster.name is mr-a, expected another name
          relay: {subnets: ['10.0.0.0/8']} | m.yaml:1: relay.subnets is 10.0.0.0/8, expected none on a node that is no relay
          {relay: {upstreams: ['https://e:1']}, cluster: {name: mr-a}} | node.roles is ingest, transcoder, origin, edge, expected relay alone
          relay: {sites: ['a=10.0.0.0/8'], site-streams: ['b=live/x']} | m.yaml:1: relay.site-streams is b=live/x, expected sites of relay.sites only, which are a
          relay: {sites: ['a=10.0.0.0/8'], site-streams: ['a=*']} | m.yaml:1: relay.site-streams is 'a=*', expected a list of SITE=APP/STREAM
          {node: {roles: [relay]}, relay: {sites: ['a=10.0.0.0/8'], upstreams: ['https://e:1']}, cluster: {name: mr-a}} | m.yaml:1: relay.sites is a=10.0.0.0/8, expected none at the relay of a site
          node: {roles: [ingest, edge]}   | m.yaml:1: node.roles leaves out transcoder; a node that is alone
          """)
  void refusesWhatDoesNotGoTogether(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void rolesMayBeApartInACluster() {
    NodeConfig config = read("{node: {roles: [edge]}, cluster: {name: lab}}");
    assertThat(config.roles()).containsExactly(NodeRole.EDGE);
    assertThat(config.cluster().isOn()).isTrue();
    assertThat(read("").cluster().isOn()).isFalse();
  }

  @Test
  void relayOfASiteIsOfAClusterOfItsOwn() {
    NodeConfig config =
        read(
            "{node: {roles: [relay]}, cluster: {name: mr-campus}, relay: {upstreams:"
                + " ['https://edge1:7810', 'https://[2001:db8::1]:7810'], subnets:"
                + " [10.1.0.0/16]}}");
    assertThat(config.relay().siteRelays().isOne()).isTrue();
    assertThat(config.relay().siteRelays().upstreams())
        .containsExactly(
            URI.create("https://edge1:7810"), URI.create("https://[2001:db8::1]:7810"));
    assertThat(config.relay().siteRelays().subnets()).containsExactly(Subnet.parse("10.1.0.0/16"));
  }

  @Test
  void whatIsGivenForDiscoveryIsUsedBesideMulticastUnlessChosenOtherwise() {
    assertThat(read("").cluster().discovery()).containsExactly(Discovery.MULTICAST);
    assertThat(read("cluster: {seeds: [a, 'b:7801', '[::1]:7800']}").cluster().discovery())
        .containsExactlyInAnyOrder(Discovery.MULTICAST, Discovery.SEEDS);
    assertThat(read("cluster: {seeds: [a], discovery: [seeds]}").cluster().discovery())
        .containsExactly(Discovery.SEEDS);
    assertThat(read("cluster: {dns: nodes.example.org}").cluster().discovery())
        .containsExactlyInAnyOrder(Discovery.MULTICAST, Discovery.DNS);
  }

  @Test
  void readsSitesWithTheirSubnets() {
    assertThat(
            read("relay: {sites: ['campus=10.20.0.0/16', 10.21.0.0/16, 'hotel=2001:db8:7::/48']}")
                .relay()
                .sites())
        .containsExactly(
            new Site("campus", List.of(Subnet.parse("10.20.0.0/16"), Subnet.parse("10.21.0.0/16"))),
            new Site("hotel", List.of(Subnet.parse("2001:db8:7::/48"))));
    assertThat(read("").relay().sites()).isEmpty();
    assertThat(read("").relay().viewersShare()).isFalse();
  }

  @Test
  void readsClassesOfStreamsAndPublicAddresses() {
    NodeConfig config =
        read(
            "{origin: {classes: [{match: 'live/vip-*', replicas: 3}, 'live/*=1']},"
                + " http: {public-url: 'https://edge1.example.org/'}}");
    assertThat(config.origin().replicas()).isEqualTo(2);
    assertThat(config.origin().classes())
        .containsExactly(new ReplicaClass("live/vip-*", 3), new ReplicaClass("live/*", 1));
    assertThat(config.http().publicUrl()).contains(URI.create("https://edge1.example.org"));
  }

  @Test
  void neverSaysTheSecret() {
    assertThatThrownBy(() -> read("cluster: {secret: hush}")).hasMessageNotContaining("hush");
    String secret = "0123456789abcdef".repeat(4);
    assertThat(read("cluster: {secret: '" + secret + "'}").toString()).doesNotContain("abcdef");
  }

  @Test
  void refusesOneKeyForTwoPathsOfAnApplication() {
    assertThatThrownBy(
            () ->
                read(
                    "publish: {keys: [{path: live/a, key: hush-hush}, {path: live/b, key:"
                        + " hush-hush}]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("twice")
        .hasMessageNotContaining("hush");
  }
}

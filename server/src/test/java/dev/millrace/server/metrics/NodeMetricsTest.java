package dev.millrace.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.edge.EdgeFacts;
import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.EdgeSwarm;
import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.ChannelText;
import dev.millrace.relay.iptv.ReceivedChannel;
import dev.millrace.relay.iptv.ReceiverCounters;
import dev.millrace.relay.iptv.Reception;
import dev.millrace.relay.iptv.ReceptionFacts;
import dev.millrace.relay.iptv.SenderCounters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {
  private static final StreamPath MAIN = new StreamPath("live", "main");

  private final List<StreamFacts> streams = new ArrayList<>();
  private final Map<StreamPath, LadderFacts> ladders = new HashMap<>();
  private final List<CopyLag> lags = new ArrayList<>();
  private final List<ChannelFacts> channels = new ArrayList<>();
  private final List<ReceptionFacts> received = new ArrayList<>();
  private final NodeMetrics metrics =
      new NodeMetrics(
          "0.9",
          new NodeMetrics.Sources(this::node, path -> Optional.ofNullable(ladders.get(path))));

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void tellsTheNode() {
    streams.add(facts("main", StreamFacts.State.LIVE, 0));
    streams.add(facts("gone", StreamFacts.State.WAITING, 1));
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_build_info{version=\"0.9\"} 1\n",
            "\nmillrace_streams{state=\"live\"} 1.0\n",
            "\nmillrace_streams{state=\"waiting\"} 1.0\n",
            "\nmillrace_viewers 12.0\n",
            "\nmillrace_rtmp_connections 3.0\n",
            "\nmillrace_http_held_requests 7.0\n",
            "\n# TYPE millrace_http_sent_bytes_total counter\n",
            "\nmillrace_http_sent_bytes_total 123456.0\n",
            "\nmillrace_http_errors_total{kind=\"unavailable\"} 2.0\n",
            "\nprocess_uptime_seconds ",
            "\njvm_memory_used_bytes{area=\"heap\"");
  }

  @Test
  void tellsThePlaceInTheCluster() {
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_cluster_nodes 5.0\n",
            "\nmillrace_cluster_view_changes_total 17.0\n",
            "\nmillrace_cluster_streams{kind=\"ingest\"} 2.0\n",
            "\nmillrace_cluster_streams{kind=\"origin\"} 3.0\n",
            "\nmillrace_cluster_settings_revision 6.0\n");
  }

  @Test
  void tellsWhatIsBehind() {
    StreamView view =
        StreamView.empty()
            .apply(new LogRecord.Opened(1000, Targets.DEFAULT))
            .apply(
                new LogRecord.Described(
                    new RenditionDescription(
                        "video", MediaType.VIDEO, "avc1", 1, 1, 1, 0, 0, 0, "init", Bytes.EMPTY)));
    Instant now = Instant.ofEpochSecond(14);
    StreamPath path = new StreamPath("live", "far");
    assertThat(CopyLag.of(path, "origin", view, now)).as("nothing came yet").isEmpty();
    PartEntry entry =
        new PartEntry(
            new LogPosition(1000, 700, 0),
            500_000,
            1,
            true,
            false,
            false,
            0,
            "init",
            10_000_000,
            0,
            Bytes.of(1).sha256(),
            MerkleTree.root(Bytes.of(1)));
    view = view.apply(new LogRecord.Appended("video", entry));
    lags.add(CopyLag.of(path, "origin", view, now).orElseThrow());
    assertThat(metrics.scrape())
        .contains("\nmillrace_cluster_lag_seconds{kind=\"origin\",stream=\"live/far\"} 3.5\n");
    assertThat(CopyLag.of(path, "origin", view.apply(new LogRecord.Ended()), now)).isEmpty();
    lags.clear();
    assertThat(metrics.scrape()).doesNotContain("live/far");
  }

  @Test
  void tellsStreamsAndRungsAsLongAsTheyAre() {
    streams.add(facts("main", StreamFacts.State.LIVE, 0));
    ladders.put(MAIN, ladder(1.7, false));
    assertThat(metrics.scrape())
        .contains(
            "millrace_stream_ingest_bits_per_second{stream=\"live/main\",type=\"video\"} 2500000.0",
            "millrace_stream_reconnects_total{stream=\"live/main\"} 4.0",
            "millrace_stream_viewers{stream=\"live/main\"} 12.0",
            "millrace_ladder_state{state=\"encoding\",stream=\"live/main\"} 1.0",
            "millrace_ladder_state{state=\"given-up\",stream=\"live/main\"} 0.0",
            "millrace_ladder_worker_restarts_total{stream=\"live/main\"} 2.0",
            "millrace_ladder_lag_seconds{stream=\"live/main\"} 0.35",
            "millrace_rung_speed_ratio{rung=\"480p\",stream=\"live/main\"} 1.7",
            "millrace_rung_dropped{rung=\"480p\",stream=\"live/main\"} 0.0");

    ladders.put(MAIN, ladder(0.8, true));
    assertThat(metrics.scrape())
        .contains(
            "millrace_rung_speed_ratio{rung=\"480p\",stream=\"live/main\"} 0.8",
            "millrace_rung_dropped{rung=\"480p\",stream=\"live/main\"} 1.0");

    ladders.clear();
    assertThat(metrics.scrape()).contains("live/main").doesNotContain("480p");
    streams.clear();
    assertThat(metrics.scrape()).doesNotContain("live/main");
  }

  @Test
  void boundsHowManyStreamsAreToldOneByOne() {
    for (int i = 0; i < 3 * NodeMetrics.MAX_STREAMS; i++) {
      streams.add(facts("s" + i, StreamFacts.State.LIVE, i));
    }
    String text = metrics.scrape();
    assertThat(text.lines().filter(line -> line.startsWith("millrace_stream_viewers{")))
        .hasSize(NodeMetrics.MAX_STREAMS);
    assertThat(text)
        .contains("stream=\"live/s0\"")
        .contains("\nmillrace_streams{state=\"live\"} " + 3.0 * NodeMetrics.MAX_STREAMS + "\n");
  }

  @Test
  void isExplainedMeterByMeter() throws IOException {
    streams.add(facts("main", StreamFacts.State.LIVE, 0));
    ladders.put(MAIN, ladder(1, false));
    lags.add(new CopyLag(MAIN, "edge", 0.3));
    channels.add(channel());
    received.add(reception());
    Set<String> told = rows("^# TYPE (millrace_\\w+) (\\w+)$", metrics.scrape());
    String page = Files.readString(Path.of("../docs/operate/metrics.md"));
    Set<String> explained = rows("^\\| `(millrace_\\w+)` \\| (\\w+) \\| ", page);
    assertThat(explained).isEqualTo(told);
  }

  private static Set<String> rows(String form, String text) {
    return Pattern.compile(form, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map(row -> row.group(1) + " " + row.group(2))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void tellsViewersWhoShare() {
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_swarm_peers{site=\"campus\",stream=\"live/hall\"} 9.0\n",
            "\nmillrace_swarm_connections 8.0\n",
            "\nmillrace_swarm_offers_total 45.0\n",
            "\nmillrace_swarm_refused_messages_total 3.0\n");
  }

  @Test
  void tellsSitesAndTheirRelays() {
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_site_relays{site=\"campus\"} 1.0\n",
            "\nmillrace_site_taken_bytes_total{site=\"campus\"} 77.0\n",
            "\nmillrace_site_refused_total{site=\"campus\"} 6.0\n",
            "\nmillrace_relay_viewers{relay=\"library\",site=\"campus\"} 31.0\n",
            "\nmillrace_relay_served_bytes_total{relay=\"library\",site=\"campus\"} 31000.0\n",
            "\nmillrace_relay_edges_bytes_total{relay=\"library\",site=\"campus\"} 1000.0\n",
            "\nmillrace_relay_mesh_late_total{relay=\"library\",site=\"campus\"} 2.0\n",
            "\nmillrace_relay_mesh_bans{relay=\"library\",site=\"campus\"} 1.0\n");
  }

  @Test
  void tellsChannels() {
    channels.add(channel());
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_iptv_sending{channel=\"hall\"} 1.0\n",
            "\nmillrace_iptv_rate_bits_per_second{channel=\"hall\"} 5000000.0\n",
            "\nmillrace_iptv_datagrams_total{channel=\"hall\"} 17.0\n",
            "\nmillrace_iptv_late_packets_total{channel=\"hall\"} 4.0\n");
    channels.clear();
    assertThat(metrics.scrape()).doesNotContain("channel=\"hall\"");
  }

  private static ChannelFacts channel() {
    return new ChannelFacts(
        ChannelText.read("hall=live/main rtp://239.255.1.1:5004"),
        "rtp://239.255.1.1:5004",
        "",
        0,
        new SenderCounters(true, 5_000_000, 17, 2, 9000, 3, 4, 5, 6, 7, 8, 9));
  }

  @Test
  void tellsReceivedChannels() {
    received.add(reception());
    assertThat(metrics.scrape())
        .contains(
            "\nmillrace_iptv_received_live{channel=\"news\"} 0.0\n",
            "\nmillrace_iptv_received_fallback{channel=\"news\"} 1.0\n",
            "\nmillrace_iptv_received_packets_total{channel=\"news\"} 10.0\n",
            "\nmillrace_iptv_received_repaired_total{channel=\"news\"} 17.0\n",
            "\nmillrace_iptv_received_lost_total{channel=\"news\"} 13.0\n");
  }

  private static ReceptionFacts reception() {
    return new ReceptionFacts(
        ReceivedChannel.read("news=rtp://239.255.1.1:5004"),
        Reception.State.FALLBACK,
        2,
        "",
        new ReceiverCounters(10, 11, 12, 13, 14, 15, 16),
        9000,
        17,
        18,
        19);
  }

  private static EdgeSite.Relay relay() {
    return new EdgeSite.Relay(
        "id-1",
        "library",
        URI.create("http://10.20.0.1:8080"),
        0.25,
        31,
        125_000,
        false,
        900,
        Map.of("edges.bytes", 1_000L, "served.bytes", 31_000L, "mesh.late", 2L, "mesh.bans", 1L));
  }

  private NodeFacts node() {
    return new NodeFacts(
        streams,
        new EdgeFacts(5, 7, 1_000_000, Map.of(MAIN, 12), 123_456, 20, 30, 1, 2, 0),
        3,
        9_000_000,
        Optional.of(new ClusterSample(5, 17, 2, 3, 1, 4, 0, 0, 0, 6, List.copyOf(lags))),
        channels,
        received,
        Optional.of(
            new EdgeSwarm.Facts(
                List.of(new EdgeSwarm.Swarm("live/hall", "campus", 9)),
                Map.of("connections", 8L, "offers", 45L, "refusedMessages", 3L))),
        List.of(
            new EdgeSite.Site(
                "campus", List.of(), List.of(relay()), Map.of("bytes", 77L, "refused", 6L))));
  }

  private static StreamFacts facts(String name, StreamFacts.State state, int startedS) {
    return new StreamFacts(
        new StreamPath("live", name),
        state,
        Optional.empty(),
        List.of(),
        Instant.ofEpochSecond(startedS),
        Duration.ofSeconds(90),
        1_000_000,
        2_500_000,
        128_000,
        30,
        Map.of(),
        4,
        1,
        "key-1");
  }

  private static LadderFacts ladder(double speed, boolean dropped) {
    return new LadderFacts(
        LadderFacts.State.ENCODING,
        "",
        "libx264",
        "node-2",
        2,
        350,
        List.of(
            new LadderFacts.RungFacts(
                "480p", "h264", 854, 480, 1_200_000, speed, 30, dropped, dropped ? "slow" : "")));
  }
}

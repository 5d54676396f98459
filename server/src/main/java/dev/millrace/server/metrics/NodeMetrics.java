package dev.millrace.server.metrics;

import dev.millrace.edge.EdgeSite;
import dev.millrace.edge.EdgeSwarm;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LadderFacts.RungFacts;
import dev.millrace.media.live.StreamFacts;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.ReceptionFacts;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The registry of a node and the text that Prometheus reads. Values are taken when they are asked
 * for, so that a node that nobody scrapes does nothing. {@link #scrape} on any thread, one at a
 * time; it does not wait for anything but that.
 *
 * <p>Streams are tags here, since an operator wants to see which one is in trouble. Their number is
 * bounded: of more than {@link #MAX_STREAMS} the ones that came first are shown, all are counted.
 */
public final class NodeMetrics implements AutoCloseable {
  /** Streams that are shown one by one. */
  static final int MAX_STREAMS = 200;

  /**
   * Where values come from; all of these are called while somebody scrapes, and must not block.
   *
   * @param node the node without its ladders
   * @param ladder of a stream; empty where there is none
   */
  public record Sources(
      Supplier<NodeFacts> node, Function<StreamPath, Optional<LadderFacts>> ladder) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollector = new JvmGcMetrics();
  private final Sources sources;
  private final MeterGroup<NodeFacts> node;
  private final MeterGroup<ClusterSample> cluster;
  private final MeterGroup<StreamMeters.Sample> streams;
  private final MeterGroup<RungFacts> rungs;
  private final MeterGroup<CopyLag> lags;
  private final MeterGroup<ChannelFacts> channels;
  private final MeterGroup<ReceptionFacts> received;
  private final MeterGroup<EdgeSwarm.Facts> tracker;
  private final MeterGroup<EdgeSwarm.Swarm> swarms;
  private final MeterGroup<EdgeSite.Site> sites;
  private final MeterGroup<EdgeSite.Relay> relays;

  /**
   * @param version of the program, for {@code millrace_build_info}
   */
  public NodeMetrics(String version, Sources sources) {
    this.sources = sources;
    this.node = new MeterGroup<>(registry, NodeMeters.ALL);
    this.cluster = new MeterGroup<>(registry, ClusterMeters.ALL);
    this.streams = new MeterGroup<>(registry, StreamMeters.ALL);
    this.rungs = new MeterGroup<>(registry, RungMeters.ALL);
    this.lags = new MeterGroup<>(registry, CopyLag.METERS);
    this.channels = new MeterGroup<>(registry, ChannelMeters.ALL);
    this.received = new MeterGroup<>(registry, ReceptionMeters.ALL);
    this.tracker = new MeterGroup<>(registry, SwarmMeters.ALL);
    this.swarms = new MeterGroup<>(registry, SwarmMeters.OF_EACH);
    this.sites = new MeterGroup<>(registry, SiteMeters.ALL);
    this.relays = new MeterGroup<>(registry, SiteMeters.OF_EACH_RELAY);
    bindJvm(registry);
    Gauge.builder("millrace.build.info", () -> 1)
        .tag("version", version)
        .description("Always 1; the tag says which program this is.")
        .register(registry);
  }

  /** All meters as they are now, in Prometheus's text format 0.0.4. */
  public synchronized String scrape() {
    NodeFacts now = sources.node.get();
    Map<Tags, StreamMeters.Sample> shownStreams = new LinkedHashMap<>();
    Map<Tags, RungFacts> shownRungs = new LinkedHashMap<>();
    now.streams().stream()
        .filter(each -> each.state() != StreamFacts.State.ENDED)
        .sorted(Comparator.comparing(StreamFacts::startedAt))
        .limit(MAX_STREAMS)
        .forEach(
            facts -> {
              LadderFacts ladder = sources.ladder.apply(facts.path()).orElse(LadderFacts.OFF);
              Tags stream = Tags.of("stream", facts.path().toString());
              int viewers = now.edge().viewers().getOrDefault(facts.path(), 0);
              shownStreams.put(stream, new StreamMeters.Sample(facts, ladder, viewers));
              ladder.rungs().forEach(rung -> shownRungs.put(stream.and("rung", rung.name()), rung));
            });
    node.show(Map.of(Tags.empty(), now));
    cluster.show(now.cluster().map(sample -> Map.of(Tags.empty(), sample)).orElse(Map.of()));
    streams.show(shownStreams);
    rungs.show(shownRungs);
    lags.show(now.cluster().map(sample -> furthestBehind(sample.lags())).orElse(Map.of()));
    channels.show(byName(now.channels(), each -> each.channel().name()));
    received.show(byName(now.received(), each -> each.channel().name()));
    tracker.show(now.swarm().map(facts -> Map.of(Tags.empty(), facts)).orElse(Map.of()));
    swarms.show(now.swarm().map(NodeMetrics::largest).orElse(Map.of()));
    showSites(now.sites());
    return registry.scrape();
  }

  private void showSites(List<EdgeSite.Site> all) {
    Map<Tags, EdgeSite.Site> shown = new LinkedHashMap<>();
    Map<Tags, EdgeSite.Relay> shownRelays = new LinkedHashMap<>();
    for (EdgeSite.Site site : all.subList(0, Math.min(all.size(), MAX_STREAMS))) {
      Tags tag = Tags.of("site", site.name());
      shown.put(tag, site);
      site.relays().stream()
          .limit(MAX_STREAMS - shownRelays.size())
          .forEach(relay -> shownRelays.put(tag.and("relay", relay.name()), relay));
    }
    sites.show(shown);
    relays.show(shownRelays);
  }

  private static <T> Map<Tags, T> byName(List<T> all, Function<T, String> name) {
    Map<Tags, T> shown = new LinkedHashMap<>();
    all.stream()
        .limit(MAX_STREAMS)
        .forEach(each -> shown.put(Tags.of("channel", name.apply(each)), each));
    return shown;
  }

  private static Map<Tags, EdgeSwarm.Swarm> largest(EdgeSwarm.Facts facts) {
    Map<Tags, EdgeSwarm.Swarm> shown = new LinkedHashMap<>();
    facts.swarms().stream()
        .sorted(Comparator.comparingInt(EdgeSwarm.Swarm::peers).reversed())
        .limit(MAX_STREAMS)
        .forEach(each -> shown.put(Tags.of("stream", each.stream(), "site", each.site()), each));
    return shown;
  }

  private static Map<Tags, CopyLag> furthestBehind(List<CopyLag> all) {
    Map<Tags, CopyLag> shown = new LinkedHashMap<>();
    all.stream()
        .sorted(Comparator.comparingDouble(CopyLag::seconds).reversed())
        .limit(MAX_STREAMS)
        .forEach(
            lag -> shown.put(Tags.of("stream", lag.path().toString(), "kind", lag.kind()), lag));
    return shown;
  }

  @Override
  public void close() {
    garbageCollector.close();
    registry.close();
  }

  private void bindJvm(MeterRegistry target) {
    List.of(
            new UptimeMetrics(),
            new ProcessorMetrics(),
            new FileDescriptorMetrics(),
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            garbageCollector)
        .forEach(binder -> binder.bindTo(target));
  }
}

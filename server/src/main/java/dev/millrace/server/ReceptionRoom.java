package dev.millrace.server;

import dev.millrace.edge.EdgeRelay;
import dev.millrace.media.Bytes;
import dev.millrace.relay.iptv.GroupPublisher;
import dev.millrace.relay.iptv.IptvIn;
import dev.millrace.relay.iptv.ReceivedChannel;
import dev.millrace.relay.iptv.ReceiverCounters;
import dev.millrace.relay.iptv.ReceptionFacts;
import dev.millrace.relay.iptv.TsViewer;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.RelayConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a node receives of IPTV: for viewers who take it by HTTP, and as streams. Call sequence:
 * constructor, {@link #start}, {@link #stopPublishing} where there is time for a clean end, close.
 */
final class ReceptionRoom implements AutoCloseable {
  /** Long enough for the thread to see that it is to end. */
  private static final long END_MS = 1000;

  private static final Duration CONNECT = Duration.ofSeconds(2);

  private final NodeServices node;
  private final RelayConfig.IptvIn config;
  private final HttpClient http;
  private final IptvIn iptv;
  private final Thread receiver;
  private final List<Runnable> publications = new ArrayList<>();

  ReceptionRoom(NodeServices node) {
    this.node = node;
    this.config = node.config().relay().iptvIn();
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .executor(node.tasks())
            .build();
    try {
      iptv =
          new IptvIn(
              config.channels(),
              group -> config.groups().stream().anyMatch(subnet -> subnet.contains(group)),
              config.networkInterface(),
              http,
              node.nanoTime());
    } catch (IOException e) {
      throw new ConfigException("IPTV cannot be received: " + e.getMessage());
    }
    receiver = Thread.ofPlatform().name("iptv-receiver").daemon().unstarted(iptv);
  }

  /**
   * Receives, and publishes what is to be published.
   *
   * @param ingest where; empty for a node without publishers
   */
  void start(Optional<IngestRoom> ingest) {
    receiver.start();
    ingest.ifPresent(
        room ->
            config.channels().stream()
                .filter(channel -> channel.publish().isPresent())
                .forEach(channel -> publish(channel, room)));
  }

  private void publish(ReceivedChannel channel, IngestRoom room) {
    GroupPublisher publisher =
        new GroupPublisher(channel, room::publish, room::isLiveElsewhere, node.nanoTime());
    publications.add(iptv.watch(channel.name(), publisher).orElseThrow());
  }

  /** Publishes no more: another node that receives the same goes on. */
  void stopPublishing() {
    publications.forEach(Runnable::run);
    publications.clear();
  }

  /** What is received, half a second ago at most. */
  List<ReceptionFacts> channels() {
    return iptv.channels();
  }

  Optional<Runnable> watch(String channel, Consumer<Bytes> viewer) {
    return iptv.watch(channel, viewer(viewer));
  }

  Optional<Runnable> watchGroup(boolean rtp, String group, Consumer<Bytes> viewer) {
    return iptv.watchGroup(rtp, group, viewer(viewer));
  }

  private static TsViewer viewer(Consumer<Bytes> viewer) {
    return viewer::accept;
  }

  /** For operators. */
  List<EdgeRelay.Channel> forEdge() {
    return iptv.channels().stream().map(ReceptionRoom::channel).toList();
  }

  private static EdgeRelay.Channel channel(ReceptionFacts facts) {
    ReceivedChannel channel = facts.channel();
    String line = channel.line();
    return new EdgeRelay.Channel(
        channel.name(),
        channel.publish().map(Object::toString).orElse(""),
        line.substring(line.indexOf('=') + 1),
        channel.url(),
        facts.state().name().toLowerCase(Locale.ROOT),
        facts.trouble(),
        counters(facts));
  }

  private static Map<String, Long> counters(ReceptionFacts facts) {
    ReceiverCounters receiver = facts.receiver();
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("viewers", (long) facts.viewers());
    counters.put("bytes", facts.bytes());
    counters.put("received", receiver.received());
    counters.put("duplicates", receiver.duplicates());
    counters.put("recovered", receiver.recovered());
    counters.put("repaired", facts.repaired());
    counters.put("lost", receiver.lost());
    counters.put("late", receiver.late());
    counters.put("malformed", receiver.malformed());
    counters.put("restarts", receiver.restarts());
    counters.put("rejoins", facts.rejoins());
    counters.put("fallbacks", facts.fallbacks());
    return counters;
  }

  @Override
  public void close() {
    iptv.close();
    try {
      receiver.join(END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.shutdownNow();
  }
}

package dev.millrace.server;

import dev.millrace.edge.EdgeRelay;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.IptvOut;
import dev.millrace.relay.iptv.SenderCounters;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.identity.ChannelFile;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * What a node sends to controlled networks: channels of IPTV. Reads streams as an edge does. Call
 * sequence: constructor, {@link #start}, close.
 */
final class RelayRoom implements AutoCloseable {
  /** Long enough for the thread to see that it is to end. */
  private static final long END_MS = 1000;

  private final NodeServices node;
  private final IptvOut iptv;
  private final SentChannels channels;
  private final Thread pacer;

  /**
   * @param source of the streams
   * @throws ConfigException if the channels that were kept cannot be read
   */
  RelayRoom(NodeServices node, PartSource source) {
    this.node = node;
    SecureRandom random = new SecureRandom();
    iptv = new IptvOut(source, node.nanoTime(), random::nextLong, node.config().relay().iptvSap());
    channels =
        new SentChannels(
            iptv, node.config().relay().iptvChannels(), ChannelFile.open(node.folder()));
    pacer = Thread.ofPlatform().name("iptv-pacer").daemon().unstarted(iptv);
  }

  /**
   * Begins the channels of the configuration, and those that operators have set.
   *
   * @throws ConfigException if one of the configuration cannot be sent, for example because its
   *     interface is missing
   */
  void start() {
    pacer.start();
    channels.start();
    node.eachSecond("looking after channels", this::tick);
  }

  private void tick() {
    iptv.tick();
    node.tasks().execute(channels::retry);
  }

  /** The channels now. */
  List<ChannelFacts> channels() {
    return iptv.channels();
  }

  /**
   * For the HTTP interface.
   *
   * @param received what is received here
   */
  EdgeRelay forEdge(Optional<ReceptionRoom> received) {
    return new EdgeRelay(
        this::all,
        iptv::m3u,
        iptv::sdp,
        this::put,
        this::remove,
        () -> received.map(ReceptionRoom::forEdge).orElse(List.of()),
        new IptvStreams(iptv, received));
  }

  private List<EdgeRelay.Channel> all() {
    return Stream.concat(
            iptv.channels().stream().map(RelayRoom::channel), channels.waiting().stream())
        .toList();
  }

  private CompletionStage<Void> put(String name, String line) {
    return CompletableFuture.runAsync(() -> channels.put(name, line), node.tasks());
  }

  private CompletionStage<Void> remove(String name) {
    return CompletableFuture.runAsync(() -> channels.remove(name), node.tasks());
  }

  private static EdgeRelay.Channel channel(ChannelFacts facts) {
    return new EdgeRelay.Channel(
        facts.channel().name(),
        facts.channel().stream().toString(),
        SentChannels.text(facts.channel()),
        facts.url(),
        facts.state(),
        facts.trouble(),
        counters(facts));
  }

  private static Map<String, Long> counters(ChannelFacts facts) {
    SenderCounters sender = facts.sender();
    Map<String, Long> counters = new LinkedHashMap<>();
    counters.put("rateBps", sender.rateBps());
    counters.put("datagrams", sender.datagrams());
    counters.put("parityDatagrams", sender.parityDatagrams());
    counters.put("bytes", sender.bytes());
    counters.put("nullPackets", sender.nullPackets());
    counters.put("latePackets", sender.latePackets());
    counters.put("droppedFrames", sender.droppedFrames());
    counters.put("lostParts", facts.lostParts());
    counters.put("restarts", sender.restarts());
    counters.put("stalls", sender.stalls());
    counters.put("behindMs", sender.behindMs());
    counters.put("failures", sender.failures());
    return counters;
  }

  @Override
  public void close() {
    iptv.close();
    try {
      pacer.join(END_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.millrace.server;

import dev.millrace.edge.EdgeRelay;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.iptv.ChannelFacts;
import dev.millrace.relay.iptv.ChannelText;
import dev.millrace.relay.iptv.IptvChannel;
import dev.millrace.relay.iptv.IptvOut;
import dev.millrace.relay.iptv.SenderCounters;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a node sends to controlled networks: channels of IPTV. Reads streams as an edge does. Call
 * sequence: constructor, {@link #start}, close.
 */
final class RelayRoom implements AutoCloseable {
  /** Long enough for the thread to see that it is to end. */
  private static final long END_MS = 1000;

  private final NodeServices node;
  private final IptvOut iptv;
  private final Thread pacer;

  /**
   * @param source of the streams
   */
  RelayRoom(NodeServices node, PartSource source) {
    this.node = node;
    SecureRandom random = new SecureRandom();
    iptv = new IptvOut(source, node.nanoTime(), random::nextLong, node.config().relay().iptvSap());
    pacer = Thread.ofPlatform().name("iptv-pacer").daemon().unstarted(iptv);
  }

  /**
   * Begins the channels of the configuration.
   *
   * @throws ConfigException if one of them cannot be sent, for example because its interface is
   *     missing
   */
  void start() {
    pacer.start();
    NodeConfig.Relay config = node.config().relay();
    for (IptvChannel channel : config.iptvChannels()) {
      try {
        iptv.put(channel);
      } catch (IOException e) {
        throw new ConfigException(
            "relay.iptv-channels: " + channel.name() + " cannot be sent: " + e.getMessage());
      }
    }
    node.eachSecond("looking after channels", iptv::tick);
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
        () -> iptv.channels().stream().map(RelayRoom::channel).toList(),
        iptv::m3u,
        iptv::sdp,
        this::put,
        this::remove,
        () -> received.map(ReceptionRoom::forEdge).orElse(List.of()),
        new IptvStreams(iptv, received));
  }

  private CompletionStage<Void> put(String name, String line) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            iptv.put(ChannelText.read(name + "=" + line));
          } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
          }
        },
        node.tasks());
  }

  private CompletionStage<Void> remove(String name) {
    return CompletableFuture.runAsync(
        () -> {
          if (!iptv.remove(name)) {
            throw new NoSuchElementException("there is no channel " + name);
          }
        },
        node.tasks());
  }

  private static EdgeRelay.Channel channel(ChannelFacts facts) {
    String line = ChannelText.write(facts.channel());
    return new EdgeRelay.Channel(
        facts.channel().name(),
        facts.channel().stream().toString(),
        line.substring(line.indexOf('=') + 1),
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

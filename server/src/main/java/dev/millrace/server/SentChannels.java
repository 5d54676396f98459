package dev.millrace.server;

import dev.millrace.edge.EdgeRelay;
import dev.millrace.relay.iptv.ChannelText;
import dev.millrace.relay.iptv.IptvChannel;
import dev.millrace.relay.iptv.IptvOut;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.identity.ChannelFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which channels of IPTV a node sends: those of its configuration, and over them what operators
 * have changed at run time, also before it was started the last time. What they set and what cannot
 * be sent now is tried again, since an interface may come late. Any thread; the monitor guards it,
 * and may be held while the disk is written.
 */
final class SentChannels {
  private static final Logger log = LoggerFactory.getLogger(SentChannels.class);

  private final IptvOut iptv;
  private final List<IptvChannel> configured;
  private final ChannelFile file;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  private record Waiting(IptvChannel channel, String trouble) {}

  SentChannels(IptvOut iptv, List<IptvChannel> configured, ChannelFile file) {
    this.iptv = iptv;
    this.configured = configured;
    this.file = file;
  }

  /**
   * Begins them.
   *
   * @throws ConfigException if one of the configuration cannot be sent, for example because its
   *     interface is missing, or one that was kept makes no sense
   */
  synchronized void start() {
    Map<String, Optional<String>> changes = file.changes();
    for (IptvChannel channel : configured) {
      if (!changes.containsKey(channel.name())) {
        try {
          iptv.put(channel);
        } catch (IOException | IllegalStateException e) {
          throw new ConfigException(
              "relay.iptv-channels: " + channel.name() + " cannot be sent: " + e.getMessage());
        }
      } else {
        log.info("iptv {}: the API has changed it, not as configured", channel.name());
      }
    }
    changes.values().forEach(line -> line.map(SentChannels::kept).ifPresent(this::attempt));
  }

  private static IptvChannel kept(String line) {
    try {
      return ChannelText.read(line);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "a channel that the API has set, in the file iptv-channels of the data folder: "
              + e.getMessage());
    }
  }

  private void attempt(IptvChannel channel) {
    try {
      iptv.put(channel);
      waiting.remove(channel.name());
    } catch (IOException | IllegalStateException e) {
      String trouble = String.valueOf(e.getMessage());
      Waiting before = waiting.put(channel.name(), new Waiting(channel, trouble));
      if (before == null || !before.trouble().equals(trouble)) {
        log.warn("iptv {}: cannot be sent, tried again: {}", channel.name(), trouble);
      }
    }
  }

  /** Tries again what could not be sent; once a second. */
  synchronized void retry() {
    List.copyOf(waiting.values()).forEach(each -> attempt(each.channel()));
  }

  /** What cannot be sent now. */
  synchronized List<EdgeRelay.Channel> waiting() {
    return waiting.values().stream()
        .map(
            each ->
                new EdgeRelay.Channel(
                    each.channel().name(),
                    each.channel().stream().toString(),
                    text(each.channel()),
                    "",
                    "waiting",
                    each.trouble(),
                    Map.of()))
        .toList();
  }

  /** A channel as the configuration has it, without its name. */
  static String text(IptvChannel channel) {
    String line = ChannelText.write(channel);
    return line.substring(line.indexOf('=') + 1);
  }

  /**
   * Begins a channel, in the place of the one of this name, and keeps it.
   *
   * @throws IllegalArgumentException if the text is none, or it cannot be sent
   * @throws IllegalStateException if its address is taken, or it cannot be kept
   */
  synchronized void put(String name, String text) {
    IptvChannel channel = ChannelText.read(name + "=" + text);
    try {
      iptv.put(channel);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    waiting.remove(name);
    try {
      file.put(name, ChannelText.write(channel));
    } catch (IOException e) {
      throw new IllegalStateException("it is sent, but not after a restart: " + e, e);
    }
  }

  /**
   * Ends a channel for good.
   *
   * @throws NoSuchElementException if there is none of this name
   * @throws IllegalStateException if it would come back after a restart
   */
  synchronized void remove(String name) {
    boolean sent = iptv.remove(name);
    if (waiting.remove(name) == null && !sent) {
      throw new NoSuchElementException("there is no channel " + name);
    }
    try {
      file.remove(name, configured.stream().anyMatch(each -> each.name().equals(name)));
    } catch (IOException e) {
      throw new IllegalStateException("it is not sent, but would be after a restart: " + e, e);
    }
  }
}

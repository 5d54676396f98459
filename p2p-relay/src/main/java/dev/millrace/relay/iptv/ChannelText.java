package dev.millrace.relay.iptv;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A channel on one line, as configuration and API write it: {@code NAME=APP/STREAM
 * rtp://GROUP:PORT?fec=default&rate=5M&ttl=4}. Stateless; any thread.
 *
 * <p>Options: {@code video} and {@code audio} (names of renditions, or none), {@code rate} (like 5M
 * or 5500k), {@code fec} (none, default, burst, cheap), {@code interface} (name or address), {@code
 * second} (GROUP:PORT) with {@code second-interface}, {@code ttl}, {@code dscp}, {@code loopback}
 * (true or false), {@code repair} (seconds).
 */
public final class ChannelText {
  /** For messages. */
  public static final String EXPECTED =
      "NAME=APP/STREAM rtp://GROUP:PORT?OPTIONS or udp://GROUP:PORT?OPTIONS, with options among"
          + " video, audio, rate, fec, interface, second, second-interface, ttl, dscp, loopback,"
          + " repair";

  private static final Set<String> OPTIONS =
      Set.of(
          "video",
          "audio",
          "rate",
          "fec",
          "interface",
          "second",
          "second-interface",
          "ttl",
          "dscp",
          "loopback",
          "repair");

  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]{1,64})=([^\\s=]+)\\s+(\\S+)");
  private static final Pattern RATE = Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,6})?)([kM]?)");

  private ChannelText() {}

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static IptvChannel read(String text) {
    Matcher line = LINE.matcher(text.strip());
    if (!line.matches()) {
      throw new IllegalArgumentException("'" + text + "', expected " + EXPECTED);
    }
    URI uri;
    StreamPath stream;
    try {
      uri = URI.create(line.group(3));
      stream = StreamPath.parse(line.group(2));
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    boolean rtp = "rtp".equals(uri.getScheme());
    boolean udp = "udp".equals(uri.getScheme());
    if ((!rtp && !udp) || uri.getHost() == null || uri.getPort() < 0) {
      throw new IllegalArgumentException("'" + line.group(3) + "', expected " + EXPECTED);
    }
    LineOptions options = LineOptions.read(uri.getRawQuery(), OPTIONS, EXPECTED);
    return new IptvChannel(
        line.group(1),
        stream,
        options.text("video").orElse(""),
        options.text("audio").orElse(""),
        new InetSocketAddress(LineOptions.address(uri.getHost()), uri.getPort()),
        rtp,
        options.get("rate", 0L, ChannelText::rate),
        options.get("fec", FecProfile.NONE, FecProfile::of),
        options.text("interface"),
        options.second(),
        options.get("ttl", IptvChannel.DEFAULT_TTL, LineOptions::number),
        options.get("dscp", IptvChannel.DEFAULT_DSCP, LineOptions::number),
        options.get("loopback", false, LineOptions::truth),
        options.get("repair", IptvChannel.DEFAULT_REPAIR_SECONDS, LineOptions::number));
  }

  /** Writes the line that {@link #read} reads as the same channel. */
  public static String write(IptvChannel channel) {
    List<String> options = new ArrayList<>();
    add(options, "video", channel.video(), "");
    add(options, "audio", channel.audio(), "");
    add(options, "rate", channel.rateBps(), 0L, ChannelText::rateText);
    add(options, "fec", channel.fec(), FecProfile.NONE, FecProfile::text);
    channel.networkInterface().ifPresent(name -> options.add("interface=" + name));
    channel
        .second()
        .ifPresent(
            second -> {
              options.add("second=" + LineOptions.hostPort(second.to()));
              second.networkInterface().ifPresent(name -> options.add("second-interface=" + name));
            });
    add(options, "ttl", channel.ttl(), IptvChannel.DEFAULT_TTL, String::valueOf);
    add(options, "dscp", channel.dscp(), IptvChannel.DEFAULT_DSCP, String::valueOf);
    add(options, "loopback", channel.loopback(), false, String::valueOf);
    add(
        options,
        "repair",
        channel.repairSeconds(),
        IptvChannel.DEFAULT_REPAIR_SECONDS,
        String::valueOf);
    return channel.name()
        + "="
        + channel.stream()
        + " "
        + (channel.rtp() ? "rtp://" : "udp://")
        + LineOptions.hostPort(channel.to())
        + (options.isEmpty() ? "" : "?" + String.join("&", options));
  }

  private static Optional<Long> rate(String text) {
    Matcher rate = RATE.matcher(text);
    if (!rate.matches()) {
      return Optional.empty();
    }
    double unit =
        switch (rate.group(2)) {
          case "k" -> 1e3;
          case "M" -> 1e6;
          default -> 1;
        };
    return Optional.of(Math.round(Double.parseDouble(rate.group(1)) * unit));
  }

  private static String rateText(long bps) {
    return bps % 1000 == 0 ? bps / 1000 + "k" : Long.toString(bps);
  }

  private static void add(List<String> options, String name, String value, String fallback) {
    add(options, name, value, fallback, Function.identity());
  }

  private static <T> void add(
      List<String> options, String name, T value, T fallback, Function<T, String> writer) {
    if (!value.equals(fallback)) {
      options.add(name + "=" + writer.apply(value));
    }
  }
}

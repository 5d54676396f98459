package dev.millrace.relay.iptv;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is received, and what becomes of it. Immutable.
 *
 * @param name of the channel; unique among those that are received on the node
 * @param from the group or own address, and the media's port
 * @param rtp whether packets have RTP headers; parity is taken from the ports + 2 and + 4 then
 * @param source the sender's address (RFC 4607); empty: anybody's
 * @param networkInterface name or address of the interface to join on; empty: the system's choice
 * @param second where the same RTP packets come once more (SMPTE 2022-7)
 * @param sender the channel at the Millrace node that sends it, such as {@code
 *     http://10.7.0.1:8080/iptv/main}: what is missing is asked for there, and all of it where the
 *     group does not come
 * @param publish the stream that it becomes; empty: none
 */
public record ReceivedChannel(
    String name,
    InetSocketAddress from,
    boolean rtp,
    Optional<InetAddress> source,
    Optional<String> networkInterface,
    Optional<IptvChannel.SecondPath> second,
    Optional<URI> sender,
    Optional<StreamPath> publish) {
  /** For messages. */
  public static final String EXPECTED =
      "NAME=rtp://[SOURCE@]GROUP:PORT?OPTIONS or NAME=udp://[SOURCE@]GROUP:PORT?OPTIONS, with"
          + " options among interface, second, second-interface, sender"
          + " (http://HOST:PORT/iptv/NAME), publish (APP/STREAM)";

  private static final Set<String> OPTIONS =
      Set.of("interface", "second", "second-interface", "sender", "publish");
  private static final Pattern LINE = Pattern.compile("([A-Za-z0-9_-]{1,64})=(\\S+)");
  private static final int HIGHEST_PORT = 65_535 - 4;

  public ReceivedChannel {
    if (from.isUnresolved() || from.getPort() < 1 || from.getPort() > HIGHEST_PORT) {
      throw new IllegalArgumentException("an address with a port of 1 to 65531, found " + from);
    }
    if (!rtp && second.isPresent()) {
      throw new IllegalArgumentException(
          "second needs rtp://, since plain UDP has no sequence numbers");
    }
    if (source.isPresent() && !from.getAddress().isMulticastAddress()) {
      throw new IllegalArgumentException("a source needs a multicast group, found " + from);
    }
  }

  /**
   * Reads a channel on one line, as the configuration has it.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static ReceivedChannel read(String text) {
    Matcher line = LINE.matcher(text.strip());
    if (!line.matches()) {
      throw new IllegalArgumentException("'" + text + "', expected " + EXPECTED);
    }
    URI uri = URI.create(line.group(2));
    boolean rtp = "rtp".equals(uri.getScheme());
    if ((!rtp && !"udp".equals(uri.getScheme())) || uri.getHost() == null || uri.getPort() < 0) {
      throw new IllegalArgumentException("'" + line.group(2) + "', expected " + EXPECTED);
    }
    LineOptions options = LineOptions.read(uri.getRawQuery(), OPTIONS, EXPECTED);
    return new ReceivedChannel(
        line.group(1),
        new InetSocketAddress(LineOptions.address(uri.getHost()), uri.getPort()),
        rtp,
        Optional.ofNullable(uri.getRawUserInfo())
            .filter(user -> !user.isEmpty()) // udp://@GROUP, as VLC writes it
            .map(LineOptions::address),
        options.text("interface"),
        options.second(),
        options.text("sender").map(ReceivedChannel::sender),
        options.text("publish").map(ReceivedChannel::stream));
  }

  /**
   * A group that a viewer asks for by its address.
   *
   * @param groupPort such as {@code 239.255.1.1:5004}
   * @throws IllegalArgumentException if it is none
   */
  static ReceivedChannel ofGroup(String groupPort, boolean rtp, Optional<String> by) {
    return new ReceivedChannel(
        (rtp ? "rtp-" : "udp-") + groupPort,
        LineOptions.groupPort(groupPort),
        rtp,
        Optional.empty(),
        by,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static URI sender(String text) {
    URI uri = URI.create(text);
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null || !uri.getPath().matches("/iptv/[A-Za-z0-9_-]{1,64}")) {
      throw new IllegalArgumentException(
          "sender '" + text + "', expected http://HOST:PORT/iptv/NAME");
    }
    return uri;
  }

  private static StreamPath stream(String text) {
    try {
      return StreamPath.parse(text);
    } catch (ProtocolException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The line that {@link #read} reads as the same channel. */
  public String line() {
    List<String> options = new ArrayList<>();
    networkInterface.ifPresent(by -> options.add("interface=" + by));
    second.ifPresent(
        path -> {
          options.add("second=" + LineOptions.hostPort(path.to()));
          path.networkInterface().ifPresent(by -> options.add("second-interface=" + by));
        });
    sender.ifPresent(uri -> options.add("sender=" + uri));
    publish.ifPresent(path -> options.add("publish=" + path));
    return name + "=" + url() + (options.isEmpty() ? "" : "?" + String.join("&", options));
  }

  /** As players write it. */
  public String url() {
    String at = source.map(address -> IptvChannel.bracketed(address) + "@").orElse("");
    return (rtp ? "rtp://" : "udp://") + at + LineOptions.hostPort(from);
  }
}

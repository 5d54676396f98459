package dev.millrace.cluster.channel;

import dev.millrace.media.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jgroups.conf.ProtocolConfiguration;
import org.jgroups.conf.XmlConfigurator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JGroups stack of one node: the built-in one, or a file of the operator's, with what the
 * configuration says put in for the placeholders. Immutable.
 */
public final class ChannelStack {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelStack.class);
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{millrace\\.([a-z-]+)}");

  /** {@code [IPV6]}, {@code HOST} or a bare IPv6 address; and the port, but for the last. */
  private static final Pattern SEED =
      Pattern.compile(
          "(?:\\[([^]\\[]+)]|([^:\\[\\]\\s,]+))(?::(\\d{1,5}))?|([0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)");

  private static final String KUBE_PING = "org.jgroups.protocols.kubernetes.KUBE_PING";
  private static final int MULTICAST_PORT = 7555;

  private final String xml;

  private ChannelStack(String xml) {
    this.xml = xml;
  }

  /**
   * The stack that this configuration leads to.
   *
   * @throws IOException when the file cannot be read, or a way of discovery is not to be had; the
   *     message says what to do
   */
  public static ChannelStack of(ChannelConfig config) throws IOException {
    String template;
    if (config.stackFile().isPresent()) {
      template = read(config);
    } else {
      template =
          StackSpec.xml(
              "The stack of this node, as it runs: JGroups 5.5.", StackSpec.of(available(config)));
    }
    return new ChannelStack(fill(template, values(config)));
  }

  /** As a file of JGroups that can be changed and given back as {@link ChannelConfig#stackFile}. */
  public String xml() {
    return xml;
  }

  /** The protocols from the bottom up. */
  List<ProtocolConfiguration> protocols() throws IOException {
    List<ProtocolConfiguration> protocols =
        XmlConfigurator.getInstance(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
            .getProtocolStack();
    List<String> names = protocols.stream().map(ProtocolConfiguration::getProtocolName).toList();
    if (names.isEmpty() || !names.getFirst().equals("TCP")) {
      throw new IOException(
          "the stack must begin with TCP, the only transport that is encrypted here; it begins with"
              + " "
              + (names.isEmpty() ? "nothing" : names.getFirst()));
    }
    if (!names.contains("pbcast.GMS")) {
      throw new IOException("the stack has no pbcast.GMS, which lets nodes in");
    }
    return protocols;
  }

  private static String read(ChannelConfig config) throws IOException {
    try {
      return Files.readString(config.stackFile().orElseThrow());
    } catch (NoSuchFileException e) {
      throw new IOException("there is no stack file " + e.getFile(), e);
    }
  }

  private static String fill(String template, Map<String, String> values) throws IOException {
    Matcher matcher = PLACEHOLDER.matcher(template);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String value = values.get(matcher.group(1));
      if (value == null) {
        throw new IOException(
            "the stack asks for %s, which the configuration does not say; known here: %s"
                .formatted(matcher.group(), String.join(", ", values.keySet())));
      }
      matcher.appendReplacement(filled, Matcher.quoteReplacement(escape(value)));
    }
    return matcher.appendTail(filled).toString();
  }

  private static String escape(String value) throws IOException {
    if (value.matches(".*[<>\"&].*")) {
      throw new IOException("a value for the stack has one of < > \" &: " + value);
    }
    return value;
  }

  private static Map<String, String> values(ChannelConfig config) throws IOException {
    Map<String, String> values = new TreeMap<>();
    values.put("bind-address", config.bindAddress().getHostAddress());
    values.put("port", Integer.toString(config.port()));
    values.put("port-range", Integer.toString(config.portRange()));
    values.put("join-timeout", Long.toString(config.joinTimeout().toMillis()));
    values.put("multicast-address", multicastGroup(config).getHostAddress());
    values.put("seeds", "");
    for (Discovery discovery : config.discovery()) {
      switch (discovery) {
        case Discovery.Multicast() -> {}
        case Discovery.Seeds(List<String> seeds) -> {
          List<String> hosts = new ArrayList<>();
          for (String seed : seeds) {
            hosts.addAll(hosts(seed, config.portRange()));
          }
          values.put("seeds", String.join(",", hosts));
        }
        case Discovery.Dns(String name) -> values.put("dns-name", name);
        case Discovery.SharedFolder(Path folder) -> values.put("folder", folder.toString());
        case Discovery.Kubernetes(String namespace, String labels) -> {
          values.put("kubernetes-namespace", namespace);
          values.put("kubernetes-labels", labels);
        }
      }
    }
    return values;
  }

  /** A seed in JGroups' notation, {@code HOST[PORT]}, once for each port to try. */
  static List<String> hosts(String seed, int portRange) throws IOException {
    Matcher matcher = SEED.matcher(seed.strip());
    if (!matcher.matches()) {
      throw new IOException("a seed is HOST, HOST:PORT or [IPV6]:PORT, not " + seed);
    }
    String host =
        Stream.of(1, 2, 4).map(matcher::group).filter(Objects::nonNull).findFirst().orElseThrow();
    String port = matcher.group(3);
    if (port != null) {
      return List.of("%s[%s]".formatted(host, port));
    }
    List<String> hosts = new ArrayList<>();
    for (int i = 0; i <= portRange; i++) {
      hosts.add("%s[%d]".formatted(host, Discovery.DEFAULT_PORT + i));
    }
    return hosts;
  }

  private static List<Discovery> available(ChannelConfig config) throws IOException {
    List<Discovery> available = new ArrayList<>();
    for (Discovery discovery : config.discovery()) {
      if (discovery instanceof Discovery.Kubernetes && !onClassPath(KUBE_PING)) {
        throw new IOException(
            "discovery by Kubernetes' API needs jgroups-kubernetes, which is not on the class path:"
                + " put its jar into the folder lib, or use the DNS name of a headless service,"
                + " which needs nothing");
      }
      if (discovery instanceof Discovery.Multicast && !multicastWorks(config)) {
        LOG.warn(
            "no multicast on {}: other nodes are found by the other ways only, {}",
            config.bindAddress().getHostAddress(),
            config.discovery().size() > 1 ? "which are configured" : "of which there is none");
      } else {
        available.add(discovery);
      }
    }
    return available;
  }

  private static boolean onClassPath(String name) {
    try {
      Class.forName(name, false, ChannelStack.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean multicastWorks(ChannelConfig config) {
    InetSocketAddress group = new InetSocketAddress(multicastGroup(config), MULTICAST_PORT);
    try (MulticastSocket socket = new MulticastSocket(group)) {
      NetworkInterface own = NetworkInterface.getByInetAddress(config.bindAddress());
      socket.joinGroup(group, own);
      socket.leaveGroup(group, own);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Of the organisation's scope (RFC 2365), and of its own for each cluster's name. */
  private static InetAddress multicastGroup(ChannelConfig config) {
    Bytes hash = Bytes.utf8("millrace " + config.clusterName()).sha256();
    String text =
        config.bindAddress() instanceof Inet6Address
            ? "ff05::4d52:%x:%x".formatted(hash.u16(0), hash.u16(2))
            : "239.255.%d.%d".formatted(hash.u8(0), hash.u8(1));
    return InetAddress.ofLiteral(text);
  }
}

package dev.millrace.cluster.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jgroups.conf.ProtocolConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelStackTest {
  private static final Path SHIPPED = Path.of("..", "config", "jgroups");
  private static final Discovery KUBERNETES = new Discovery.Kubernetes("streaming", "app=millrace");

  private final Groups groups = new Groups();

  @TempDir private Path folder;

  @AfterEach
  void leave() {
    groups.close();
  }

  /** The examples in config/jgroups are the built-in stacks; -Dgolden.update writes them. */
  @ParameterizedTest
  @CsvSource({
    "lan.xml, found by multicast in one network",
    "seeds.xml, found by asking known nodes",
    "dns.xml, 'found by a DNS name, such as that of a headless service of Kubernetes'",
    "folder.xml, found by files in a shared folder",
    "kubernetes.xml, found by asking the API of Kubernetes"
  })
  void shippedFilesAreTheBuiltInStacks(String file, String how) throws Exception {
    String expected =
        StackSpec.xml(
            """
            The built-in stack of a node whose others are %s.
            A copy with changes is used by cluster.stack: FILE. The node fills in what is in ${millrace...}
            from its configuration, and puts in TLS and admission itself; they are not to be had without.
            JGroups 5.5; the attributes of its protocols are in the manual at http://www.jgroups.org.
            Checked by ChannelStackTest against StackSpec.\
            """
                .formatted(how),
            StackSpec.of(List.of(discovery(file))));
    if (System.getProperty("golden.update") != null) {
      Files.createDirectories(SHIPPED);
      Files.writeString(SHIPPED.resolve(file), expected);
    }
    assertThat(SHIPPED.resolve(file)).content().isEqualTo(expected);
  }

  @Test
  void printedStackIsReadBackAndWorks() throws Exception {
    int port = Groups.freePort();
    Path file = folder.resolve("own.xml");
    Files.writeString(file, ChannelStack.of(Groups.config("own", port)).xml());
    ChannelConfig config = withStack(Groups.config("own", port), file);

    JGroupsChannel first = groups.join(config, "first");

    JGroupsChannel second =
        groups.join(Groups.config("own", Groups.freePort(), Groups.seeds(port)), "second");
    assertThat(second.view().members()).containsExactly(first.self(), second.self());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lan.xml", "seeds.xml", "dns.xml", "folder.xml"})
  void shippedFilesAreFilledFromTheConfiguration(String file) throws Exception {
    ChannelConfig config =
        withStack(Groups.config("own", 7800, discovery(file)), SHIPPED.resolve(file));

    ChannelStack stack = ChannelStack.of(config);

    assertThat(stack.xml())
        .contains("bind_addr=\"127.0.0.1\"", "bind_port=\"7800\"")
        .doesNotContain("\"${");
    assertThat(stack.protocols())
        .extracting(ProtocolConfiguration::getProtocolName)
        .startsWith("TCP")
        .contains("pbcast.GMS", "FD_ALL3")
        .doesNotContain("FD_SOCK2");
  }

  @Test
  void whatIsWrongWithAStackIsSaid() throws Exception {
    Path udp = folder.resolve("udp.xml");
    Files.writeString(udp, "<config><UDP/><PING/><pbcast.GMS/></config>");
    ChannelConfig plain = Groups.config("own", 7800);

    assertThatThrownBy(() -> ChannelStack.of(withStack(plain, udp)).protocols())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must begin with TCP, the only transport that is encrypted");
    assertThatThrownBy(() -> ChannelStack.of(withStack(plain, folder.resolve("none.xml"))))
        .hasMessageContaining("there is no stack file");
    assertThatThrownBy(() -> ChannelStack.of(withStack(plain, SHIPPED.resolve("dns.xml"))))
        .hasMessageContaining("${millrace.dns-name}, which the configuration does not say");
    assertThatThrownBy(() -> ChannelStack.of(Groups.config("own", 7800, KUBERNETES)))
        .hasMessageContaining("jgroups-kubernetes, which is not on the class path");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.5, '10.0.0.5[7800],10.0.0.5[7801]'",
    "media-1.example:7900, media-1.example[7900]",
    "[fd00::1]:7900, fd00::1[7900]",
    "fd00::1, 'fd00::1[7800],fd00::1[7801]'"
  })
  void seedsAreHostsWithOrWithoutPort(String seed, String expected) throws Exception {
    assertThat(String.join(",", ChannelStack.hosts(seed, 1))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "host:port", "host:1:", "[::1"})
  void otherSeedsAreRefused(String seed) {
    assertThatThrownBy(() -> ChannelStack.hosts(seed, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a seed is HOST, HOST:PORT or [IPV6]:PORT");
  }

  @Test
  void sharedFolderFindsMembers() throws Exception {
    Discovery files = new Discovery.SharedFolder(folder.resolve("members"));
    JGroupsChannel first = groups.join(Groups.config("files", Groups.freePort(), files), "first");

    JGroupsChannel second = groups.join(Groups.config("files", Groups.freePort(), files), "second");

    assertThat(second.view().members()).containsExactly(first.self(), second.self());
  }

  @Test
  void dnsNameFindsMembersOfTheSamePorts() throws Exception {
    int port = Groups.freePort();
    Discovery dns = new Discovery.Dns("localhost");
    ChannelConfig config =
        new ChannelConfig(
            "dns",
            InetAddress.ofLiteral("127.0.0.1"),
            port,
            3,
            List.of(dns),
            Optional.empty(),
            Duration.ofSeconds(2));
    JGroupsChannel first = groups.join(config, "first");

    JGroupsChannel second = groups.join(config, "second");

    assertThat(second.view().members()).containsExactly(first.self(), second.self());
    assertThat(second.listensAt()).isNotEqualTo(first.listensAt());
  }

  private Discovery discovery(String file) {
    return switch (file) {
      case "lan.xml" -> new Discovery.Multicast();
      case "seeds.xml" -> Groups.seeds(7801);
      case "dns.xml" -> new Discovery.Dns("nodes.example");
      case "folder.xml" -> new Discovery.SharedFolder(folder);
      default -> KUBERNETES;
    };
  }

  private static ChannelConfig withStack(ChannelConfig config, Path file) {
    return new ChannelConfig(
        config.clusterName(),
        config.bindAddress(),
        config.port(),
        config.portRange(),
        config.discovery(),
        Optional.of(file),
        config.joinTimeout());
  }
}

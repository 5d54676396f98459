package dev.millrace.server.hosts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(60)
class VirtualHostsTest {
  private VirtualHosts network;
  private VirtualHost a1;
  private VirtualHost a2;
  private VirtualHost b1;
  private final List<Process> agents = new ArrayList<>();

  @BeforeAll
  void startAgents() throws IOException {
    network = TestNetwork.create();
    a1 = network.add(Half.A);
    a2 = network.add(Half.A);
    b1 = network.add(Half.B);
    for (VirtualHost host : network.hosts()) {
      agents.add(start(host, "dev.millrace.server.hosts.HostAgent", host.name(), host.address()));
    }
    for (Process agent : agents) {
      assertThat(agent.inputReader().readLine()).isEqualTo("ready");
    }
  }

  @AfterAll
  void close() {
    if (network != null) {
      network.close();
    }
  }

  private static Process start(VirtualHost host, String main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx32m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(host.command(command)).redirectErrorStream(true).start();
  }

  @Test
  @Order(1)
  void hostsReachEachOtherAndTheTestReachesAll() {
    for (VirtualHost from : network.hosts()) {
      assertThat(HostAgent.ask(from.address(), "name")).isEqualTo(from.name());
      for (VirtualHost to : network.hosts()) {
        assertThat(connect(from, to)).isEqualTo(to.name());
      }
    }
  }

  @Test
  @Order(2)
  void multicastReachesBothHalves() {
    assertThat(HostAgent.ask(a1.address(), "say early")).isEqualTo("said");
    awaitHeard(a2, "early");
    awaitHeard(b1, "early");
  }

  @Test
  @Order(3)
  void cutPartsTheHalvesAndLeavesEachWhole() {
    network.cut();
    assertThat(connect(a1, b1)).isEqualTo("unreachable");
    assertThat(connect(b1, a2)).isEqualTo("unreachable");
    assertThat(connect(a1, a2)).isEqualTo("a2");
    for (VirtualHost host : network.hosts()) {
      assertThat(HostAgent.ask(host.address(), "name")).isEqualTo(host.name());
    }

    assertThat(HostAgent.ask(a1.address(), "say meanwhile")).isEqualTo("said");
    awaitHeard(a2, "meanwhile");
    assertThat(heard(b1)).doesNotContain("meanwhile");
  }

  @Test
  @Order(4)
  void healJoinsThemAgain() {
    network.heal();
    // A host that found nobody at an address waits a second before it looks again.
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> connect(a1, b1).equals("b1"));
    Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> connect(b1, a2).equals("a2"));
    assertThat(HostAgent.ask(b1.address(), "say late")).isEqualTo("said");
    awaitHeard(a1, "late");
    assertThat(heard(b1)).contains("early", "late").doesNotContain("meanwhile");
  }

  @Test
  @Order(5)
  void secondNetworkIsApart() {
    try (VirtualHosts other = TestNetwork.create()) {
      VirtualHost host = other.add(Half.A);
      assertThat(host.address()).isNotEqualTo(a1.address());
      assertThat(host.namespace()).isNotEqualTo(a1.namespace());
    }
    assertThat(connect(a1, b1)).isEqualTo("b1");
  }

  @Test
  @Order(6)
  void slowWireDelaysAndLoses() {
    network.slow(Duration.ofMillis(60), 0, 1);
    long before = System.nanoTime();
    assertThat(connect(a1, b1)).isEqualTo("b1");
    // There and back once to connect, once to ask.
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(240));

    network.slow(Duration.ofMillis(1), 0.5, 1);
    List<String> words = IntStream.range(0, 40).mapToObj(number -> "w" + number).toList();
    for (String word : words) {
      HostAgent.ask(a1.address(), "say " + word);
    }
    awaitHeard(a2, words.getLast());
    assertThat(heard(a2)).containsAll(words);
    assertThat(heard(b1)).containsAnyElementsOf(words);
    assertThat(heard(b1).containsAll(words)).as("all words over a lossy wire").isFalse();

    network.heal();
    assertThat(HostAgent.ask(b1.address(), "say fast")).isEqualTo("said");
    awaitHeard(a1, "fast");
  }

  @Test
  @Order(7)
  void hostLosesWhatOthersSendAndNotWhatTheTestSends() {
    network.lose(a2, new Loss(0.5, 1), 7);
    List<String> words = IntStream.range(0, 40).mapToObj(number -> "h" + number).toList();
    for (String word : words) {
      HostAgent.ask(a1.address(), "say " + word);
    }
    awaitHeard(b1, words.getLast());
    assertThat(heard(b1)).containsAll(words);
    assertThat(heard(a2)).containsAnyElementsOf(words);
    assertThat(heard(a2).containsAll(words)).as("all words at a lossy host").isFalse();
    for (String word : words) {
      assertThat(HostAgent.ask(a2.address(), "say back-" + word)).isEqualTo("said");
    }
    awaitHeard(a1, "back-" + words.getLast());
    assertThat(heard(a1)).containsAll(words.stream().map(word -> "back-" + word).toList());

    network.lose(a2, Loss.NONE, 7);
    assertThat(HostAgent.ask(a1.address(), "say whole")).isEqualTo("said");
    awaitHeard(a2, "whole");
  }

  @Test
  @Order(8)
  void closeEndsTheProcessesAndRemovesEverything() throws InterruptedException {
    network.close();
    for (Process agent : agents) {
      assertThat(agent.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    String own = "millrace-" + ProcessHandle.current().pid() + "-";
    assertThat(Ip.namespaces()).noneMatch(name -> name.startsWith(own));
    assertThat(Ip.run("-o link")).doesNotContain("mr" + ProcessHandle.current().pid() + "-");
  }

  @Test
  @Order(9)
  void nextRunRemovesWhatAProcessLeftThatIsDead() throws IOException, InterruptedException {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    String left = "millrace-" + dead.pid() + "-1-a1";
    Ip.run("netns add " + left);
    Process forgotten =
        new ProcessBuilder(Ip.NSENTER, "--net=" + Ip.file(left), "sleep", "600").start();
    // It is found there as soon as it has entered.
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> Ip.run("netns pids " + left).contains(Long.toString(forgotten.pid())));
    TestNetwork.create().close();
    assertThat(Ip.namespaces()).doesNotContain(left);
    assertThat(forgotten.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  private static String connect(VirtualHost from, VirtualHost to) {
    return HostAgent.ask(from.address(), "connect " + to.address());
  }

  private static List<String> heard(VirtualHost host) {
    return Arrays.asList(HostAgent.ask(host.address(), "heard").split(" ", -1));
  }

  private static void awaitHeard(VirtualHost host, String word) {
    Awaitility.await(host.name() + " hears " + word)
        .atMost(Duration.ofSeconds(5))
        .until(() -> heard(host).contains(word));
  }
}

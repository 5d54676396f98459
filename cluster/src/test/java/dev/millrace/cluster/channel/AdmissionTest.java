package dev.millrace.cluster.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.cluster.secret.ClusterSecret;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** One node is in; who else is let in, and what both sides are told otherwise. */
@Timeout(60)
class AdmissionTest {
  private static final String CLUSTER = "closed";
  private static final Groups GROUPS = new Groups();
  private static final int PORT = Groups.freePort();
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(JGroupsChannel.class);

  @SuppressWarnings("NullAway.Init")
  private static JGroupsChannel member;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeAll
  static void start() throws Exception {
    member = GROUPS.join(Groups.config(CLUSTER, PORT), "alpha");
  }

  @AfterAll
  static void stop() {
    GROUPS.close();
  }

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    LOGGER.detachAppender(log);
    assertThat(member.view().members()).containsExactly(member.self());
  }

  @Test
  void anotherSecretIsRefusedAndBothSidesAreTold() {
    assertRefused(ClusterSecret.generate(), new Admission("id-b", "beta", 1), Duration.ZERO)
        .hasMessageStartingWith(
            "cannot join the cluster closed: 127.0.0.1:" + PORT + ": it has another cluster secret")
        .hasMessageContaining("Copy the secret");

    await()
        .until(
            () ->
                warnings()
                    .contains(
                        "refused a connection from 127.0.0.1: it has another cluster secret (or"
                            + " another certificate authority) than this node"));
  }

  @Test
  void olderProtocolIsRefusedAndBothSidesAreTold() {
    String reason = "gamma speaks protocol 0 of the cluster and alpha protocol 1: upgrade gamma";
    assertRefused(Groups.SECRET, new Admission("id-c", "gamma", 0), Duration.ZERO)
        .hasMessage("cannot join the cluster closed: " + reason);

    assertRefusalInLog(reason);
  }

  @Test
  void newerProtocolIsRefusedWithTheOtherOneToUpgrade() {
    assertRefused(Groups.SECRET, new Admission("id-d", "delta", 7), Duration.ZERO)
        .hasMessageEndingWith(
            "delta speaks protocol 7 of the cluster and alpha protocol 1: upgrade alpha");
  }

  @Test
  void clockMoreThanFiveSecondsOffIsRefusedAndBothSidesAreTold() {
    assertRefused(Groups.SECRET, new Admission("id-e", "epsilon", 1), Duration.ofMillis(-5_600))
        .hasMessageContaining("the clock of epsilon is 5.")
        .hasMessageContaining("s behind that of alpha, and 5 s are allowed");

    assertRefusalInLog("the clock of epsilon is 5.");
  }

  @Test
  void clockLessOffThanThatIsLetIn() throws Exception {
    InstantSource late = InstantSource.offset(InstantSource.system(), Duration.ofSeconds(-3));
    try (JGroupsChannel zeta =
        GROUPS.join(
            Groups.config(CLUSTER, Groups.freePort(), Groups.seeds(PORT)),
            Groups.SECRET,
            new Admission("id-f", "zeta", 1),
            late)) {
      assertThat(zeta.view().members()).containsExactly(member.self(), zeta.self());
    }
    await().until(() -> member.view().members().size() == 1);
  }

  @Test
  void nameOfAnotherNodeIsRefusedAndBothSidesAreTold() {
    String reason =
        "there is a node named alpha already, with the id id-alpha and not id-x: give one of them"
            + " another name";
    assertRefused(Groups.SECRET, new Admission("id-x", "alpha", 1), Duration.ZERO)
        .hasMessage("cannot join the cluster closed: " + reason);

    assertRefusalInLog(reason);
  }

  @Test
  void strangersWhoSayNothingKeepNobodyWaiting() throws Exception {
    Socket[] silent = new Socket[20];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = new Socket(InetAddress.getLoopbackAddress(), PORT);
    }
    try (JGroupsChannel eta =
        GROUPS.join(Groups.config(CLUSTER, Groups.freePort(), Groups.seeds(PORT)), "eta")) {
      assertThat(eta.view().members()).containsExactly(member.self(), eta.self());
    }
    for (Socket socket : silent) {
      try (InputStream end = socket.getInputStream()) {
        assertThat(end.read()).isEqualTo(-1);
      }
    }
    await().until(() -> member.view().members().size() == 1);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      ClusterSecret secret, Admission self, Duration clockOffset) {
    InstantSource clock = InstantSource.offset(InstantSource.system(), clockOffset);
    ChannelConfig config = Groups.config(CLUSTER, Groups.freePort(), Groups.seeds(PORT));
    return assertThatThrownBy(() -> GROUPS.join(config, secret, self, clock))
        .isInstanceOf(RefusedException.class);
  }

  private void assertRefusalInLog(String reason) {
    assertThat(warnings())
        .filteredOn(line -> line.contains(reason))
        .singleElement()
        .asString()
        .startsWith("refused the node at 127.0.0.1:");
  }

  private List<String> warnings() {
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}

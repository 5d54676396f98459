package dev.millrace.cluster.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.media.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jgroups.protocols.MERGE3;
import org.jgroups.stack.ProtocolStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Groups that find each other after they were formed. */
@Timeout(60)
class MergeTest {
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(JGroupsChannel.class);

  private final Groups groups = new Groups();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final List<GroupView> views = new CopyOnWriteArrayList<>();
  private final GroupListener listener =
      new GroupListener() {
        @Override
        public void viewChanged(GroupView view) {
          views.add(view);
        }

        @Override
        public void received(MemberId from, Bytes message) {}
      };

  @BeforeEach
  void listen() {
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void leave() {
    LOGGER.detachAppender(log);
    groups.close();
  }

  @Test
  void aloneNodeKeepsLookingForItsSeeds() throws Exception {
    int later = Groups.freePort();
    ChannelConfig lonely = Groups.config("late", Groups.freePort(), Groups.seeds(later));
    JGroupsChannel first = groups.join(lonely, "first");
    assertThat(first.view().members()).containsExactly(first.self());
    first.listen(listener);

    JGroupsChannel second = groups.join(Groups.config("late", later), "second");

    await().until(() -> first.view().members().size() == 2);
    await().until(() -> second.view().members().equals(first.view().members()));
    assertThat(views.getLast().merged()).isTrue();
  }

  /** As after a merge that was led by a node which knew its seed only. */
  @Test
  void membersThatLackAddressesAskTheirSeeds() throws Exception {
    int seed = Groups.freePort();
    groups.join(Groups.config("lost", seed), "seed");
    JGroupsChannel left = groups.join(lost(seed), "left");
    JGroupsChannel right = groups.join(lost(seed), "right");
    await().until(() -> left.view().members().size() == 3 && right.view().members().size() == 3);
    List<Bytes> received = new CopyOnWriteArrayList<>();
    right.listen(
        new GroupListener() {
          @Override
          public void viewChanged(GroupView view) {}

          @Override
          public void received(MemberId from, Bytes message) {
            received.add(message);
          }
        });

    forget(left);
    forget(right);
    left.send(right.self(), Bytes.utf8("found"));

    await().until(() -> received.contains(Bytes.utf8("found")));
  }

  private static ChannelConfig lost(int seed) {
    return Groups.config("lost", Groups.freePort(), Groups.seeds(seed));
  }

  private static void forget(JGroupsChannel channel) {
    ProtocolStack stack = channel.channel().getProtocolStack();
    stack.<SeedPing>findProtocol(SeedPing.class).clearDynamicHostList();
    stack.getTransport().clearLogicalAddressCache();
  }

  @Test
  void groupsThatDoNotGoTogetherStayApartAndSaySo() throws Exception {
    JGroupsChannel old = alone("old", 1);
    JGroupsChannel young = alone("young", 2);
    old.listen(listener);
    String oldAt = old.listensAt();

    SeedPing seeds = old.channel().getProtocolStack().findProtocol(SeedPing.class);
    String at = young.listensAt();
    seeds.setInitialHosts(
        List.of(
            new InetSocketAddress(
                InetAddress.ofLiteral("127.0.0.1"),
                Integer.parseInt(at.substring(at.indexOf(':') + 1)))));

    String reason = "old speaks protocol 1 of the cluster and young protocol 2: upgrade old";
    await().until(() -> warnings().contains("refused the node at %s: %s".formatted(oldAt, reason)));
    await()
        .until(
            () ->
                warnings()
                    .contains(
                        "refused the node at %s: young speaks protocol 2 of the cluster and old protocol 1: upgrade old"
                            .formatted(at)));
    MERGE3 merging = old.channel().getProtocolStack().findProtocol(MERGE3.class);
    int tried = merging.getNumMergeEvents();
    await().atMost(Duration.ofSeconds(20)).until(() -> merging.getNumMergeEvents() > tried);
    assertThat(old.view().members()).containsExactly(old.self());
    assertThat(young.view().members()).containsExactly(young.self());
    assertThat(views).hasSizeLessThanOrEqualTo(2);
    assertThat(warnings()).hasSize(2);
  }

  private JGroupsChannel alone(String name, int protocol) throws Exception {
    return groups.join(
        Groups.config("apart", Groups.freePort()),
        Groups.SECRET,
        new Admission("id-" + name, name, protocol),
        InstantSource.system());
  }

  private List<String> warnings() {
    return List.copyOf(log.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith("refused"))
        .toList();
  }
}

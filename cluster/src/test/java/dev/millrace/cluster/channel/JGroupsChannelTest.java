package dev.millrace.cluster.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JGroupsChannelTest {
  private final Groups groups = new Groups();

  @AfterEach
  void leave() {
    groups.close();
  }

  /** Writes down what happens. */
  private static final class Ear implements GroupListener {
    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<GroupView> views = new CopyOnWriteArrayList<>();

    @Override
    public void viewChanged(GroupView view) {
      views.add(view);
    }

    @Override
    public void received(MemberId from, Bytes message) {
      assertThat(views).isNotEmpty();
      assertThat(views.getLast().members()).contains(from);
      heard.add(from + " " + message.utf8());
    }
  }

  @Test
  void membersFindEachOtherByOneSeedThatIsNotTheCoordinator() throws Exception {
    int a = Groups.freePort();
    int b = Groups.freePort();
    JGroupsChannel first = groups.join(Groups.config("seeds", a), "first");
    JGroupsChannel second = groups.join(Groups.config("seeds", b, Groups.seeds(a)), "second");

    JGroupsChannel third =
        groups.join(Groups.config("seeds", Groups.freePort(), Groups.seeds(b, 9)), "third");

    assertThat(third.view().members()).containsExactly(first.self(), second.self(), third.self());
    assertThat(third.view().coordinator()).isEqualTo(first.self());
    await().until(() -> first.view().equals(third.view()));
    assertThat(first.view().merged()).isFalse();
  }

  @Test
  void messagesComeInTheOrderOfSendingToAllOthers() throws Exception {
    int a = Groups.freePort();
    JGroupsChannel first = groups.join(Groups.config("order", a), "first");
    JGroupsChannel second =
        groups.join(Groups.config("order", Groups.freePort(), Groups.seeds(a)), "second");
    Ear one = new Ear();
    Ear two = new Ear();
    first.listen(one);
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      first.broadcast(Bytes.utf8("b" + i));
      sent.add(first.self() + " b" + i);
    }
    Bytes large = Bytes.wrap(new byte[3_000_000]);
    first.broadcast(large);
    sent.add(first.self() + " " + large.utf8());
    second.send(first.self(), Bytes.utf8("only you"));
    second.send(new MemberId("nobody"), Bytes.utf8("nobody"));

    second.listen(two);

    await().until(() -> two.heard.size() >= 501);
    assertThat(two.heard).isEqualTo(sent);
    await().until(() -> one.heard.size() == 1);
    assertThat(one.heard).containsExactly(second.self() + " only you");
  }

  @Test
  void leavingIsSeenAtOnceAndClosedChannelsAreSilent() throws Exception {
    int a = Groups.freePort();
    JGroupsChannel first = groups.join(Groups.config("leave", a), "first");
    JGroupsChannel second =
        groups.join(Groups.config("leave", Groups.freePort(), Groups.seeds(a)), "second");
    Ear ear = new Ear();
    second.listen(ear);

    first.close();

    await().until(() -> second.view().members().equals(List.of(second.self())));
    assertThat(ear.views.getLast().coordinator()).isEqualTo(second.self());
    first.close();
    first.broadcast(Bytes.utf8("from beyond"));
    first.send(second.self(), Bytes.utf8("from beyond"));
    assertThat(ear.heard).isEmpty();
  }

  @Test
  void nodesThatStartAtTheSameInstantEndAsOneGroup() throws Exception {
    int[] ports = {Groups.freePort(), Groups.freePort(), Groups.freePort(), Groups.freePort()};
    List<Future<JGroupsChannel>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int port : ports) {
        ChannelConfig config = Groups.config("race", port, Groups.seeds(ports));
        starting.add(threads.submit(() -> groups.join(config, "node" + port)));
      }
    }
    List<JGroupsChannel> members = starting.stream().map(Future::resultNow).toList();

    await()
        .until(
            () ->
                members.stream()
                            .map(JGroupsChannel::view)
                            .map(GroupView::members)
                            .distinct()
                            .count()
                        == 1
                    && members.getFirst().view().members().size() == ports.length);
  }

  @Test
  void multicastFindsMembersWithoutSeeds() throws Exception {
    Discovery multicast = new Discovery.Multicast();
    String cluster = "lan-" + Groups.freePort();
    JGroupsChannel first =
        groups.join(Groups.config(cluster, Groups.freePort(), multicast), "first");

    JGroupsChannel second =
        groups.join(Groups.config(cluster, Groups.freePort(), multicast), "second");

    assertThat(second.view().members()).containsExactly(first.self(), second.self());
  }
}

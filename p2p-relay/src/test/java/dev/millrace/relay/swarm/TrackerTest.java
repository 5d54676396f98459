package dev.millrace.relay.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.relay.swarm.TrackerMessage.Announced;
import dev.millrace.relay.swarm.TrackerMessage.Answered;
import dev.millrace.relay.swarm.TrackerMessage.Failed;
import dev.millrace.relay.swarm.TrackerMessage.Offered;
import dev.millrace.relay.swarm.TrackerMessage.Scraped;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrackerTest {
  private static final String HASH = "h".repeat(20);
  private static final String SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";
  private static final Sites SITES =
      new Sites(
          Map.of(
              "north", List.of(Subnet.parse("10.1.0.0/16")),
              "south", List.of(Subnet.parse("10.2.0.0/16"))));

  private long nanos;
  private final Tracker tracker =
      new Tracker(TrackerLimits.DEFAULT, SITES, new Random(1), () -> nanos);

  /** A page, and what it was told. */
  private final class Page implements TrackerClient {
    final List<TrackerMessage> told = new ArrayList<>();
    final String id;
    final TrackerPeer peer;
    String closed = "";

    Page(String id, String swarm, String address) {
      this.id = "%-20s".formatted(id);
      this.peer = tracker.connect(this, swarm, InetAddress.ofLiteral(address)).orElseThrow();
    }

    void announce(int offers) {
      peer.announce(
          HASH,
          id,
          IntStream.range(0, offers)
              .mapToObj(i -> new Offer("%-17s%03d".formatted(id.strip(), i), SDP + id))
              .toList());
    }

    <T extends TrackerMessage> List<T> told(Class<T> type) {
      return told.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public void send(TrackerMessage message) {
      told.add(message);
    }

    @Override
    public void close(String reason) {
      closed = reason;
    }
  }

  @Test
  void offersAndAnswersGoToAndFro() {
    Page first = new Page("first", "live/main", "10.1.1.1");
    first.announce(5);
    assertThat(first.told).containsExactly(new Announced(HASH, 60, 0, 1));
    Page second = new Page("second", "live/main", "10.1.1.2");
    second.announce(5);

    Offered offer = first.told(Offered.class).getFirst();
    assertThat(offer.peerId()).isEqualTo(second.id);
    assertThat(offer.sdp()).isEqualTo(SDP + second.id);
    assertThat(first.told(Offered.class)).as("one offer to one peer").hasSize(1);
    first.peer.answer(HASH, offer.offerId(), SDP + "answer");
    assertThat(second.told(Answered.class))
        .containsExactly(new Answered(HASH, first.id, offer.offerId(), SDP + "answer"));

    first.peer.answer(HASH, offer.offerId(), SDP + "again");
    assertThat(second.told(Answered.class)).as("an offer is answered once").hasSize(1);
    assertThat(tracker.peers()).isEqualTo(2);
  }

  @Test
  void onlyPagesOfOneSwarmAndOneSiteMeet() {
    Page here = new Page("here", "live/main", "10.1.1.1");
    here.announce(5);
    new Page("other-stream", "live/other", "10.1.1.2").announce(5);
    new Page("other-site", "live/main", "10.2.1.1").announce(5);
    new Page("no-site", "live/main", "192.0.2.1").announce(5);
    assertThat(here.told(Offered.class)).isEmpty();
    new Page("neighbour", "live/main", "10.1.99.1").announce(5);
    assertThat(here.told(Offered.class)).hasSize(1);
  }

  @Test
  void thoseOfTheSubnetAreIntroducedFirst() {
    List<Page> far = pages(20, "10.1.%d.7");
    List<Page> near = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      near.add(new Page("near" + i, "live/main", "10.1.200." + i));
    }
    near.forEach(page -> page.announce(0));
    new Page("new", "live/main", "10.1.200.99").announce(5);
    assertThat(near).allSatisfy(page -> assertThat(page.told(Offered.class)).hasSize(1));
    assertThat(far).allSatisfy(page -> assertThat(page.told(Offered.class)).isEmpty());
  }

  private List<Page> pages(int count, String address) {
    return IntStream.range(0, count)
        .mapToObj(
            i -> {
              Page page = new Page("page" + i, "live/main", address.formatted(i));
              page.announce(0);
              return page;
            })
        .toList();
  }

  @Test
  void manyPagesMakeGroupsOfSixty() {
    List<Page> all = pages(150, "10.1.%d.7");
    assertThat(tracker.peers()).isEqualTo(150);
    Map<Integer, Long> sizes =
        all.stream()
            .map(page -> page.told(Announced.class).getLast().incomplete())
            .collect(Collectors.groupingBy(size -> size, Collectors.counting()));
    assertThat(sizes.keySet()).allMatch(size -> size <= 60);
    all.forEach(page -> page.peer.close());
    assertThat(tracker.peers()).isZero();
  }

  @Test
  void whoDoesNotComeAgainIsForgotten() {
    Page silent = new Page("silent", "live/main", "10.1.1.1");
    silent.announce(0);
    Page loyal = new Page("loyal", "live/main", "10.1.1.2");
    loyal.announce(0);
    nanos = 100_000_000_000L;
    loyal.announce(0);
    tracker.sweep();
    assertThat(tracker.peers()).isEqualTo(2);
    nanos = 151_000_000_000L;
    tracker.sweep();
    assertThat(tracker.peers()).isEqualTo(1);
    loyal.peer.scrape(List.of(HASH, "x".repeat(20)));
    assertThat(loyal.told(Scraped.class))
        .containsExactly(new Scraped(List.of(new Announced(HASH, 60, 0, 1))));
  }

  @Test
  void anIdBelongsToWhoHadItFirst() {
    Page honest = new Page("same", "live/main", "10.1.1.1");
    honest.announce(0);
    Page thief = new Page("same", "live/main", "10.1.1.2");
    thief.announce(0);
    assertThat(thief.told).containsExactly(new Failed("another page has this peer_id"));
    thief.peer.close();
    assertThat(tracker.peers()).isEqualTo(1);
  }

  @Test
  void aPageThatConnectsAgainKeepsItsId() {
    Page before = new Page("same", "live/main", "10.1.1.1");
    before.announce(0);
    Page after = new Page("same", "live/main", "10.1.1.1");
    after.announce(0);
    before.peer.close();
    assertThat(tracker.peers()).isEqualTo(1);
    Page other = new Page("other", "live/main", "10.1.1.2");
    other.announce(1);
    assertThat(after.told(Offered.class)).hasSize(1);
  }

  @Test
  void whoAnswersForAnotherIsNotHeard() {
    Page offering = new Page("offering", "live/main", "10.1.1.1");
    Page asked = new Page("asked", "live/main", "10.1.1.2");
    asked.announce(0);
    offering.announce(1);
    Page meddler = new Page("meddler", "live/main", "10.1.1.3");
    meddler.announce(0);
    String offer = asked.told(Offered.class).getFirst().offerId();
    meddler.peer.answer(HASH, offer, SDP);
    assertThat(offering.told(Answered.class)).isEmpty();
    asked.peer.answer(HASH, offer, SDP);
    assertThat(offering.told(Answered.class)).hasSize(1);
  }

  @Test
  void faultsAreToldAndTheThirdEndsTheConnection() {
    Page page = new Page("bad", "live/main", "10.1.1.1");
    page.announce(6);
    page.peer.announce(HASH, page.id, List.of(new Offer("o".repeat(20), "v=0" + "x".repeat(8190))));
    assertThat(page.closed).isEmpty();
    page.peer.announce("short", page.id, List.of());
    assertThat(page.told)
        .containsExactly(
            new Failed("at most 5 offers at once, found 6"),
            new Failed("an sdp begins with v=0 and has at most 8192 characters, found 8193"),
            new Failed("hashes and ids have 20 bytes"));
    assertThat(page.closed).isEqualTo("hashes and ids have 20 bytes");
    page.announce(0);
    assertThat(tracker.peers()).isZero();
  }

  @Test
  void whoFloodsIsCutOffAndOthersGoOn() {
    Page honest = new Page("honest", "live/main", "10.1.1.2");
    honest.announce(0);
    Page flood = new Page("flood", "live/main", "10.1.1.1");
    for (int i = 0; i < 1000; i++) {
      flood.announce(5);
    }
    assertThat(flood.closed).isEqualTo("more than 20 messages a second");
    assertThat(honest.told(Offered.class)).hasSizeLessThanOrEqualTo(200);
    assertThat(honest.closed).isEmpty();
    assertThat(tracker.peers()).isEqualTo(1);
  }

  @Test
  void oneAddressHasSoManyConnectionsOnly() {
    TrackerLimits few =
        new TrackerLimits(TrackerLimits.DEFAULT.interval(), 60, 16, 5, 8192, 200, 20, 3, 2);
    Tracker strict = new Tracker(few, Sites.NONE, new Random(1), () -> nanos);
    Page anybody = new Page("any", "live/main", "10.1.1.1");
    InetAddress office = InetAddress.ofLiteral("192.0.2.7");
    TrackerPeer first = strict.connect(anybody, "s", office).orElseThrow();
    assertThat(strict.connect(anybody, "s", office)).isPresent();
    assertThat(strict.connect(anybody, "s", office)).isEmpty();
    first.close();
    first.close();
    assertThat(strict.connect(anybody, "s", office)).isPresent();
    assertThat(strict.connect(anybody, "s", office)).isEmpty();
  }
}

package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SiteMeshTest {
  private static final int PART_BYTES = 250_000;

  private static LogPosition at(int part) {
    return new LogPosition(1, 700, part);
  }

  private static TestSite watched(int relays) {
    TestSite site = new TestSite(relays);
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(2000);
    return site;
  }

  /** Publishes a part, and lets all players have it. */
  private static void share(TestSite site, LogPosition at) {
    site.publish(at, PART_BYTES);
    List<CompletableFuture<Bytes>> players =
        site.relays().stream().filter(each -> each.alive).map(each -> each.part(at)).toList();
    site.passMs(333);
    assertThat(players).allSatisfy(each -> assertThat(each).isCompletedWithValue(site.part(at)));
  }

  @Test
  void aPartLeavesTheEdgeOnceAndReachesAll() {
    TestSite site = watched(9);
    for (int part = 0; part < 6; part++) {
      share(site, at(part));
    }
    assertThat(site.fetched).hasSize(6).doesNotHaveDuplicates();
    long chunks = site.relays().stream().mapToLong(each -> each.mesh.snapshot().chunksIn()).sum();
    assertThat(chunks).isEqualTo(6L * 8 * MerkleTree.chunks(PART_BYTES));
    assertThat(site.relays())
        .allSatisfy(each -> assertThat(each.mesh.snapshot().blames()).isZero())
        .allSatisfy(each -> assertThat(each.mesh.snapshot().duplicates()).isZero());
  }

  @Test
  void aSiteOfOneFetchesAll() {
    TestSite site = watched(1);
    share(site, at(0));
    assertThat(site.fetched).hasSize(1);
  }

  @Test
  void ofTheWindowThatWasThereOnlyWhatAPlayerAsksForIsFetched() {
    TestSite site = new TestSite(2);
    Relay relay = site.relays().getFirst();
    relay.mesh.want(TestSite.PATH, TestSite.RENDITION);
    for (int part = 0; part < 30; part++) {
      PartEntry entry = site.make(at(part), PART_BYTES);
      relay.mesh.signed(TestSite.PATH, TestSite.RENDITION, entry, false);
    }
    site.passMs(500);
    assertThat(relay.requests).isEmpty();
    CompletableFuture<Bytes> player = relay.part(at(29));
    site.passMs(500);
    assertThat(player).isCompletedWithValue(site.part(at(29)));
    assertThat(relay.requests).hasSize(1);
  }

  @Test
  void twoRelaysKeepOneConnection() {
    TestSite site = watched(2);
    Relay one = site.relays().getFirst();
    Relay other = site.relays().getLast();
    assertThat(one.ends).hasSize(1);
    assertThat(other.ends).hasSize(1);
    assertThat(one.mesh.snapshot().peers()).hasSize(1);
  }

  @Test
  void onlyWhoWatchesAndWhoFeedsHaveTheStream() {
    TestSite site = new TestSite(30);
    Relay last = site.inOrder().getLast();
    last.mesh.want(TestSite.PATH, TestSite.RENDITION);
    site.passMs(500);
    assertThat(site.inOrder().getFirst().followed).containsExactly(TestSite.PATH);
    assertThat(site.relays().stream().filter(each -> !each.followed.isEmpty()))
        .hasSizeBetween(2, 15)
        .contains(last);
    last.mesh.unwant(TestSite.PATH, TestSite.RENDITION);
    site.passMs(500);
    assertThat(site.relays()).allSatisfy(each -> assertThat(each.followed).isEmpty());
  }

  @Test
  void whoStandsByFetchesWhereTheFeederIsSilent() {
    TestSite site = watched(9);
    share(site, at(0));
    site.inOrder().getFirst().die(false);
    for (int part = 1; part < 12; part++) {
      share(site, at(part));
    }
    assertThat(site.fetched).hasSizeBetween(12, 16);
  }

  @Test
  void childrenOfALostRelayAskItsParent() {
    TestSite site = watched(30);
    share(site, at(0));
    site.inOrder().get(1).die(true);
    site.inOrder().get(6).die(true);
    site.passMs(50);
    long before = repaired(site);
    for (int part = 1; part < 5; part++) {
      share(site, at(part));
    }
    assertThat(repaired(site) - before).isZero();
    assertThat(site.fetched).hasSize(5);
  }

  private static long repaired(TestSite site) {
    return site.relays().stream().mapToLong(each -> each.mesh.snapshot().repaired()).sum();
  }

  @Test
  void whoFlipsBitsIsShutOutAndNobodyTakesIt() {
    TestSite site = watched(9);
    Relay bad = site.inOrder().get(1);
    bad.conduct =
        frame -> {
          if (!(frame instanceof Frame.Chunk chunk)) {
            return frame;
          }
          byte[] data = chunk.data().toArray();
          data[5] ^= 1;
          return new Frame.Chunk(
              chunk.track(), chunk.at(), chunk.index(), chunk.repair(), Bytes.wrap(data));
        };
    for (int part = 0; part < 3; part++) {
      share(site, at(part));
    }
    List<Relay> judges = new ArrayList<>(site.relays());
    judges.removeIf(each -> each.banned.isEmpty());
    assertThat(judges).isNotEmpty().doesNotContain(bad);
    Relay judge = judges.getFirst();
    assertThat(judge.banned).containsExactly(bad.self.id());
    assertThat(judge.mesh.snapshot().bans()).hasSize(1);
    assertThat(verdict(judge, bad.self.id(), bad.self.id(), "campus"))
        .isEqualTo(Frame.Verdict.BANNED);
    site.passMs(600_000);
    assertThat(verdict(judge, bad.self.id(), bad.self.id(), "campus"))
        .isEqualTo(Frame.Verdict.WELCOME);
  }

  private static Frame.Verdict verdict(Relay at, Bytes id, Bytes certified, String site) {
    return at.mesh.greet(new Frame.Hello(false, 1, 0, id, site), certified, 7).verdict();
  }

  @Test
  void onlyRelaysOfTheSiteComeIn() {
    Relay relay = new TestSite(2).relays().getFirst();
    Bytes one = SiteRelay.idOf("one");
    assertThat(verdict(relay, one, one, "campus")).isEqualTo(Frame.Verdict.WELCOME);
    assertThat(verdict(relay, one, one, "hotel")).isEqualTo(Frame.Verdict.OTHER_SITE);
    assertThat(verdict(relay, one, SiteRelay.idOf("two"), "campus"))
        .isEqualTo(Frame.Verdict.IDENTITY);
    assertThat(verdict(relay, relay.self.id(), relay.self.id(), "campus"))
        .isEqualTo(Frame.Verdict.IDENTITY);
    relay.mesh.close();
    assertThat(verdict(relay, one, one, "campus")).isEqualTo(Frame.Verdict.STOPPING);
  }

  @Test
  void whatTheSiteDoesNotBringIsAskedOfTheEdgeAfterTwoD() {
    TestSite site = watched(2);
    PartEntry entry = site.make(at(0), PART_BYTES);
    Relay second = site.inOrder().getLast();
    site.inOrder().getFirst().die(false);
    site.edgeIsDown = true;
    second.mesh.signed(TestSite.PATH, TestSite.RENDITION, entry, true);
    CompletableFuture<Bytes> player = second.part(at(0));
    site.passMs(500);
    assertThat(player).isNotDone();
    site.edgeIsDown = false;
    site.passMs(150);
    assertThat(player).isCompletedWithValue(site.part(at(0)));
    assertThat(second.mesh.snapshot().edgeParts()).isEqualTo(1);
  }

  @Test
  void aPartThatIsNotInTheLogIsWaitedForAndThenMissing() {
    TestSite site = watched(2);
    share(site, at(0));
    CompletableFuture<Bytes> early = site.relays().getFirst().part(at(1));
    CompletableFuture<Bytes> never = site.relays().getFirst().part(at(9));
    site.passMs(100);
    share(site, at(1));
    assertThat(early).isCompletedWithValue(site.part(at(1)));
    site.passMs(5000);
    assertThat(never).isNotDone();
    site.passMs(5000);
    assertThat(never).isCompletedExceptionally();
  }

  @Test
  void aHintedPartIsMissingAtOnceWhenTheLogIsPastIt() {
    TestSite site = watched(2);
    share(site, at(0));
    CompletableFuture<Bytes> never = site.relays().getFirst().part(at(2));
    share(site, at(1));
    assertThat(never).isNotDone();
    share(site, new LogPosition(at(0).epoch(), at(0).msn() + 1, 0));
    assertThat(never).isCompletedExceptionally();
  }
}

package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What a site does to a relay that behaves badly, and to one that says so of others (section 9).
 */
class MisconductTest {
  private static final int PART_BYTES = 250_000;
  private static final int PART_MS = 333;

  private final TestSite site = watched(30);
  private final Relay bad = site.inOrder().get(1);
  private final List<Relay> others = new ArrayList<>(site.relays());
  private int parts;
  private int chunks;

  MisconductTest() {
    others.remove(bad);
    share();
  }

  private static TestSite watched(int relays) {
    TestSite site = new TestSite(relays);
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(2000);
    return site;
  }

  /** Publishes a part, which all but the bad relay have when the next one is made. */
  private void share() {
    LogPosition at = new LogPosition(1, 700, parts++);
    site.publish(at, PART_BYTES);
    List<CompletableFuture<Bytes>> players = others.stream().map(each -> each.part(at)).toList();
    site.passMs(PART_MS);
    assertThat(players).allSatisfy(each -> assertThat(each).isCompletedWithValue(site.part(at)));
  }

  private void shareFor(int millis) {
    for (int passed = 0; passed < millis; passed += PART_MS) {
      share();
    }
  }

  private Frame.Linked flipped(Frame.Linked frame, int oneOf) {
    if (!(frame instanceof Frame.Chunk chunk) || ++chunks % oneOf != 0) {
      return frame;
    }
    byte[] data = chunk.data().toArray();
    data[chunks % data.length] ^= 1;
    return new Frame.Chunk(
        chunk.track(), chunk.at(), chunk.index(), chunk.repair(), Bytes.wrap(data));
  }

  private long leftBy(Relay relay) {
    return others.stream().filter(each -> each.mesh.leaves(relay.self.id())).count();
  }

  private void assertNobodyElseIsShutOut() {
    assertThat(others)
        .allSatisfy(each -> assertThat(each.banned).isSubsetOf(List.of(bad.self.id())));
  }

  @Test
  void oneOfAHundredChunksFlippedIsEnoughForAllToLeaveItWithinThreeSeconds() {
    bad.conduct = frame -> flipped(frame, 100);
    shareFor(3000);
    assertThat(chunks).isGreaterThan(100);
    assertThat(leftBy(bad)).isEqualTo(others.size());
    assertNobodyElseIsShutOut();
  }

  @Test
  void whoFlippedOneBitIsLookedAtByOthersAndShutOutByAll() {
    bad.conduct = frame -> flipped(frame, 100);
    while (leftBy(bad) < others.size()) {
      share();
    }
    shareFor(2000);
    assertThat(others).allSatisfy(each -> assertThat(each.banned).containsExactly(bad.self.id()));
  }

  @Test
  void whoIsAccusedIsAskedByFourOthersWhomItCannotTellFromThoseWhoNeedIt() {
    Relay accused = others.get(0);
    bad.tell(List.of(new Accusation(accused.self.id(), 1)));
    site.passMs(50);
    accused.ends.forEach(end -> end.got.clear());
    shareFor(1000);
    List<List<Frame.Linked>> asking =
        accused.ends.stream()
            .map(end -> end.got)
            .filter(got -> got.stream().anyMatch(Frame.Want.class::isInstance))
            .toList();
    assertThat(asking).hasSize(4);
    assertThat(asking).allSatisfy(got -> assertThat(got).noneMatch(Frame.Have.class::isInstance));
    assertThat(others).allSatisfy(each -> assertThat(each.banned).isEmpty());
    assertThat(others).allSatisfy(each -> assertThat(each.mesh.snapshot().blames()).isZero());
  }

  @Test
  void whoFlipsBitsOftenIsShutOutAndItsAccusersAreUsedAgain() {
    bad.conduct = frame -> flipped(frame, 10);
    shareFor(3000);
    assertThat(others).allSatisfy(each -> assertThat(each.banned).containsExactly(bad.self.id()));
    bad.conduct = frame -> frame;
    shareFor(3000);
    long suspended =
        others.stream()
            .filter(each -> others.stream().anyMatch(by -> by.mesh.leaves(each.self.id())))
            .count();
    assertThat(suspended).as("accusers who were right").isZero();
  }

  @Test
  void whoSendsElevenTimesAsMuchIsLeftWithinTwoSecondsAndShutOutSoonAfter() {
    bad.times = frame -> frame instanceof Frame.Chunk ? 11 : 1;
    shareFor(2000);
    assertThat(leftBy(bad)).isEqualTo(others.size());
    assertNobodyElseIsShutOut();
    shareFor(2000);
    assertThat(others).allSatisfy(each -> assertThat(each.banned).containsExactly(bad.self.id()));
  }

  @Test
  void whoSendsEverythingThreeTimesIsNot() {
    bad.times = frame -> 3;
    shareFor(6000);
    assertThat(site.relays()).allSatisfy(each -> assertThat(each.banned).isEmpty());
    assertThat(others).allSatisfy(each -> assertThat(each.mesh.snapshot().blames()).isZero());
  }

  @Test
  void whoFallsSilentIsNotBlamed() {
    bad.times = frame -> 0;
    shareFor(6000);
    assertThat(others).allSatisfy(each -> assertThat(each.banned).isEmpty());
    assertThat(others).allSatisfy(each -> assertThat(each.mesh.snapshot().blames()).isZero());
  }

  @Test
  void whoAccusesAllOthersShutsNobodyOut() {
    int fault = 0;
    site.fetched.clear();
    for (Relay accused : others) {
      bad.tell(List.of(new Accusation(accused.self.id(), ++fault)));
      share();
      assertThat(leftBy(accused)).isPositive();
      assertThat(leftBy(bad)).as("who accuses is not trusted either").isEqualTo(others.size());
      Relay before = others.get((fault + others.size() - 2) % others.size());
      assertThat(leftBy(before)).as("one at a time").isZero();
    }
    assertThat(others).allSatisfy(each -> assertThat(each.banned).isEmpty());
    assertThat(site.fetched).hasSizeLessThanOrEqualTo(others.size() + 3);
  }

  @Test
  void oneAccuserSuspendsForTenSecondsAndTwoShutOut() {
    Relay judge = others.get(0);
    Bytes accused = others.get(1).self.id();
    Bytes accuser = bad.self.id();
    judge.mesh.accused(accuser, List.of(new Accusation(accused, 1)));
    assertThat(judge.mesh.leaves(accused)).isTrue();
    assertThat(judge.mesh.leaves(accuser)).isTrue();
    site.passMs(10_300);
    judge.mesh.accused(accuser, List.of(new Accusation(accused, 1)));
    assertThat(judge.mesh.leaves(accused)).as("said again").isFalse();
    judge.mesh.accused(SiteRelay.idOf("a stranger"), List.of(new Accusation(accused, 1)));
    judge.mesh.accused(accused, List.of(new Accusation(accused, 1)));
    assertThat(judge.mesh.leaves(accused)).isFalse();
    judge.mesh.accused(others.get(2).self.id(), List.of(new Accusation(accused, 7)));
    assertThat(judge.banned).containsExactly(accused);
    assertThat(judge.mesh.leaves(accuser)).isFalse();
  }

  @Test
  void accusationsOfDifferentMinutesDoNotAddUp() {
    Relay judge = others.get(0);
    Bytes accused = others.get(1).self.id();
    judge.mesh.accused(bad.self.id(), List.of(new Accusation(accused, 1)));
    site.passMs(61_000);
    judge.mesh.accused(others.get(2).self.id(), List.of(new Accusation(accused, 1)));
    assertThat(judge.banned).isEmpty();
  }

  @Test
  void hearsayShutsOutAQuarterOfTheSiteAtMost() {
    Relay judge = others.get(0);
    for (int i = 1; i < others.size(); i++) {
      Accusation said = new Accusation(others.get(i).self.id(), i);
      others.stream().skip(1).forEach(each -> judge.mesh.accused(each.self.id(), List.of(said)));
    }
    assertThat(judge.banned).hasSize(site.relays().size() / 4);
  }
}

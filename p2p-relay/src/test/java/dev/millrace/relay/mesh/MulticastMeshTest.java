package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import dev.millrace.relay.mesh.cast.CastSnapshot;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** A site that shares by multicast, with trees for who does not hear it. */
class MulticastMeshTest {
  private static final int PART_BYTES = 250_000;

  private int next;

  /** Behind some parts, after which relays listen. */
  private TestSite listening(int relays) {
    TestSite site = TestSite.withMulticast(relays, 1_000_000);
    return listening(site);
  }

  private TestSite listening(TestSite site) {
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(2000);
    share(site);
    share(site);
    return site;
  }

  /** Publishes a part, and lets all players have it within D. */
  private void share(TestSite site) {
    LogPosition at = new LogPosition(1, 700, next++);
    site.publish(at, PART_BYTES);
    List<CompletableFuture<Bytes>> players =
        site.relays().stream().filter(each -> each.alive).map(each -> each.part(at)).toList();
    site.passMs(300);
    assertThat(players).allSatisfy(each -> assertThat(each).isCompletedWithValue(site.part(at)));
    site.passMs(33);
  }

  private static long sum(TestSite site, ToLongFunction<MeshSnapshot> what) {
    return site.relays().stream().mapToLong(each -> what.applyAsLong(each.mesh.snapshot())).sum();
  }

  private static long casts(TestSite site, ToLongFunction<CastSnapshot> what) {
    return site.relays().stream()
        .mapToLong(each -> what.applyAsLong(each.cast.orElseThrow().snapshot()))
        .sum();
  }

  @Test
  void partsGoToAllAtOnceAndNotAlongTrees() {
    TestSite site = listening(9);
    long chunks = sum(site, MeshSnapshot::chunksOut);
    long parts = casts(site, CastSnapshot::partsIn);
    for (int i = 0; i < 6; i++) {
      share(site);
    }
    assertThat(casts(site, CastSnapshot::partsIn) - parts).isEqualTo(6 * 8);
    assertThat(sum(site, MeshSnapshot::chunksOut)).isEqualTo(chunks);
    assertThat(casts(site, CastSnapshot::listeners)).isEqualTo(8);
    assertThat(site.fetched).hasSize(8).doesNotHaveDuplicates();
    assertThat(sum(site, MeshSnapshot::blames)).isZero();
  }

  @Test
  void lossOfAFewPercentIsRepairedByParity() {
    TestSite site = listening(10);
    site.group.loss = 0.05;
    long chunks = sum(site, MeshSnapshot::chunksOut);
    for (int i = 0; i < 20; i++) {
      share(site);
    }
    assertThat(sum(site, MeshSnapshot::late)).isZero();
    assertThat(casts(site, CastSnapshot::blocksRepaired)).isGreaterThan(100);
    assertThat(sum(site, MeshSnapshot::chunksOut) - chunks).isLessThan(20);
    assertThat(site.fetched).hasSize(22);
  }

  @Test
  void whoHearsNothingIsServedByTrees() {
    TestSite site = TestSite.withMulticast(9, 1_000_000);
    List<Relay> deaf = List.of(site.inOrder().get(2), site.inOrder().get(8));
    deaf.forEach(each -> site.group.deaf.add(each.self.id()));
    listening(site);
    long parts = casts(site, CastSnapshot::partsIn);
    long chunks = sum(site, MeshSnapshot::chunksIn);
    for (int i = 0; i < 6; i++) {
      share(site);
    }
    assertThat(casts(site, CastSnapshot::partsIn) - parts).isEqualTo(6 * 6);
    assertThat(sum(site, MeshSnapshot::chunksIn) - chunks).isEqualTo(6 * 2 * 16);
    assertThat(sum(site, MeshSnapshot::late)).isZero();
    assertThat(site.fetched).hasSize(8);
  }

  @Test
  void whenMulticastStopsTreesGoOnWithinASecondAndNothingIsLate() {
    TestSite site = listening(9);
    share(site);
    site.relays().forEach(each -> site.group.deaf.add(each.self.id()));
    for (int i = 0; i < 3; i++) {
      share(site);
    }
    long repaired = sum(site, MeshSnapshot::repaired);
    for (int i = 0; i < 6; i++) {
      share(site);
    }
    assertThat(sum(site, MeshSnapshot::repaired)).as("after 1 s by trees").isEqualTo(repaired);
    assertThat(sum(site, MeshSnapshot::late)).isZero();
    assertThat(sum(site, MeshSnapshot::expired)).isZero();
    assertThat(site.fetched).hasSizeBetween(12, 14);
  }

  @Test
  void deathOfTheFeederIsNotSeenAndTheNextOneSends() {
    TestSite site = listening(9);
    share(site);
    site.inOrder().getFirst().die(true);
    long parts = casts(site, CastSnapshot::partsIn);
    for (int i = 0; i < 10; i++) {
      share(site);
    }
    assertThat(sum(site, MeshSnapshot::late)).isZero();
    assertThat(site.inOrder().get(1).cast.orElseThrow().snapshot().partsOut()).isGreaterThan(5);
    assertThat(casts(site, CastSnapshot::partsIn) - parts).isGreaterThan(5 * 7);
  }

  @Test
  void whoStandsByForASilentFeederSendsByMulticast() {
    TestSite site = listening(9);
    share(site);
    site.inOrder().getFirst().die(false);
    for (int i = 0; i < 8; i++) {
      share(site);
    }
    assertThat(sum(site, MeshSnapshot::expired)).isZero();
    assertThat(site.inOrder().get(1).cast.orElseThrow().snapshot().partsOut()).isPositive();
  }

  @Test
  void forgedSymbolsAreNeverServed() {
    TestSite site = listening(5);
    Relay feeder = site.inOrder().getFirst();
    long session = feeder.cast.orElseThrow().session();
    List<Relay> others = site.inOrder().subList(1, 5);
    LogPosition at = new LogPosition(1, 700, next);
    // Somebody with the site's key and the feeder's address is faster than the feeder.
    for (int index = 0; index < 191; index++) {
      Frame.Symbol forged =
          new Frame.Symbol(
              1,
              session,
              1_000_000 + index,
              at,
              PART_BYTES,
              0,
              1,
              191,
              index,
              300,
              Bytes.wrap(new byte[1309]));
      others.forEach(
          each -> each.cast.orElseThrow().received(forged, site.group.address(feeder.self.id())));
    }
    share(site);
    assertThat(others).allMatch(each -> each.cast.orElseThrow().snapshot().wrong() == 1);
    assertThat(sum(site, MeshSnapshot::late)).isZero();
    share(site);
    assertThat(sum(site, MeshSnapshot::late)).isZero();
  }
}

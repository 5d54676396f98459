package dev.millrace.relay.mesh.cast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.PartName;
import dev.millrace.relay.mesh.SiteKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts by multicast: with loss, in another order, twice, forged, and not at all. */
class MeshCastTest {
  private static final int PART_BYTES = 250_000;

  /** A site whose listeners hear its feeder. */
  private static CastSite heard(int relays) {
    CastSite site = new CastSite(relays, 3);
    site.feeder().feeds.add(CastSite.TRACK);
    site.feeder().listening = relays - 1;
    site.passMs(1000);
    assertThat(site.listeners()).allMatch(each -> each.hears(site.feeder()));
    return site;
  }

  private static long sum(CastSite site, ToLongFunction<CastSnapshot> what) {
    return site.members.stream().mapToLong(each -> what.applyAsLong(each.cast.snapshot())).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 4000, 131_073, 250_000, 250_593, 1_200_001})
  void partOfAnySizeComesToAll(int bytes) {
    CastSite site = heard(4);
    assertThat(site.share(0, bytes)).isBetween(0.0, 60.0);
    assertThat(sum(site, CastSnapshot::nacksOut)).isZero();
  }

  @Test
  void isPacedAndSentOnce() {
    CastSite site = heard(4);
    // Section 12: 195 datagrams take 7.1 ms.
    assertThat(site.share(0, PART_BYTES)).isBetween(6.0, 9.0);
    assertThat(site.feeder().cast.snapshot().symbolsOut()).isEqualTo(195);
    assertThat(site.feeder().cast.snapshot().parityOut()).isEqualTo(4);
  }

  /** The whole of 40 parts at 9 listeners, by the loss of each. */
  @ParameterizedTest
  @CsvSource({"0.00, 10", "0.02, 40", "0.05, 60", "0.10, 100"})
  void lossIsRepaired(double loss, double mostMs) {
    CastSite site = heard(10);
    site.loss = loss;
    List<Double> took = new ArrayList<>();
    for (int part = 0; part < 40; part++) {
      took.add(site.share(part, PART_BYTES));
    }
    assertThat(took).doesNotContain(-1.0);
    Collections.sort(took);
    assertThat(took.get(36)).isLessThan(mostMs);
    double sent = site.feeder().cast.snapshot().symbolsOut() / (40.0 * 191);
    assertThat(sent).as("times").isBetween(1.0, 1.12 + 3 * loss);
  }

  @Test
  void anotherOrderAndDuplicatesDoNotMatter() {
    CastSite site = heard(4);
    site.way = frame -> CastSite.MS / 2 + site.random.nextLong(4 * CastSite.MS);
    site.feeder().said.clear();
    for (int part = 0; part < 5; part++) {
      assertThat(site.share(part, PART_BYTES)).isBetween(0.0, 40.0);
    }
    long before = site.listeners().getFirst().cast.snapshot().symbolsIn();
    List<Frame.Cast> again = List.copyOf(site.feeder().said);
    again.forEach(frame -> site.listeners().forEach(each -> hear(each, frame, site.feeder())));
    CastSnapshot after = site.listeners().getFirst().cast.snapshot();
    assertThat(after.symbolsIn()).isEqualTo(before);
    assertThat(after.replayed()).isGreaterThanOrEqualTo(5 * 191);
  }

  private static void hear(CastSite.Member at, Frame.Cast frame, CastSite.Member from) {
    at.hear(FrameWriter.write(frame, CastSite.KEY), from.address);
  }

  @Test
  void symbolsOfAStrangerAreRefused() {
    CastSite site = heard(3);
    CastSite.Member listener = site.listeners().getFirst();
    CastSite.Member insider = site.listeners().getLast();
    site.share(0, 4000);
    Frame.Symbol symbol =
        (Frame.Symbol)
            site.feeder().said.stream()
                .filter(each -> each instanceof Frame.Symbol)
                .findFirst()
                .orElseThrow();
    // Another address with the feeder's session, and a session of its own with the feeder's id.
    hear(listener, symbol, insider);
    Frame.Track track = new Frame.Track(1, "live", "alice", "720p");
    hear(listener, new Frame.Beacon(77, 0, site.feeder().id, 300, 0, 1, List.of(track)), insider);
    assertThat(listener.cast.snapshot().strangers()).isEqualTo(2);
    // And who does not feed is not believed to.
    hear(listener, new Frame.Beacon(78, 0, insider.id, 300, 0, 1, List.of(track)), insider);
    PartName next = CastSite.part(9);
    Bytes content = site.content(1000);
    listener.due.put(next, content);
    listener.cast.expect(next, 1000, site.nanoTime() + 300 * CastSite.MS);
    hear(listener, new Frame.Symbol(1, 78, 1, next.at(), 1000, 0, 1, 1, 0, 300, content), insider);
    assertThat(listener.cameAt).doesNotContainKey(next);
  }

  @Test
  void forgedSymbolCostsAPartAndTheTrust() {
    CastSite site = heard(3);
    site.conduct =
        frame -> {
          if (frame instanceof Frame.Symbol it && it.index() == 5) {
            byte[] data = it.data().toArray();
            data[7] ^= 1;
            return new Frame.Symbol(
                it.track(),
                it.session(),
                it.sequence(),
                it.at(),
                it.sizeBytes(),
                it.block(),
                it.blocks(),
                it.k(),
                it.index(),
                it.paceMbit(),
                Bytes.wrap(data));
          }
          return frame;
        };
    assertThat(site.share(0, PART_BYTES)).isEqualTo(-1);
    assertThat(site.listeners()).allMatch(each -> each.cast.snapshot().wrong() == 1);
    assertThat(site.listeners()).noneMatch(each -> each.hears(site.feeder()));
  }

  @Test
  void symbolThatIsCutOtherwiseIsRefused() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    PartName part = CastSite.part(0);
    listener.cast.expect(part, PART_BYTES, site.nanoTime() + 300 * CastSite.MS);
    long session = ((Frame.Beacon) site.feeder().said.getFirst()).session();
    Bytes data = site.content(1309);
    hear(
        listener,
        new Frame.Symbol(1, session, 1, part.at(), PART_BYTES, 0, 2, 191, 0, 300, data),
        site.feeder());
    hear(
        listener,
        new Frame.Symbol(1, session, 2, part.at(), PART_BYTES - 1, 0, 1, 191, 0, 300, data),
        site.feeder());
    assertThat(listener.cast.snapshot().misfits()).isEqualTo(2);
  }

  @Test
  void whatIsSealedOtherwiseIsNoFrame() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    SiteKey other = new SiteKey(CastSite.KEY.id(), site.content(32));
    Bytes datagram = FrameWriter.write(new Frame.Probe(5, 0, 10), other);
    assertThatThrownBy(() -> listener.hear(datagram, site.feeder().address))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void symbolsBeforeTheEntryAreKeptForAWhile() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    Bytes content = site.content(PART_BYTES);
    PartName part = CastSite.part(0);
    listener.due.put(part, content);
    site.feeder().cast.send(part, content, site.nanoTime() + 600 * CastSite.MS);
    site.passMs(50);
    listener.cast.expect(part, PART_BYTES, site.nanoTime() + 300 * CastSite.MS);
    assertThat(listener.cameAt).containsKey(part);
    // Of a part that nobody announces nothing is left after 0.2 s.
    PartName other = CastSite.part(1);
    listener.due.put(other, content);
    site.feeder().cast.send(other, content, site.nanoTime() + 600 * CastSite.MS);
    site.passMs(400);
    listener.cast.expect(other, PART_BYTES, site.nanoTime() + 300 * CastSite.MS);
    assertThat(listener.cameAt).doesNotContainKey(other);
    assertThat(listener.cast.snapshot().dropped()).isBetween(191L, 195L);
  }

  @Test
  void senderThatFallsSilentWithinABlockIsAskedAndThenLeft() {
    CastSite site = heard(3);
    site.way = frame -> frame instanceof Frame.Symbol it && it.index() < 100 ? CastSite.MS / 2 : -1;
    assertThat(site.share(0, PART_BYTES)).isEqualTo(-1);
    // Each 15 ms for 300 ms, at most 20 times.
    assertThat(site.listeners())
        .allSatisfy(each -> assertThat(each.cast.snapshot().nacksOut()).isBetween(10L, 20L));
    site.passMs(400);
    assertThat(site.listeners()).noneMatch(each -> each.hears(site.feeder()));
    assertThat(site.listeners()).allMatch(each -> each.changes == 2);
  }

  @Test
  void whoAsksForTooMuchIsNotAnswered() {
    CastSite site = heard(3);
    CastSite.Member greedy = site.listeners().getFirst();
    site.share(0, PART_BYTES);
    site.passMs(100);
    long session = ((Frame.Beacon) site.feeder().said.getFirst()).session();
    long before = site.feeder().cast.snapshot().symbolsOut();
    PartName part = CastSite.part(1);
    site.feeder().cast.send(part, site.content(PART_BYTES), site.nanoTime() + 600 * CastSite.MS);
    site.passMs(20);
    for (int i = 0; i < 50; i++) {
      hear(site.feeder(), new Frame.Nack(1, session, part.at(), 0, 60, 194, 0, greedy.id), greedy);
      site.passMs(10);
    }
    // No index beyond k + 63, and no more than a part a second for all that it asks.
    assertThat(site.feeder().cast.snapshot().symbolsOut() - before).isEqualTo(191 + 64);
    assertThat(site.feeder().cast.snapshot().nacksRefused()).isGreaterThan(40);
  }

  @Test
  void networkThatLosesTooMuchIsNotUsed() {
    CastSite site = new CastSite(4, 3);
    site.loss = 0.2;
    site.feeder().feeds.add(CastSite.TRACK);
    site.passMs(9000);
    assertThat(site.listeners()).noneMatch(each -> each.hears(site.feeder()));
    // Nobody subscribed, and no part was sent; when the network is mended, the next test tells.
    site.loss = 0;
    site.passMs(10_000);
    assertThat(site.listeners()).allMatch(each -> each.hears(site.feeder()));
  }

  @Test
  void networkThatCarriesNowAndThenIsLeftAlone() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    for (int round = 0; round < 20; round++) {
      site.loss = 0;
      site.passMs(12_000);
      site.loss = 1;
      listener.cast.expect(CastSite.part(round), 1000, site.nanoTime());
      site.passMs(2000);
    }
    assertThat(listener.cast.snapshot().falls()).isBetween(2L, 5L);
  }

  @Test
  void feederThatPausesIsHeardAtOnceAgain() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    for (int round = 0; round < 5; round++) {
      site.feeder().feeds.clear();
      site.passMs(10_000);
      assertThat(listener.hears(site.feeder())).isFalse();
      site.feeder().feeds.add(CastSite.TRACK);
      site.passMs(400);
      assertThat(listener.hears(site.feeder())).isTrue();
    }
  }

  @Test
  void aRelayThatStartedAnewIsHeardAgain() {
    CastSite site = heard(2);
    CastSite.Member listener = site.listeners().getFirst();
    site.feeder().feeds.clear();
    site.passMs(1500);
    assertThat(listener.hears(site.feeder())).isFalse();
    Frame.Track track = new Frame.Track(1, "live", "alice", "720p");
    InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9999);
    Frame.Beacon beacon = new Frame.Beacon(4711, 0, site.feeder().id, 300, 0, 9999, List.of(track));
    listener.hear(FrameWriter.write(beacon, CastSite.KEY), elsewhere);
    for (int i = 0; i < 50; i++) {
      Frame.Probe probe = new Frame.Probe(4711, i, 10);
      listener.hear(FrameWriter.write(probe, CastSite.KEY), elsewhere);
    }
    assertThat(listener.hears(site.feeder())).isTrue();
    assertThat(listener.cast.snapshot().strangers()).isZero();
  }

  @Test
  void manyListenersAskForTheSameOnce() {
    CastSite site = heard(70);
    site.loss = 0.02;
    for (int part = 0; part < 6; part++) {
      assertThat(site.share(part, PART_BYTES)).isBetween(0.0, 150.0);
    }
    double sent = site.feeder().cast.snapshot().symbolsOut() / (6.0 * 191);
    assertThat(sent).isLessThan(1.2);
  }
}

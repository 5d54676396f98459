package dev.millrace.relay.mesh.cast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameReader;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.SiteKey;
import dev.millrace.relay.mesh.SiteRelay;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What parts of binding M do by themselves. */
class CastPiecesTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 16",
    "1312, 1, 1, 1312",
    "1313, 1, 2, 657",
    "250000, 1, 191, 1309",
    "250592, 1, 191, 1312",
    "250593, 2, 96, 1306",
    "33554432, 134, 191, 1312"
  })
  void partIsCutAsTheSpecificationHasIt(int bytes, int blocks, int k, int symbolBytes) {
    SymbolLayout layout = SymbolLayout.of(bytes);
    assertThat(layout.blocks()).isEqualTo(blocks);
    assertThat(layout.k()).isEqualTo(k);
    assertThat(layout.symbolBytes()).isEqualTo(symbolBytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 17, 250_592, 250_593, 700_001})
  void whatIsCutIsJoinedAgain(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    SymbolLayout layout = SymbolLayout.of(bytes);
    List<List<Bytes>> blocks = new ArrayList<>();
    for (int block = 0; block < layout.blocks(); block++) {
      blocks.add(layout.cut(Bytes.wrap(content), block));
    }
    assertThat(layout.join(blocks)).isEqualTo(Bytes.wrap(content));
  }

  @Test
  void eachNumberIsTakenOnce() {
    ReplayWindow window = new ReplayWindow();
    Random random = new Random(1);
    List<Long> accepted = new ArrayList<>();
    for (int i = 0; i < 50_000; i++) {
      long sequence = Math.max(1, i + random.nextInt(200) - 100);
      if (window.accept(sequence)) {
        accepted.add(sequence);
      }
    }
    assertThat(accepted).doesNotHaveDuplicates().hasSizeGreaterThan(30_000);
    assertThat(window.accept(accepted.getLast() - 5000)).isFalse();
    assertThat(window.accept(10_000_000)).isTrue();
    assertThat(window.accept(10_000_000 - 4095)).isTrue();
    assertThat(window.accept(10_000_000 - 4096)).isFalse();
    assertThat(window.accept(10_000_000)).isFalse();
  }

  @Test
  void twoKeysAreValidAtATime() {
    long hour = TimeUnit.HOURS.toMillis(1);
    AtomicLong clock = new AtomicLong(100 * hour + hour / 4);
    CastKeys keys = new CastKeys(number -> Bytes.utf8("hour " + number).sha256(), clock::get);
    assertThat(keys.now().id()).isEqualTo(100);
    assertThat(valid(keys)).containsExactly(99, 100);
    clock.set(100 * hour + 3 * hour / 4);
    assertThat(valid(keys)).containsExactly(100, 101);
    clock.set(101 * hour + 1);
    assertThat(keys.now().id()).isEqualTo(101);
    assertThat(valid(keys)).containsExactly(100, 101);
    // A relay whose clock is 20 min behind another's reads what that one seals.
    SiteKey theirs = keys.now();
    clock.addAndGet(-TimeUnit.MINUTES.toMillis(20));
    Frame.Probe probe = new Frame.Probe(5, 0, 10);
    assertThat(FrameReader.readCast(FrameWriter.write(probe, theirs), keys::of)).isEqualTo(probe);
  }

  private static List<Integer> valid(CastKeys keys) {
    List<Integer> valid = new ArrayList<>();
    for (int id = 0; id < 1000; id++) {
      if (keys.of(id) != null) {
        valid.add(id);
      }
    }
    return valid;
  }

  @Test
  void parityFollowsLoss() {
    LossEstimate loss = new LossEstimate();
    assertThat(loss.parity(191)).isEqualTo(4);
    Bytes id = SiteRelay.idOf("listener");
    for (int i = 0; i < 20; i++) {
      loss.sent();
      // Of 195 that passed it has 181: 7 % are lost.
      loss.nack(new Frame.Nack(1, 1, CastSite.part(0).at(), 0, 10, 194, 1, id), 191);
    }
    assertThat(loss.share()).isBetween(0.06, 0.08);
    assertThat(loss.parity(191)).isBetween(23, 29);
    for (int i = 0; i < 200; i++) {
      loss.sent();
    }
    assertThat(loss.parity(191)).isEqualTo(4);
  }

  @Test
  void answersWhatIsNotOnItsWay() {
    List<Bytes> source = SymbolLayout.of(4000).cut(Bytes.wrap(new byte[4000]), 0);
    SentBlock block = new SentBlock(source, 4);
    assertThat(block.lacks(2, 0, 0)).as("eight are to come still").isNegative();
    for (long now = 0; block.hasNext(); now++) {
      block.next(now);
    }
    int all = source.size() + 4;
    assertThat(block.nextIndex()).isEqualTo(all);
    assertThat(block.lacks(2, all - 3, 0)).as("the last two may come still").isZero();
    assertThat(block.lacks(2, all - 3, 1000)).as("they should be there").isEqualTo(2);
    assertThat(block.lacks(1, all - 1, 1000)).as("the larger one counts").isNegative();
    assertThat(block.answer()).isTrue();
    assertThat(block.hasNext()).isTrue();
    assertThat(block.lacks(60, SentBlock.NOTHING, 1000)).isEqualTo(58);
    assertThat(block.answer()).as("all indices up to k + 63").isTrue();
    assertThat(block.lacks(2, 20, 1000)).isNotPositive();
    while (block.hasNext()) {
      block.next(2000);
    }
    assertThat(block.nextIndex()).isEqualTo(source.size() + 64);
    assertThat(block.isUsedUp()).isTrue();
  }

  @Test
  void testIsPassedWith46Of50() {
    for (int lost = 0; lost < 8; lost++) {
      Hearing hearing = new Hearing(0);
      for (int probe = lost; probe < 50; probe++) {
        hearing.probe(probe, 0);
      }
      hearing.tick(TimeUnit.MILLISECONDS.toNanos(301), true);
      assertThat(hearing.isHeard()).as(lost + " lost").isEqualTo(lost <= 4);
    }
  }

  @Test
  void quarterOfASecondsSymbolsLostIsTooMuch() {
    Hearing hearing = new Hearing(0);
    for (int probe = 0; probe < 50; probe++) {
      hearing.probe(probe, 0);
    }
    long now = 0;
    for (long sequence = 1; sequence <= 3000; sequence++) {
      now += TimeUnit.MILLISECONDS.toNanos(1);
      hearing.sign(now);
      if (sequence % 10 != 0) {
        hearing.symbol(sequence);
      }
      hearing.tick(now, true);
    }
    assertThat(hearing.isHeard()).as("a tenth is lost").isTrue();
    for (long sequence = 3001; sequence <= 5100; sequence++) {
      now += TimeUnit.MILLISECONDS.toNanos(1);
      hearing.sign(now);
      if (sequence % 3 != 0) {
        hearing.symbol(sequence);
      }
      hearing.tick(now, true);
    }
    assertThat(hearing.isHeard()).as("a third is lost").isFalse();
  }
}

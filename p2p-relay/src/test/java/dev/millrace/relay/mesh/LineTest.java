package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What goes over the line of a site: when it is slow, when a part is of no use, when to hedge. */
class LineTest {
  private static final int PART_BYTES = 250_000;
  private static final int PART_MS = 333;

  private final TestSite site = new TestSite(9);
  private final Relay feeder = site.inOrder().getFirst();
  private final Relay second = site.inOrder().get(1);

  LineTest() {
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(2000);
  }

  private static LogPosition at(int part) {
    return new LogPosition(1, 700, part);
  }

  private static String name(int part) {
    return new FileName.Part(at(part)).toString();
  }

  /** Publishes parts, which players at all relays ask for. */
  private List<CompletableFuture<Bytes>> publish(int from, int to) {
    List<CompletableFuture<Bytes>> players = new ArrayList<>();
    for (int part = from; part < to; part++) {
      site.publish(at(part), PART_BYTES);
      for (Relay relay : site.relays()) {
        players.add(relay.part(at(part)));
      }
      site.passMs(PART_MS);
    }
    return players;
  }

  @Test
  void partOfLineThatIsTooSlowIsSharedAndTheRestIsNotAskedForTwice() {
    site.lineMs = 667;
    List<CompletableFuture<Bytes>> players = publish(0, 18);
    site.passMs(4000);
    assertThat(players).allSatisfy(each -> assertThat(each).isDone());
    long got = players.stream().filter(each -> !each.isCompletedExceptionally()).count();
    assertThat(got).isGreaterThan(players.size() * 4 / 10);
    for (int part = 0; part < 18; part++) {
      assertThat(Collections.frequency(site.fetched, name(part))).isLessThanOrEqualTo(3);
    }
    assertThat(site.fetched).hasSizeLessThan(25);
    site.lineMs = 0;
    List<CompletableFuture<Bytes>> later = publish(18, 24);
    assertThat(later).allSatisfy(each -> assertThat(each).isCompleted());
  }

  @Test
  void whatCameOtherwiseIsCancelled() {
    publish(0, 2);
    feeder.die(false);
    site.passMs(2000);
    site.lineMs = 100_000;
    site.publish(at(2), PART_BYTES);
    List<CompletableFuture<Bytes>> players =
        site.relays().stream().filter(each -> each.alive).map(each -> each.part(at(2))).toList();
    site.passMs(100);
    assertThat(second.mesh.snapshot().fed()).as("it feeds now").isEqualTo(1);
    site.lineMs = 0;
    site.passMs(1500);
    assertThat(players).allSatisfy(each -> assertThat(each).isCompleted());
    assertThat(second.mesh.snapshot().cancelled()).isEqualTo(1);
  }

  @Test
  void whatNobodyWaitsForIsCancelledWhenItIsOver() {
    publish(0, 2);
    site.lineMs = 100_000;
    site.publish(at(2), PART_BYTES);
    site.passMs(700);
    assertThat(feeder.pending()).as("relays below may ask for it").isPositive();
    site.passMs(2600);
    assertThat(feeder.mesh.snapshot().cancelled()).isPositive();
    long pending = site.relays().stream().mapToLong(Relay::pending).sum();
    assertThat(pending).as("the next part, by its name").isEqualTo(1);
  }

  @Test
  void whatIsNotWatchedAnyMoreIsNotAwaited() {
    publish(0, 2);
    assertThat(feeder.pending()).as("the next part, by its name").isEqualTo(1);
    site.relays().forEach(relay -> relay.mesh.unwant(TestSite.PATH, TestSite.RENDITION));
    site.passMs(1000);
    assertThat(feeder.pending()).isZero();
  }

  @Test
  void hedgesWaitForAsLongAsHalfOfPartsUsuallyTakes() {
    long deadline = Ground.ms(300);
    HedgeDelay delay = new HedgeDelay();
    assertThat(delay.nanos(2, deadline)).isEqualTo(Ground.ms(80));
    assertThat(delay.nanos(3, deadline)).isEqualTo(Ground.ms(160));
    for (int i = 0; i < 40; i++) {
      delay.came(Ground.ms(i % 2 == 0 ? 20 : 100));
    }
    assertThat(delay.nanos(2, deadline)).isEqualTo(Ground.ms(150));
    assertThat(delay.nanos(3, deadline)).isEqualTo(Ground.ms(230));
    for (int i = 0; i < 40; i++) {
      delay.hedged(Ground.ms(170));
    }
    assertThat(delay.nanos(2, deadline)).as("0.6 D").isEqualTo(Ground.ms(180));
    for (int i = 0; i < 32; i++) {
      delay.came(Ground.ms(20));
    }
    assertThat(delay.nanos(2, deadline)).isEqualTo(Ground.ms(80));
  }

  /** Where a feeder always takes 120 ms to pass parts on, a few are fetched twice, and no more. */
  @Test
  void siteThatIsAlwaysSlowIsNotHedgedFor() {
    feeder.delayMs = 120;
    publish(0, 30);
    assertThat(second.mesh.snapshot().hedged()).isLessThanOrEqualTo(5);
  }

  @Test
  void feederThatDiesIsFollowedWithinDeadline() {
    publish(0, 10);
    feeder.die(false);
    for (int part = 10; part < 16; part++) {
      LogPosition position = at(part);
      site.publish(position, PART_BYTES);
      List<CompletableFuture<Bytes>> players =
          site.relays().stream()
              .filter(each -> each.alive)
              .map(each -> each.part(position))
              .toList();
      site.passMs(300);
      assertThat(players).allSatisfy(each -> assertThat(each).isCompleted());
      site.passMs(33);
    }
  }
}

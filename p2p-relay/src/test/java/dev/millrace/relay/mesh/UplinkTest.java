package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.End;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a relay gives to those who ask, while it has much to send already (section 7, control 1). It
 * gives 10 Mbit/s, so three chunks in 40 ms, over connections that take everything at once.
 */
class UplinkTest {
  private static final LogPosition AT = new LogPosition(1, 700, 0);
  private static final int TRACK = 9;

  private final TestSite site = TestSite.withUplinks(6, 10_000);
  private final Relay feeder = site.inOrder().getFirst();
  private final List<End> others;

  UplinkTest() {
    feeder.mesh.want(TestSite.PATH, TestSite.RENDITION);
    site.passMs(500);
    site.publish(AT, 250_000);
    site.inOrder().stream().skip(1).forEach(each -> each.connect(feeder.self.id()));
    site.passMs(500);
    others = site.inOrder().stream().skip(1).map(each -> each.to(feeder).orElseThrow()).toList();
    String app = TestSite.PATH.app();
    String name = TestSite.PATH.name();
    others.forEach(
        each -> each.send(new Frame.Subscribe(TRACK, app, name, TestSite.RENDITION, 0, 0)));
  }

  private static void want(End end, int first, int count) {
    end.send(new Frame.Want(TRACK, AT, 1000, List.of(new Frame.Range(first, count))));
  }

  private static long chunks(End end) {
    return end.got.stream().filter(Frame.Chunk.class::isInstance).count();
  }

  private static boolean isRefused(End end) {
    return end.got.stream()
        .anyMatch(
            frame -> frame instanceof Frame.Refuse refuse && refuse.reason() == Frame.Refusal.BUSY);
  }

  @Test
  void whatItCannotSendSoonIsRefusedAlsoWhereConnectionsTakeIt() {
    others.forEach(each -> want(each, 0, 2));
    site.passMs(10);
    assertThat(others.stream().mapToLong(UplinkTest::chunks).sum()).isEqualTo(3);
    assertThat(others.stream().filter(UplinkTest::isRefused)).hasSize(4);
    site.passMs(100);
    End last = others.getLast();
    want(last, 0, 2);
    site.passMs(10);
    assertThat(chunks(last)).as("when the others have theirs").isEqualTo(2);
  }

  @Test
  void whatWaitsForWhoTakesNothingIsInTheWayOfNobodyElse() {
    End dead = others.getFirst();
    End alive = others.getLast();
    dead.other.hold();
    want(dead, 0, 3);
    site.passMs(10);
    want(alive, 0, 3);
    site.passMs(10);
    assertThat(chunks(alive)).isZero();
    site.passMs(100);
    want(alive, 0, 3);
    site.passMs(10);
    assertThat(chunks(alive)).isEqualTo(3);
  }
}

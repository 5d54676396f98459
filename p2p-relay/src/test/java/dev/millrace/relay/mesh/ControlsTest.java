package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each of the three controls of section 7 prevents: with it, and the same without it. */
class ControlsTest {
  private static final int PART_BYTES = 250_000;

  /** What 40 ms of 100 Mbit/s carry. */
  private static final int BOUND_BYTES = 500_000;

  private static TestSite watched(int relays, Controls controls) {
    TestSite site = new TestSite(relays, controls);
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(2000);
    return site;
  }

  private static LogPosition at(int part) {
    return new LogPosition(1, 700, part);
  }

  /** A relay that takes nothing. */
  private static long waitingForWhoTakesNothing(Controls controls) {
    TestSite site = watched(2, controls);
    Relay feeder = site.inOrder().getFirst();
    TestSite.End link = feeder.to(site.inOrder().getLast()).orElseThrow();
    link.hold();
    link.other.hold(); // nor does it say what it has from elsewhere
    for (int part = 0; part < 8; part++) {
      site.publish(at(part), PART_BYTES);
      site.passMs(50);
    }
    return feeder.mesh.snapshot().peers().stream().mapToLong(MeshSnapshot.Peer::waitingBytes).sum();
  }

  @Test
  void whatWaitsForAPeerIsBounded() {
    assertThat(waitingForWhoTakesNothing(Controls.ALL)).isBetween(1L, (long) BOUND_BYTES);
    assertThat(waitingForWhoTakesNothing(new Controls(false, true, true)))
        .isGreaterThanOrEqualTo(6L * PART_BYTES);
  }

  /** Chunks of a part that are sent to a relay two seconds after its entry. */
  private static long sentTooLate(Controls controls) {
    TestSite site = watched(2, controls);
    Relay feeder = site.inOrder().getFirst();
    Relay second = site.inOrder().getLast();
    TestSite.End link = feeder.to(second).orElseThrow();
    site.make(at(0), PART_BYTES);
    site.publish(at(0), PART_BYTES);
    link.hold();
    site.passMs(20);
    site.edgeIsDown = true;
    site.passMs(2000);
    link.other.got.clear();
    link.letGo();
    site.passMs(100);
    return link.other.got.stream()
        .filter(frame -> frame instanceof Frame.Chunk chunk && chunk.at().equals(at(0)))
        .count();
  }

  @Test
  void whatIsStaleIsNotSent() {
    assertThat(sentTooLate(Controls.ALL)).isZero();
    assertThat(sentTooLate(new Controls(true, false, true))).isPositive();
  }

  /** Copies over the line of a part that feeder and stand-bys have and cannot give. */
  private static int copiesWhereNobodyFeeds(Controls controls) {
    TestSite site = watched(30, controls);
    List<Relay> order = site.inOrder();
    order.subList(0, 3).forEach(relay -> relay.ends.forEach(TestSite.End::hold));
    site.publish(at(0), PART_BYTES);
    site.passMs(310);
    return site.fetched.size();
  }

  @Test
  void whatLacksIsFetchedByAFewOnly() {
    assertThat(copiesWhereNobodyFeeds(Controls.ALL)).isLessThanOrEqualTo(3 + 3);
    assertThat(copiesWhereNobodyFeeds(new Controls(true, true, false))).isGreaterThan(25);
  }
}

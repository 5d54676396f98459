package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import org.junit.jupiter.api.Test;

/** A feeder that says that it has parts, and sends none of them for a while. */
class WithheldTest {
  private static final int PART_BYTES = 200_000;
  private static final long PART_MS = 333;

  private final TestSite site = new TestSite(3);
  private int part;

  /** Publishes parts, which players at all relays ask for. */
  private void share(int parts) {
    for (int i = 0; i < parts; i++) {
      LogPosition at = new LogPosition(1, 700 + part / 6, part % 6);
      part++;
      site.publish(at, PART_BYTES);
      site.relays().forEach(relay -> relay.part(at));
      site.passMs(PART_MS);
    }
  }

  @Test
  void isLeftForSomeSecondsOnlyAndFeedsAllAgain() {
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(500);
    share(12);
    Relay feeder = site.inOrder().getFirst();
    feeder.times = frame -> frame instanceof Frame.Chunk ? 0 : 1;
    share(9);
    site.fetched.clear();
    share(3);
    assertThat(site.fetched).as("the others go on by themselves").hasSizeGreaterThan(3);
    feeder.times = frame -> 1;
    share(21); // 7 s
    site.fetched.clear();
    share(12);
    assertThat(site.fetched).hasSize(12).doesNotHaveDuplicates();
    assertThat(site.relays()).allSatisfy(each -> assertThat(each.banned).isEmpty());
  }

  @Test
  void whoSaysNothingIsLeftThoughItsMachineAnswers() {
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(500);
    share(6);
    Relay dead = site.inOrder().get(1);
    Relay child = site.inOrder().get(2);
    dead.times = frame -> frame instanceof Frame.Pong ? 1 : 0;
    share(5);
    long repaired = child.mesh.snapshot().repaired();
    assertThat(repaired).as("meanwhile it asked for what was missing").isPositive();
    share(9);
    assertThat(child.mesh.snapshot().repaired()).isEqualTo(repaired);
    assertThat(child.banned).isEmpty();
  }
}

package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A parent that is dead though its machine answers, and whom its children ask then. In stripe 1 of
 * twelve relays (as they feed: 0 to 11) 0 gives to 1, 1 to 5, 9, 2 and 3, and 5 to 4, 6, 7 and 8.
 */
class StandInTest {
  private static final int STRIPE = 1;
  private static final int PART_BYTES = 200_000;
  private static final long PART_MS = 333;

  private final TestSite site = new TestSite(12);
  private final List<Relay> relays = site.inOrder();
  private int part;

  StandInTest() {
    relays.forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(500);
    share(6);
  }

  private void share(int parts) {
    for (int i = 0; i < parts; i++) {
      LogPosition at = new LogPosition(1, 700 + part / 6, part % 6);
      part++;
      site.publish(at, PART_BYTES);
      relays.forEach(relay -> relay.part(at));
      site.passMs(PART_MS);
    }
  }

  /** From then on it answers PING, and says nothing else. */
  private void die(int relay) {
    relays.get(relay).times = frame -> frame instanceof Frame.Pong ? 1 : 0;
  }

  /** Who asks a relay for the stripe. */
  private List<Integer> children(int parent) {
    return IntStream.range(0, relays.size())
        .filter(child -> child != parent && asks(child, parent))
        .boxed()
        .toList();
  }

  private boolean asks(int child, int parent) {
    return relays.get(parent).to(relays.get(child)).stream()
        .flatMap(end -> end.got.stream())
        .filter(Frame.Subscribe.class::isInstance)
        .map(frame -> (((Frame.Subscribe) frame).stripes() >> STRIPE & 1) == 1)
        .reduce(false, (before, last) -> last);
  }

  @Test
  void whoIsThereTheTreeSays() {
    assertThat(children(0)).containsExactly(1);
    assertThat(children(1)).containsExactly(2, 3, 5, 9);
    assertThat(children(5)).containsExactly(4, 6, 7, 8);
  }

  @Test
  void theFirstChildOfALostParentGivesToTheOthers() {
    die(5);
    share(5);
    assertThat(children(5)).isEmpty();
    assertThat(children(4)).containsExactly(6, 7, 8);
    assertThat(children(1)).as("one in place of another").contains(4).doesNotContain(6, 7, 8);
  }

  @Test
  void whereThatOneIsLostTooTheNextDoes() {
    die(5);
    die(4);
    share(9);
    assertThat(children(6)).containsExactly(7, 8);
    assertThat(children(1)).contains(6).doesNotContain(7, 8);
  }

  @Test
  void noPartIsFetchedTwiceMeanwhile() {
    site.fetched.clear();
    die(5);
    share(12);
    assertThat(site.fetched).hasSize(12).doesNotHaveDuplicates();
  }
}

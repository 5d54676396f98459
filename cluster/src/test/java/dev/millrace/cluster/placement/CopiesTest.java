package dev.millrace.cluster.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.Holding.State;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.TestNodes;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CopiesTest {
  private static final StreamPath PATH = StreamPath.parse("live/a");
  private static final List<String> RANKED =
      Rendezvous.ranked(
              PATH.toString(),
              List.of(TestNodes.node("a"), TestNodes.node("b"), TestNodes.node("c")))
          .stream()
          .map(NodeInfo::id)
          .toList();
  private static final String FIRST = RANKED.get(0);
  private static final String SECOND = RANKED.get(1);
  private static final String THIRD = RANKED.get(2);

  private final Copies copies = new Copies();

  @Test
  void aLiveStreamIsFilledByThoseThatShouldHoldIt() {
    assertThat(keeps(view(FIRST, "in").with("in", TestNodes.ingest("live/a", 1)), 0)).isTrue();
    assertThat(keeps(view(SECOND, "in").with("in", TestNodes.ingest("live/a", 1)), 0)).isTrue();
    assertThat(keeps(view(THIRD, "in").with("in", TestNodes.ingest("live/a", 1)), 0)).isFalse();
    assertThat(keeps(view("in").with("in", TestNodes.ingest("live/a", 1)), 0)).isFalse();
  }

  @Test
  void theIngestHoldsItsLogWithoutACopy() {
    assertThat(keeps(view(FIRST).with(FIRST, TestNodes.ingest("live/a", 1)), 0)).isFalse();
  }

  @Test
  void aCopyIsMadeAnewWhenTheIngestIsGone() {
    FixedView view = view(FIRST).with(SECOND, TestNodes.copy("live/a", State.AWAY, 1));
    assertThat(keeps(view, 0)).isTrue();
  }

  @Test
  void whatHasEndedIsKeptAndNotFilledAnew() {
    FixedView view = view(FIRST).with(SECOND, TestNodes.copy("live/a", State.ENDED, 1));
    assertThat(keeps(view, 0)).isFalse();
    assertThat(keeps(view.with(FIRST, TestNodes.copy("live/a", State.ENDED, 1)), 0)).isTrue();
  }

  @Test
  void copiesThatNeverGotAnythingDoNotKeepEachOtherAlive() {
    FixedView view =
        view(FIRST)
            .with(FIRST, TestNodes.copy("live/a", State.FILLING, 1))
            .with(SECOND, TestNodes.copy("live/a", State.FILLING, 1));
    assertThat(keeps(view, 0)).isFalse();
  }

  @Test
  void anOldCopyStaysUntilTheNewOnesHaveBeenCompleteForTenSeconds() {
    FixedView old =
        view(THIRD, "in")
            .with("in", TestNodes.ingest("live/a", 5))
            .with(THIRD, TestNodes.copy("live/a", State.LIVE, 5))
            .with(FIRST, TestNodes.copy("live/a", State.LIVE, 5));
    FixedView filling = old.with(SECOND, TestNodes.copy("live/a", State.FILLING, 5));
    FixedView outdated = old.with(SECOND, TestNodes.copy("live/a", State.LIVE, 4));
    FixedView complete = old.with(SECOND, TestNodes.copy("live/a", State.LIVE, 5));
    assertThat(keeps(old, 0)).isTrue();
    assertThat(keeps(filling, 100)).isTrue();
    assertThat(keeps(outdated, 200)).isTrue();
    assertThat(keeps(complete, 300)).isTrue();
    assertThat(keeps(complete, 309)).isTrue();
    assertThat(keeps(filling, 309.5)).as("a break").isTrue();
    assertThat(keeps(complete, 310)).isTrue();
    assertThat(keeps(complete, 319.9)).isTrue();
    assertThat(keeps(complete, 320)).isFalse();
  }

  @Test
  void aNodeThatDrainsHandsOverFirst() {
    FixedView alone =
        new FixedView(
                List.of(
                    TestNodes.node(FIRST).withDraining(true),
                    TestNodes.node("edge", NodeRole.EDGE)))
            .with(FIRST, TestNodes.copy("live/a", State.LIVE, 5));
    assertThat(keeps(alone, 0)).isTrue();
    assertThat(keeps(alone, 1000)).as("nobody else offers").isTrue();
    FixedView taken =
        new FixedView(List.of(TestNodes.node(FIRST).withDraining(true), TestNodes.node(SECOND)))
            .with(FIRST, TestNodes.copy("live/a", State.LIVE, 5))
            .with(SECOND, TestNodes.copy("live/a", State.LIVE, 5));
    assertThat(keeps(taken, 1001)).isTrue();
    assertThat(keeps(taken, 1011)).isFalse();
  }

  private boolean keeps(FixedView view, double seconds) {
    long nanoTime = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    return copies.toKeep(view, Placement.STANDARD, nanoTime).contains(PATH);
  }

  /** Three origins, seen from one node; others are ingests only. */
  private static FixedView view(String self, String... ingests) {
    List<NodeInfo> nodes = new ArrayList<>();
    List<String> origins = new ArrayList<>(RANKED);
    if (origins.remove(self)) {
      nodes.add(TestNodes.node(self));
    } else {
      nodes.add(TestNodes.node(self, NodeRole.INGEST));
    }
    origins.forEach(id -> nodes.add(TestNodes.node(id)));
    for (String id : ingests) {
      nodes.add(TestNodes.node(id, NodeRole.INGEST));
    }
    return new FixedView(nodes);
  }
}

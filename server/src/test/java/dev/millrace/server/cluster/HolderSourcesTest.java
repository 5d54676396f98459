package dev.millrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.Holding.State;
import dev.millrace.cluster.NodeInfo;
import dev.millrace.media.log.PartSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class HolderSourcesTest {
  private final PartSource own = new NamedSource("own");
  private final OtherNodes others = new OtherNodes(node -> new NamedSource(node.id()));

  /** What the store has. */
  private long ownEpoch = 7;

  private HolderSources sources(FakeView view) {
    return new HolderSources(() -> view, own, path -> ownEpoch, others);
  }

  private List<String> forViewers(FakeView view) {
    return names(sources(view).forViewers(FakeView.PATH));
  }

  private List<String> forCopies(FakeView view) {
    return names(sources(view).forCopies(FakeView.PATH));
  }

  private static List<String> names(List<PartSource> sources) {
    return sources.stream().map(source -> ((NamedSource) source).name()).toList();
  }

  @Test
  void viewersReadWhatIsHereThenCopiesThenTheIngest() {
    FakeView view =
        new FakeView()
            .ingest("in", State.LIVE, 7, "k")
            .copy("o1", State.LIVE, 7)
            .copy("self", State.LIVE, 7);
    assertThat(forViewers(view)).containsExactly("own", "o1", "in");
  }

  @Test
  void whatIsStillBeingTakenUpHereIsAskedAfterAllOthers() {
    FakeView view =
        new FakeView()
            .ingest("self", State.LIVE, 9, "k")
            .copy("o1", State.LIVE, 7)
            .copy("o2", State.LIVE, 7);
    assertThat(forViewers(view)).hasSize(3).endsWith("own");
    ownEpoch = 9;
    assertThat(forViewers(view)).startsWith("own");
  }

  @Test
  void whatMayLackSomethingIsAskedLast() {
    FakeView view =
        new FakeView()
            .ingest("in", State.LIVE, 8, "k")
            .copy("old", State.LIVE, 7)
            .copy("self", State.FILLING, 8);
    assertThat(forViewers(view).getFirst()).isEqualTo("in");
    assertThat(forViewers(view)).contains("own", "old");
  }

  @Test
  void copiesAreMadeOfOthersOnly() {
    FakeView view =
        new FakeView()
            .ingest("in", State.LIVE, 7, "k")
            .copy("o1", State.LIVE, 7)
            .copy("self", State.FILLING, 7);
    assertThat(forCopies(view)).containsExactly("in", "o1");
  }

  @Test
  void copiesReadTheLastPartWhereItWasPublishedBefore() {
    FakeView view =
        new FakeView()
            .ingest("now", State.LIVE, 8, "k")
            .ingest("before", State.AWAY, 7, "k")
            .copy("o1", State.LIVE, 8)
            .copy("o2", State.LIVE, 8);
    assertThat(forCopies(view)).startsWith("now", "before");
  }

  @Test
  void aNodeKeepsItsSourceAsLongAsItIsThere() {
    NodeInfo node = FakeView.nodeOf("a");
    PartSource first = others.of(node);
    assertThat(others.of(node)).isSameAs(first);
    others.keep(new FakeView().with("a"));
    assertThat(others.of(node)).isSameAs(first);
    others.keep(new FakeView());
    assertThat(others.of(node)).isNotSameAs(first);
  }
}

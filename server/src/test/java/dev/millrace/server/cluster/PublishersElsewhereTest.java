package dev.millrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.Holding.State;
import dev.millrace.media.live.Ownership.Owner;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PublishersElsewhereTest {
  private final AtomicLong nanos = new AtomicLong(1);
  private final PublishersElsewhere elsewhere =
      new PublishersElsewhere(nanos::get, () -> Duration.ofSeconds(30));

  @Test
  void tellsTheNewestPublicationOfOthers() {
    elsewhere.learn(
        new FakeView()
            .ingest("a", State.AWAY, 5, "one")
            .ingest("b", State.LIVE, 9, "two")
            .ingest("self", State.LIVE, 11, "three"));
    assertThat(elsewhere.of(FakeView.PATH)).contains(new Owner("two", 9, true, "name-b"));
  }

  @Test
  void whatHasEndedBelongsToNobody() {
    elsewhere.learn(new FakeView().ingest("a", State.LIVE, 5, "one"));
    elsewhere.learn(new FakeView().ingest("a", State.ENDED, 5, "one"));
    assertThat(elsewhere.of(FakeView.PATH)).isEmpty();
  }

  @Test
  void aPublicationWhoseNodeDiedIsKeptForItsOwnerForTheReconnectWindow() {
    elsewhere.learn(new FakeView().ingest("a", State.LIVE, 5, "one"));
    elsewhere.learn(new FakeView());
    nanos.addAndGet(Duration.ofSeconds(29).toNanos());
    elsewhere.learn(new FakeView());
    assertThat(elsewhere.of(FakeView.PATH)).contains(new Owner("one", 5, false, "name-a"));
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(elsewhere.of(FakeView.PATH)).isEmpty();
  }

  @Test
  void aPublicationThatItsNodeTookBackIsNobodysAtOnce() {
    elsewhere.learn(new FakeView().ingest("a", State.AWAY, 5, "one"));
    elsewhere.learn(new FakeView().with("a"));
    assertThat(elsewhere.of(FakeView.PATH)).isEmpty();
  }

  @Test
  void whatWentOnHereIsNotTheOldNodesAnyMore() {
    elsewhere.learn(new FakeView().ingest("a", State.LIVE, 5, "one"));
    elsewhere.learn(new FakeView().ingest("self", State.LIVE, 6, "one"));
    assertThat(elsewhere.of(FakeView.PATH)).isEmpty();
  }
}

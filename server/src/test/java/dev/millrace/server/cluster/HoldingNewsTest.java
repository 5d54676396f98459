package dev.millrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.AloneMembership;
import dev.millrace.cluster.Holding;
import dev.millrace.cluster.Holding.Kind;
import dev.millrace.cluster.Holding.State;
import dev.millrace.cluster.Membership;
import dev.millrace.media.live.StreamChange;
import dev.millrace.origin.Replicas.Replica;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HoldingNewsTest {
  private final Membership membership = new AloneMembership(FakeView.nodeOf("self"), Runnable::run);
  private final HoldingNews news = new HoldingNews(() -> membership);

  private List<Holding> held() {
    return membership.view().holdings("self");
  }

  private void published(StreamChange.Kind kind, long epoch) {
    news.published(new StreamChange(FakeView.PATH, kind, epoch, "owner"));
  }

  @Test
  void followsAPublicationThroughItsLife() {
    published(StreamChange.Kind.BEGAN, 5);
    assertThat(held())
        .containsExactly(new Holding(FakeView.PATH, Kind.INGEST, State.LIVE, 5, "owner"));
    published(StreamChange.Kind.AWAY, 5);
    assertThat(held().getFirst().state()).isEqualTo(State.AWAY);
    published(StreamChange.Kind.RETURNED, 6);
    assertThat(held().getFirst().epoch()).isEqualTo(6);
    published(StreamChange.Kind.ENDED, 6);
    news.sweep(Set.of(FakeView.PATH), List.of());
    assertThat(held().getFirst().state()).as("still readable").isEqualTo(State.ENDED);
    news.sweep(Set.of(), List.of());
    assertThat(held()).isEmpty();
  }

  @Test
  void aFencedPublicationIsTakenBackWhenItsLastPartWasRead() {
    published(StreamChange.Kind.BEGAN, 5);
    published(StreamChange.Kind.FENCED, 5);
    news.sweep(Set.of(FakeView.PATH), List.of());
    assertThat(held())
        .containsExactly(new Holding(FakeView.PATH, Kind.INGEST, State.AWAY, 5, "owner"));
    news.sweep(Set.of(FakeView.PATH), List.of());
    news.sweep(Set.of(FakeView.PATH), List.of());
    assertThat(held()).isEmpty();
  }

  @Test
  void aPublicationThatComesBackIsNotTakenBack() {
    published(StreamChange.Kind.BEGAN, 5);
    published(StreamChange.Kind.FENCED, 5);
    published(StreamChange.Kind.BEGAN, 7);
    for (int sweep = 0; sweep < 5; sweep++) {
      news.sweep(Set.of(FakeView.PATH), List.of());
    }
    assertThat(held()).hasSize(1);
  }

  @Test
  void aStreamThatBeginsAgainIsNotTakenBackWithTheOldOne() {
    published(StreamChange.Kind.ENDED, 5);
    published(StreamChange.Kind.BEGAN, 6);
    news.sweep(Set.of(), List.of());
    assertThat(held()).hasSize(1);
  }

  @Test
  void copiesAreTakenBackWhenTheyAreKeptNoMore() {
    Replica copy = new Replica(FakeView.PATH, dev.millrace.origin.Replicas.State.LIVE, 5);
    news.copied(copy);
    news.sweep(Set.of(FakeView.PATH), List.of(copy));
    assertThat(held()).containsExactly(new Holding(FakeView.PATH, Kind.ORIGIN, State.LIVE, 5, ""));
    news.sweep(Set.of(FakeView.PATH), List.of());
    assertThat(held()).isEmpty();
  }
}

package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.Ownership.Owner;
import dev.millrace.media.live.PublishResult.Accepted;
import dev.millrace.media.live.PublishResult.Refused;
import dev.millrace.media.live.StreamChange.Kind;
import dev.millrace.media.live.StreamEvent.StreamFenced;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Streams that other nodes of the cluster have too. */
class OtherNodesTest {
  private static final StreamPath PATH = new StreamPath("live", "main");

  private @Nullable Owner owner;
  private final Hub hub = new Hub(LiveConfig.DEFAULT, path -> Optional.ofNullable(owner));
  private final List<StreamChange> changes = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();

  OtherNodesTest() {
    hub.streams.onChange(changes::add);
  }

  private PublishResult publish(String credential) {
    return hub.streams.publish(hub.request(PATH, credential, closed::add));
  }

  @Test
  void refusesAnotherOwnerWhileTheStreamIsLiveOrAwayElsewhere() {
    owner = new Owner("key-1", 5, true, "b");
    assertThat(publish("key-2"))
        .isEqualTo(new Refused("live/main is being published with another key"));
    owner = new Owner("key-1", 5, false, "b");
    assertThat(publish("key-2"))
        .isEqualTo(new Refused("live/main is kept for its publisher, who may come back"));
    assertThat(changes).isEmpty();
    owner = null;
    assertThat(publish("key-2")).isInstanceOf(Accepted.class);
  }

  @Test
  void letsTheOwnerComeFromAnotherNodeUnderANewerEpoch() {
    long ahead = (hub.wall.millis() + 4000) << 10;
    owner = new Owner("key-1", ahead, true, "b");
    Accepted accepted = (Accepted) publish("key-1");

    assertThat(accepted.publication().epoch()).isGreaterThan(ahead);
    assertThat(accepted.takenOver()).isFalse();
    assertThat(accepted.takenFrom()).hasValue("b");
  }

  @Test
  void doesNotGoOnWithAStreamThatIsNewerElsewhere() {
    Accepted first = (Accepted) publish("key-1");
    Subscription reader = first.publication().stream().subscribe();
    Hub.drain(reader);
    long newer = first.publication().epoch() + 1;
    owner = new Owner("key-1", newer, true, "b");
    Accepted second = (Accepted) publish("key-1");

    assertThat(closed).containsExactly("key-1");
    assertThat(Hub.drain(reader)).containsExactly(new StreamFenced(newer, "it is on b"));
    assertThat(second.publication().stream()).isNotSameAs(first.publication().stream());
    assertThat(changes)
        .extracting(StreamChange::kind)
        .containsExactly(Kind.BEGAN, Kind.FENCED, Kind.BEGAN);
  }

  @Test
  void believesItselfAgainstAnOlderEpochElsewhere() {
    Accepted first = (Accepted) publish("key-1");
    owner = new Owner("key-2", first.publication().epoch() - 1, true, "b");
    Accepted second = (Accepted) publish("key-1");
    assertThat(second.takenOver()).isTrue();
    assertThat(second.takenFrom()).isEmpty();
    assertThat(publish("key-2")).isInstanceOf(Refused.class);
  }

  @Test
  void fencesAnOlderPublication() {
    Accepted first = (Accepted) publish("key-1");
    Publication publication = first.publication();
    publication.tracks(List.of(Hub.VIDEO), 0);
    Subscription reader = publication.stream().subscribe();
    publication.frame(Hub.key(0));
    long newer = publication.epoch() + 7;

    assertThat(hub.streams.fence(PATH, newer, "taken over on b")).isTrue();
    publication.frame(Hub.key(40));
    publication.end("closed");

    assertThat(closed).containsExactly("key-1");
    assertThat(Hub.drain(reader))
        .as("all that came before, and nothing after")
        .hasSize(4)
        .endsWith(new StreamFenced(newer, "taken over on b"))
        .hasAtLeastOneElementOfType(StreamEvent.FrameArrived.class);
    assertThat(hub.streams.find(PATH)).isEmpty();
    assertThat(hub.timer.pending()).isZero();
    assertThat(changes)
        .containsExactly(
            new StreamChange(PATH, Kind.BEGAN, publication.epoch(), "key-1"),
            new StreamChange(PATH, Kind.FENCED, publication.epoch(), "key-1"));
    assertThat(Hub.drain(publication.stream().subscribe()))
        .containsExactly(new StreamEvent.StreamEnded());
  }

  @Test
  void doesNotFenceANewerPublication() {
    Publication publication = ((Accepted) publish("key-1")).publication();
    assertThat(hub.streams.fence(PATH, publication.epoch(), "b")).isFalse();
    assertThat(hub.streams.fence(PATH, publication.epoch() - 1, "b")).isFalse();
    assertThat(hub.streams.fence(new StreamPath("live", "other"), 1L << 52, "b")).isFalse();
    assertThat(publication.isCurrent()).isTrue();
    assertThat(closed).isEmpty();
  }

  @Test
  void fencesAStreamThatWaitsForItsPublisher() {
    Publication publication = ((Accepted) publish("key-1")).publication();
    publication.end("connection reset");
    assertThat(hub.streams.fence(PATH, publication.epoch() + 1, "b")).isTrue();
    hub.timer.advance(Duration.ofSeconds(60));
    assertThat(changes)
        .extracting(StreamChange::kind)
        .containsExactly(Kind.BEGAN, Kind.AWAY, Kind.FENCED);
    assertThat(closed).isEmpty();
  }

  @Test
  void tellsEachChangeOnceAndInOrder() {
    Publication first = ((Accepted) publish("key-1")).publication();
    Publication second = ((Accepted) publish("key-1")).publication();
    first.end("late");
    second.end("connection reset");
    hub.timer.advance(Duration.ofSeconds(1));
    Publication third = ((Accepted) publish("key-1")).publication();
    third.end("connection reset");
    hub.timer.advance(Duration.ofSeconds(30));
    Publication fourth = ((Accepted) publish("key-2")).publication();
    hub.streams.close();

    assertThat(changes)
        .containsExactly(
            new StreamChange(PATH, Kind.BEGAN, first.epoch(), "key-1"),
            new StreamChange(PATH, Kind.RETURNED, second.epoch(), "key-1"),
            new StreamChange(PATH, Kind.AWAY, second.epoch(), "key-1"),
            new StreamChange(PATH, Kind.RETURNED, third.epoch(), "key-1"),
            new StreamChange(PATH, Kind.AWAY, third.epoch(), "key-1"),
            new StreamChange(PATH, Kind.ENDED, third.epoch(), "key-1"),
            new StreamChange(PATH, Kind.BEGAN, fourth.epoch(), "key-2"),
            new StreamChange(PATH, Kind.ENDED, fourth.epoch(), "key-2"));
  }

  @Test
  void letsAListenerCallBack() {
    hub.streams.onChange(
        change -> {
          if (change.kind() == Kind.BEGAN) {
            hub.streams.fence(PATH, change.epoch() + 1, "b");
          }
        });
    publish("key-1");
    assertThat(changes).extracting(StreamChange::kind).containsExactly(Kind.BEGAN, Kind.FENCED);
  }
}

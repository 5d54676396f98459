package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.PublishResult.Accepted;
import dev.millrace.media.live.PublishResult.Refused;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.live.StreamFacts.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveStreamsTest {
  private static final StreamPath PATH = new StreamPath("live", "main");

  private final Hub hub = new Hub();

  @Test
  void createsAStreamAndTellsItsListenersBeforeTheFirstEvent() {
    List<Subscription> subscriptions = new ArrayList<>();
    hub.streams.onStream(stream -> subscriptions.add(stream.subscribe()));

    Publication publication = hub.publish(PATH, "key-1");
    publication.tracks(List.of(Hub.VIDEO, Hub.AUDIO), 2_500_000);
    publication.frame(Hub.key(0));

    assertThat(Hub.drain(subscriptions.getFirst()))
        .containsExactly(
            new SessionStarted(publication.epoch(), hub.wall.instant()),
            new TracksChanged(List.of(Hub.VIDEO, Hub.AUDIO), 2_500_000),
            new FrameArrived(Hub.key(0)));
  }

  @Test
  void givesEachSessionOfAnyPathAGreaterEpoch() {
    long first = hub.publish(PATH, "key-1").epoch();
    long second = hub.publish(PATH, "key-1").epoch();
    long third = hub.publish(new StreamPath("live", "other"), "key-2").epoch();

    assertThat(second).isGreaterThan(first);
    assertThat(third).isGreaterThan(second);
  }

  @Test
  void letsTheSameOwnerTakeOverAtOnce() {
    List<String> closed = new ArrayList<>();
    Accepted first = (Accepted) hub.streams.publish(hub.request(PATH, "key-1", closed::add));
    Subscription reader = first.publication().stream().subscribe();
    Accepted second = (Accepted) hub.streams.publish(hub.request(PATH, "key-1", closed::add));

    assertThat(first.takenOver()).isFalse();
    assertThat(second.takenOver()).isTrue();
    assertThat(closed).containsExactly("key-1");
    assertThat(second.publication().stream()).isSameAs(first.publication().stream());
    assertThat(Hub.drain(reader))
        .satisfiesExactly(
            event -> assertThat(event).isInstanceOf(SessionStarted.class),
            event -> assertThat(event).isInstanceOf(SessionEnded.class),
            event ->
                assertThat(event)
                    .isEqualTo(
                        new SessionStarted(second.publication().epoch(), hub.wall.instant())));
  }

  @Test
  void ignoresALateOldPublication() {
    Publication old = hub.publish(PATH, "key-1");
    Publication young = hub.publish(PATH, "key-1");
    young.tracks(List.of(Hub.VIDEO), 0);
    Subscription reader = young.stream().subscribe();
    Hub.drain(reader);

    old.tracks(List.of(Hub.AUDIO), 0);
    old.frame(Hub.key(0));
    old.timeBroken("jump");
    old.end("connection reset");

    assertThat(old.isCurrent()).isFalse();
    assertThat(young.isCurrent()).isTrue();
    assertThat(Hub.drain(reader)).isEmpty();
    assertThat(young.stream().facts().state()).isEqualTo(State.LIVE);
    assertThat(hub.timer.pending()).isZero();
  }

  @Test
  void refusesAnotherOwnerWhileLiveAndWhileTheOwnerMayComeBack() {
    Publication owner = hub.publish(PATH, "key-1");
    assertThat(hub.streams.publish(hub.request(PATH, "key-2", key -> {})))
        .isEqualTo(new Refused("live/main is being published with another key"));

    owner.end("connection reset");
    assertThat(hub.streams.publish(hub.request(PATH, "key-2", key -> {})))
        .isEqualTo(new Refused("live/main is kept for its publisher, who may come back"));

    hub.timer.advance(Duration.ofSeconds(30));
    assertThat(hub.streams.publish(hub.request(PATH, "key-2", key -> {})))
        .isInstanceOf(Accepted.class);
  }

  @Test
  void keepsTheStreamForAReturningPublisher() {
    Publication first = hub.publish(PATH, "key-1");
    Subscription reader = first.stream().subscribe();
    first.end("connection reset");
    assertThat(first.stream().facts().state()).isEqualTo(State.WAITING);

    hub.timer.advance(Duration.ofSeconds(29));
    Publication second = hub.publish(PATH, "key-1");
    hub.timer.advance(Duration.ofSeconds(60));

    assertThat(second.stream()).isSameAs(first.stream());
    assertThat(second.stream().facts().state()).isEqualTo(State.LIVE);
    assertThat(second.stream().facts().reconnects()).isEqualTo(1);
    assertThat(Hub.drain(reader))
        .hasExactlyElementsOfTypes(SessionStarted.class, SessionEnded.class, SessionStarted.class);
  }

  @Test
  void endsTheStreamWhenTheReconnectWindowCloses() {
    Publication publication = hub.publish(PATH, "key-1");
    Subscription reader = publication.stream().subscribe();
    publication.end("connection reset");
    publication.end("again");
    hub.timer.advance(Duration.ofSeconds(30));

    assertThat(hub.streams.find(PATH)).isEmpty();
    assertThat(publication.stream().facts().state()).isEqualTo(State.ENDED);
    assertThat(Hub.drain(reader))
        .containsExactly(
            new SessionStarted(publication.epoch(), hub.wall.instant()),
            new SessionEnded("connection reset"),
            new StreamEnded());
    assertThat(Hub.drain(publication.stream().subscribe())).containsExactly(new StreamEnded());
  }

  @Test
  void endsEverythingAtOnceOnClose() {
    Publication live = hub.publish(PATH, "key-1");
    Publication waiting = hub.publish(new StreamPath("live", "other"), "key-2");
    waiting.end("connection reset");
    Subscription reader = live.stream().subscribe();
    Subscription other = waiting.stream().subscribe();
    hub.streams.close();

    assertThat(Hub.drain(reader))
        .endsWith(new SessionEnded("the server is stopping"), new StreamEnded());
    assertThat(Hub.drain(other)).containsExactly(new StreamEnded());
    assertThat(hub.streams.list()).isEmpty();
    assertThat(hub.streams.publish(hub.request(PATH, "key-1", key -> {})))
        .isEqualTo(new Refused("the server is stopping"));
  }

  @Test
  void keepsNothingOfAHundredThousandNames() {
    for (int i = 0; i < 100_000; i++) {
      Publication publication = hub.publish(new StreamPath("live", "name-" + i), "key-" + i);
      publication.tracks(List.of(Hub.VIDEO), 0);
      publication.frame(Hub.key(0));
      publication.end("done");
      hub.timer.advance(Duration.ofSeconds(1));
      assertThat(hub.timer.pending()).isLessThanOrEqualTo(30);
    }
    assertThat(hub.streams.list()).hasSizeLessThanOrEqualTo(30);
    hub.timer.advance(Duration.ofSeconds(30));
    assertThat(hub.streams.list()).isEmpty();
    assertThat(hub.timer.pending()).isZero();
  }

  @Test
  void tellsWarningsOnceAndForgetsThemWithTheNextSession() {
    List<String> told = new ArrayList<>();
    hub.streams.onWarning((stream, text) -> told.add(stream.path() + ": " + text));
    LiveStream stream = hub.publish(PATH, "key-1").stream();
    stream.setWarning("key-frames-far", "key frames are 8 s apart");
    stream.setWarning("key-frames-far", "key frames are 8 s apart");
    stream.setWarning("other", "something else");
    stream.clearWarning("other");

    assertThat(told)
        .containsExactly("live/main: key frames are 8 s apart", "live/main: something else");
    assertThat(stream.facts().warnings())
        .containsExactly(java.util.Map.entry("key-frames-far", "key frames are 8 s apart"));
    hub.publish(PATH, "key-1");
    assertThat(stream.facts().warnings()).isEmpty();
  }
}

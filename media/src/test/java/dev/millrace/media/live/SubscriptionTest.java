package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.media.live.StreamEvent.SessionEnded;
import dev.millrace.media.live.StreamEvent.SessionStarted;
import dev.millrace.media.live.StreamEvent.StreamEnded;
import dev.millrace.media.live.StreamEvent.TimeBroken;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final LiveConfig SMALL = new LiveConfig(Duration.ofSeconds(30), 8, 100_000);

  private final Hub hub = new Hub(SMALL);
  private final Publication publication = hub.publish(PATH, "key-1");

  @Test
  void givesANewcomerTheSessionTheTracksAndTheCurrentGroupOfPictures() {
    publication.tracks(List.of(Hub.VIDEO, Hub.AUDIO), 0);
    publication.frame(Hub.key(0));
    publication.frame(Hub.delta(40));
    publication.frame(Hub.key(80));
    publication.frame(Hub.audio(80));
    publication.timeBroken("jump");
    publication.frame(Hub.delta(120));

    assertThat(Hub.drain(publication.stream().subscribe()))
        .containsExactly(
            new SessionStarted(publication.epoch(), hub.wall.instant()),
            new TracksChanged(List.of(Hub.VIDEO, Hub.AUDIO), 0),
            new FrameArrived(Hub.key(80)),
            new FrameArrived(Hub.audio(80)),
            new TimeBroken("jump"),
            new FrameArrived(Hub.delta(120)));
  }

  @Test
  void makesANewcomerWaitForTheNextKeyFrameWhereTheGroupIsTooLong() {
    publication.tracks(List.of(Hub.VIDEO), 0);
    publication.frame(Hub.key(0));
    for (int i = 1; i <= 4; i++) {
      publication.frame(Hub.delta(i * 40L));
    }
    Subscription newcomer = publication.stream().subscribe();
    publication.frame(Hub.delta(200));
    publication.frame(Hub.audio(200));
    publication.frame(Hub.key(240));

    assertThat(frames(newcomer)).containsExactly(Hub.key(240));
    assertThat(newcomer.droppedFrames()).isZero();
  }

  @Test
  void skipsToTheNewestQueuedKeyFrameWhenSlow() {
    Subscription slow = publication.stream().subscribe();
    publication.tracks(List.of(Hub.VIDEO), 0);
    publication.frame(Hub.key(0));
    for (int i = 1; i < 5; i++) {
      publication.frame(Hub.delta(i * 40L));
    }
    publication.frame(Hub.key(200));
    publication.frame(Hub.delta(240));
    publication.frame(Hub.delta(280));
    publication.frame(Hub.delta(320));

    assertThat(frames(slow))
        .containsExactly(Hub.key(200), Hub.delta(240), Hub.delta(280), Hub.delta(320));
    assertThat(slow.droppedFrames()).isEqualTo(5);
  }

  @Test
  void skipsToTheNextKeyFrameWhereNoneIsQueued() {
    Subscription slow = publication.stream().subscribe();
    publication.tracks(List.of(Hub.VIDEO, Hub.AUDIO), 0);
    publication.frame(Hub.key(0));
    for (int i = 1; i <= 9; i++) {
      publication.frame(Hub.delta(i * 40L));
    }
    publication.frame(Hub.audio(400));
    publication.frame(Hub.key(440));

    assertThat(frames(slow)).containsExactly(Hub.key(440));
    assertThat(slow.droppedFrames()).isEqualTo(11);
  }

  @Test
  void boundsTheQueueByBytesAsWell() {
    Subscription slow = publication.stream().subscribe();
    publication.tracks(List.of(Hub.VIDEO), 0);
    publication.frame(Hub.video(0, true, 60_000));
    publication.frame(Hub.video(40, true, 60_000));
    publication.frame(Hub.video(80, true, 200_000));

    assertThat(frames(slow)).containsExactly(Hub.video(80, true, 200_000));
    assertThat(slow.droppedFrames()).isEqualTo(2);
  }

  @Test
  void skipsAudioWhereThereIsNoVideo() {
    Subscription slow = publication.stream().subscribe();
    publication.tracks(List.of(Hub.AUDIO), 0);
    for (int i = 0; i < 9; i++) {
      publication.frame(Hub.audio(i * 20L));
    }
    assertThat(frames(slow)).hasSizeLessThanOrEqualTo(8).endsWith(Hub.audio(160));
  }

  @Test
  void neverDropsEventsOtherThanFrames() {
    Subscription slow = publication.stream().subscribe();
    for (int session = 0; session < 20; session++) {
      Publication next = hub.publish(PATH, "key-1");
      next.tracks(List.of(Hub.VIDEO), 0);
      for (int i = 0; i < 20; i++) {
        next.frame(i % 10 == 0 ? Hub.key(i * 40L) : Hub.delta(i * 40L));
      }
      next.timeBroken("jump");
    }
    List<StreamEvent> events = Hub.drain(slow);
    assertThat(events).filteredOn(SessionStarted.class::isInstance).hasSize(21);
    assertThat(events).filteredOn(SessionEnded.class::isInstance).hasSize(20);
    assertThat(events).filteredOn(TracksChanged.class::isInstance).hasSize(20);
    assertThat(events).filteredOn(TimeBroken.class::isInstance).hasSize(20);
  }

  @Test
  void cutsAReaderThatNeverReads() {
    Subscription dead = publication.stream().subscribe();
    for (int i = 0; i < 10_000; i++) {
      publication.timeBroken("jump");
    }
    assertThat(Hub.drain(dead)).containsExactly(new StreamEnded());
  }

  @Test
  void givesNothingAfterClose() throws InterruptedException {
    Subscription reader = publication.stream().subscribe();
    reader.close();
    publication.tracks(List.of(Hub.VIDEO), 0);
    assertThat(reader.poll(Duration.ofHours(1))).isEmpty();
  }

  @Test
  void wakesAWaitingReader() {
    Subscription reader = publication.stream().subscribe();
    Hub.drain(reader);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<StreamEvent> read = new CompletableFuture<>();
      threads.submit(() -> read.complete(reader.poll(Duration.ofMinutes(1)).orElseThrow()));
      publication.tracks(List.of(Hub.AUDIO), 0);
      assertThat(read.join()).isEqualTo(new TracksChanged(List.of(Hub.AUDIO), 0));
    }
  }

  @Test
  void letsFramesGatherUntilOneWakesTheReader() throws Exception {
    Hub large = new Hub(LiveConfig.DEFAULT);
    Publication publisher = large.publish(PATH, "key-1");
    publisher.tracks(List.of(Hub.VIDEO), 0);
    Subscription reader = publisher.stream().subscribe();
    Hub.drain(reader);
    CompletableFuture<List<Frame>> read = new CompletableFuture<>();
    Thread waiting =
        Thread.startVirtualThread(
            () -> read.complete(framesFrom(reader, frame -> frame.dtsUs() >= 400_000)));
    await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

    publisher.frame(Hub.key(0));
    publisher.frame(Hub.delta(360));
    assertThat(waiting.getState()).isEqualTo(Thread.State.TIMED_WAITING);
    publisher.frame(Hub.delta(400));
    assertThat(read.join()).containsExactly(Hub.key(0), Hub.delta(360), Hub.delta(400));
  }

  /** Waits for the first frame that counts, then reads all there are. */
  private static List<Frame> framesFrom(Subscription reader, Predicate<Frame> wakes) {
    try {
      List<Frame> all = new ArrayList<>();
      reader
          .poll(Duration.ofMinutes(1), wakes)
          .ifPresent(first -> all.add(((FrameArrived) first).frame()));
      all.addAll(frames(reader));
      return all;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void measuresBitratesAndTheFrameRate() {
    publication.tracks(List.of(Hub.VIDEO, Hub.AUDIO), 0);
    for (int second = 0; second < 20; second++) {
      for (int frame = 0; frame < 25; frame++) {
        long at = second * 1000L + frame * 40L;
        publication.frame(Hub.video(at, frame == 0, 10_000));
        publication.frame(Hub.audio(at));
      }
    }
    hub.timer.advance(Duration.ofSeconds(20));
    StreamFacts facts = publication.stream().facts();

    assertThat(facts.frameRate()).isEqualTo(25.0);
    assertThat(facts.videoBitrateBps()).isBetween(1_900_000L, 2_100_000L);
    assertThat(facts.audioBitrateBps()).isBetween(9_500L, 10_500L);
    assertThat(facts.bytesReceived()).isEqualTo(20 * 25 * 10_050);
    assertThat(facts.publisher()).contains(new PublisherFacts("192.0.2.7:50000", "test", "rtmp"));

    hub.timer.advance(Duration.ofSeconds(6));
    assertThat(publication.stream().facts().videoBitrateBps()).isZero();
  }

  private static List<Frame> frames(Subscription subscription) {
    List<Frame> frames = new ArrayList<>();
    for (StreamEvent event : Hub.drain(subscription)) {
      if (event instanceof FrameArrived(Frame frame)) {
        frames.add(frame);
      }
    }
    return frames;
  }
}

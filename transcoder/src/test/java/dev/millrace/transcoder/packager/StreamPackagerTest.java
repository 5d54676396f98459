package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Publication;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop around the state machine, on a real thread and clock. */
class StreamPackagerTest {
  @TempDir Path folder;
  private final RecordedLog log = new RecordedLog(System::nanoTime);
  private ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private LiveStreams hub =
      new LiveStreams(LiveConfig.DEFAULT, InstantSource.system(), System::nanoTime, timer);

  @BeforeEach
  void newHub() {
    timer = Executors.newSingleThreadScheduledExecutor();
    LiveConfig config = new LiveConfig(Duration.ofMillis(1_300), 2_048, 1 << 24);
    hub = new LiveStreams(config, InstantSource.system(), System::nanoTime, timer);
  }

  @AfterEach
  void closeHub() {
    hub.close();
    timer.shutdownNow();
  }

  private Publication publish() {
    PublishRequest request =
        new PublishRequest(
            new Grant(Rig.PATH, "key"), new PublisherFacts("127.0.0.1", "test", "rtmp"), () -> {});
    return ((PublishResult.Accepted) hub.publish(request)).publication();
  }

  private Thread packager() {
    LiveStream stream = hub.find(Rig.PATH).orElseThrow();
    return Thread.ofVirtual()
        .start(
            new StreamPackager(
                stream,
                log,
                Targets.DEFAULT,
                new SequenceNumbers(folder, InstantSource.system()),
                InstantSource.system(),
                System::nanoTime,
                Ladder.NONE));
  }

  private static void send(Publication publication, double seconds) {
    publication.tracks(List.of(Rig.videoTrack(30)), 0);
    for (Timed timed : Sources.video(30, 0, seconds, 60)) {
      publication.frame(timed.frame(System.nanoTime()));
    }
  }

  @Test
  void appendsGapsInRealTimeAndEndsWithTheStream() throws Exception {
    Publication publication = publish();
    Thread thread = packager();
    send(publication, 3);
    publication.end("test");

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(log.ended).isTrue();
    assertThat(log.video().stream().filter(line -> line.entry().gap())).hasSize(2);
    new LogRules(Targets.DEFAULT).check(log);
  }

  @Test
  void aFaultEndsThePresentationAndTheNextSessionBeginsAnother() throws Exception {
    Publication publication = publish();
    Thread thread = packager();
    log.answer = new AppendResult.Expected(new LogPosition(1, 1, 1));
    send(publication, 3);
    LiveStream stream = hub.find(Rig.PATH).orElseThrow();
    await().until(() -> stream.facts().warnings().containsKey("packager-failed"));

    log.answer = AppendResult.ACCEPTED;
    send(publish(), 3);
    await().until(() -> log.video().size() > 2);
    hub.close();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(log.ended).isTrue();
  }

  @Test
  void waitsForTheNextSessionWhenANewerOneIsElsewhere() throws Exception {
    Publication publication = publish();
    Thread thread = packager();
    log.answer = new AppendResult.Stale(Long.MAX_VALUE);
    send(publication, 3);
    await().until(() -> log.opened.get() == 1);
    log.answer = AppendResult.ACCEPTED;
    send(publish(), 3);

    await().until(() -> log.opened.get() == 2 && log.video().size() > 2);
    hub.close();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(log.ended).isTrue();
  }

  @Test
  void endsWithoutAnEndOfThePresentationWhenAnotherNodeHasTheStream() throws Exception {
    Publication publication = publish();
    Thread thread = packager();
    send(publication, 3);
    await().until(() -> log.video().size() > 2);
    hub.fence(Rig.PATH, publication.epoch() + 1, "taken over on b");

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(log.ended).isFalse();
    assertThat(log.view.ended()).isFalse();
  }

  @Test
  void endsWhenItsThreadIsInterrupted() throws Exception {
    publish();
    Thread thread = packager();
    thread.interrupt();

    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(log.ended).isFalse();
  }
}

package dev.millrace.server.internal;

import static dev.millrace.server.internal.InternalFixture.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.feed.FeedHub;
import dev.millrace.transcoder.feed.FeedLimits;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Feeds over real sockets. */
class FeedOverHttpTest {
  private static final int FRAME_BYTES = 50_000;
  private static final Bytes DATA = Bytes.wrap(new byte[FRAME_BYTES]);
  private static final Track.Video VIDEO =
      new Track.Video(
          0,
          Track.VideoCodec.AVC,
          "avc1.64001f",
          Bytes.of(1, 0x64, 0, 0x1f),
          1280,
          720,
          1,
          1,
          OptionalDouble.of(25),
          false);
  private static final FeedRecord OPENED =
      new FeedRecord.Opened(PATH, InternalFixture.EPOCH, Targets.DEFAULT);
  private static final FeedRecord TRACKS =
      new FeedRecord.Tracks(
          List.of(VIDEO),
          5_000_000,
          new LadderPlan(
              List.of(new VideoRung("480p", VideoRung.Codec.H264, 854, 480, 1, 1_200_000)),
              List.of(new AudioRung("audio-64k", 64_000)),
              "",
              false));

  /** About a second and a half of the slow reader's stream. */
  private static final FeedLimits LIMITS = new FeedLimits(600, 100, 6 << 20, 200, 8 << 20);

  private final InternalFixture fixture = new InternalFixture();
  private final FeedHub hub = new FeedHub(LIMITS);
  private long frames;

  @BeforeEach
  void serve() {
    fixture.hubs.put(PATH, hub);
  }

  @AfterEach
  void close() {
    hub.close();
    fixture.close();
  }

  @Test
  void aWorkerReadsThePastAndThenWhatIsNew() throws Exception {
    List<FeedRecord> told = new ArrayList<>(List.of(OPENED, TRACKS, mark(7), frame(true)));
    told.forEach(hub::accept);
    told = new ArrayList<>(List.of(OPENED, TRACKS, told.get(2), told.get(3)));
    try (FeedClient client = new FeedClient(fixture.server)) {
      assertThat(client.response().statusCode()).isEqualTo(200);
      assertThat(client.response().headers().firstValue("Content-Type")).contains("video/x-flv");
      for (FeedRecord record : told) {
        assertThat(client.next()).isEqualTo(record);
      }
      for (int i = 0; i < 100; i++) {
        FeedRecord record = i % 50 == 0 ? mark(8 + i) : frame(i % 50 == 1);
        hub.accept(record);
        assertThat(client.next()).as("without waiting for more").isEqualTo(record);
      }
      hub.accept(new FeedRecord.Ended());
      assertThat(client.rest()).containsExactly(new FeedRecord.Ended());
    }
    await().until(() -> fixture.server.connections() == 0);
  }

  @Test
  void aFeedBeginsBeforeItsPresentation() throws Exception {
    try (FeedClient client = new FeedClient(fixture.server)) {
      await().until(hub::wanted);
      List.of(OPENED, TRACKS, mark(1), frame(true), new FeedRecord.Ended()).forEach(hub::accept);
      assertThat(client.rest()).hasSize(5);
    }
  }

  @Test
  void whoLeavesIsNotServedAnyMore() throws Exception {
    try (FeedClient client = new FeedClient(fixture.server)) {
      await().until(hub::wanted);
      assertThat(client.response().statusCode()).isEqualTo(200);
    }
    await()
        .until(
            () -> {
              hub.accept(mark(1)); // a socket that is only written to learns of it by writing
              return !hub.wanted();
            });
  }

  @Test
  void theStreamsEndEndsTheResponse() throws Exception {
    try (FeedClient client = new FeedClient(fixture.server)) {
      hub.accept(OPENED);
      assertThat(client.next()).isEqualTo(OPENED);
      hub.close();
      assertThat(client.response().body().read()).isEqualTo(-1);
    }
  }

  @Test
  void thereIsNoFeedOfOtherStreams() throws IOException {
    assertThat(
            fixture.exchange(
                InternalFixture.head("GET", "/internal/v1/feed/live/other") + "\r\n"))
        .startsWith("HTTP/1.1 404")
        .contains("no feed of live/other");
    assertThat(
            fixture.exchange(InternalFixture.head("POST", "/internal/v1/feed/live/main") + "\r\n"))
        .startsWith("HTTP/1.1 405");
  }

  /**
   * 400 MB go into the hub while the reader sleeps: no call waits, what is held stays within the
   * limits, and what comes out can be decoded and has every mark.
   */
  @Test
  void aReaderThatSleepsCostsNoMemoryAndLosesOnlyFrames() throws Exception {
    try (FeedClient client = new FeedClient(fixture.server)) {
      List.of(OPENED, TRACKS).forEach(hub::accept);
      long given = 0;
      long longestNanos = 0;
      for (int msn = 1; msn <= 160; msn++) {
        hub.accept(mark(msn));
        for (int i = 0; i < 50; i++) {
          long start = System.nanoTime();
          hub.accept(frame(i == 0));
          longestNanos = Math.max(longestNanos, System.nanoTime() - start);
          given += FRAME_BYTES;
        }
      }
      long dropped = hub.droppedFrames() * FRAME_BYTES;
      long leftTheHub = given - dropped;
      assertThat(leftTheHub)
          .as("the queue, and what two sockets and the write queue take")
          .isLessThan(LIMITS.queueBytes() + (24L << 20));
      assertThat(longestNanos).as("of one call, ns").isLessThan(2_000_000_000L);

      hub.accept(mark(161));
      hub.accept(frame(true));
      hub.accept(new FeedRecord.Ended());
      assertDecodable(client.rest());
    }
  }

  private static void assertDecodable(List<FeedRecord> records) {
    long msn = 0;
    long newest = -1;
    for (FeedRecord record : records) {
      if (record instanceof FeedRecord.Mark(SegmentMark mark)) {
        assertThat(mark.msn()).as("no mark is lost").isEqualTo(msn + 1);
        msn = mark.msn();
      } else if (record instanceof FeedRecord.Media(Frame frame)) {
        long number = frame.dtsUs() / 40_000;
        assertThat(frame.key() || number == newest + 1).as("frame " + number).isTrue();
        newest = number;
      }
    }
    assertThat(msn).isEqualTo(161);
    assertThat(records.getLast()).isInstanceOf(FeedRecord.Ended.class);
  }

  /** A client that asks and never reads: others are served, and it goes when it is cut off. */
  @Test
  void aClientThatNeverReadsHoldsNobodyUp() throws Exception {
    try (Socket deaf = fixture.connect();
        FeedClient client = new FeedClient(fixture.server)) {
      deaf.getOutputStream()
          .write(
              (InternalFixture.head("GET", "/internal/v1/feed/live/main") + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(() -> fixture.server.connections() == 2);
      List.of(OPENED, TRACKS).forEach(hub::accept);
      assertThat(client.next()).isEqualTo(OPENED);
      assertThat(client.next()).isEqualTo(TRACKS);
      for (int msn = 1; msn <= 40; msn++) {
        hub.accept(mark(msn));
        assertThat(client.next()).isEqualTo(mark(msn));
        for (int i = 0; i < 50; i++) {
          FeedRecord frame = frame(i == 0);
          hub.accept(frame);
          assertThat(client.next()).isEqualTo(frame);
        }
      }
    }
  }

  @Test
  void aClientThatNeverReadsIsCutOff() throws Exception {
    try (InternalFixture impatient = new InternalFixture(Duration.ofMillis(300));
        Socket deaf = impatient.connect()) {
      impatient.hubs.put(PATH, hub);
      deaf.getOutputStream()
          .write(
              (InternalFixture.head("GET", "/internal/v1/feed/live/main") + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      await().until(hub::wanted);
      List.of(OPENED, TRACKS).forEach(hub::accept);
      for (long msn = 1; hub.wanted(); msn++) {
        hub.accept(mark(msn));
        hub.accept(frame(true));
      }
      await().until(() -> impatient.server.connections() == 0);
    }
  }

  private static FeedRecord mark(long msn) {
    return new FeedRecord.Mark(
        new SegmentMark(msn, 0, msn * 2_000_000, true, 0, msn * 2_000_000, 0));
  }

  private FeedRecord frame(boolean key) {
    long time = frames++ * 40_000;
    return new FeedRecord.Media(new Frame(MediaType.VIDEO, 0, time, time, key, DATA, 0));
  }
}

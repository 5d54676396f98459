package dev.millrace.transcoder.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Feeds are written in short: {@code O} opened, {@code m7} mark of segment 7, {@code x7} mark of a
 * segment without media, {@code T} tracks with video and {@code A} with audio only, {@code k} a key
 * frame, {@code i} another video frame, {@code a} audio, {@code E} ended. Frames are numbered in
 * what subscribers get.
 */
class FeedHubTest {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final Track.Video VIDEO =
      new Track.Video(
          0,
          Track.VideoCodec.AVC,
          "avc1.64001f",
          Bytes.of(1),
          640,
          360,
          1,
          1,
          OptionalDouble.empty(),
          false);
  private static final Track.Audio AUDIO =
      new Track.Audio(0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.of(2), 48_000, 2, 1024);

  private final FeedHub hub = new FeedHub(new FeedLimits(5, 6, 1000, 10, 2000));
  private int frames;

  @Test
  void aNewcomerIsToldThePastAndThenWhatIsNew() {
    give("O T m1 k i a m2 k i a");
    FeedSubscription reader = hub.subscribe();
    assertThat(read(reader)).isEqualTo("O m1 T m2 k4 i5 a6");
    give("i m3 a k i");
    assertThat(read(reader)).isEqualTo("i7 m3 a8 k9 i10");
  }

  @Test
  void aSubscriberThatIsThereFromTheBeginningGetsAllAsItWas() {
    FeedSubscription reader = hub.subscribe();
    give("O T m1 k i a m2 i a E");
    assertThat(read(reader)).isEqualTo("O T m1 k1 i2 a3 m2 i4 a5 E");
    assertThat(reader.finished()).isTrue();
  }

  @Test
  void framesBeforeTheNewestEntryAreOfNoUseToANewcomer() {
    give("O T m1 k i i m2 k m3 i i"); // segment 3 was cut between key frames
    assertThat(read(hub.subscribe())).isEqualTo("O m1 T m2 k4 m3 i5 i6");
  }

  @Test
  void audioBetweenAMarkAndItsKeyFrameBelongsToTheSegment() {
    give("O T m1 k m2 a a k");
    assertThat(read(hub.subscribe())).isEqualTo("O m1 T m2 a2 a3 k4");
  }

  @Test
  void whoComesBetweenAMarkAndItsKeyFrameWaitsForIt() {
    give("O T m1 a a");
    FeedSubscription reader = hub.subscribe();
    assertThat(read(reader)).isEqualTo("O T m1");
    give("a k i");
    assertThat(read(reader)).isEqualTo("a1 a2 a3 k4 i5");
    assertThat(hub.droppedFrames()).isZero();
  }

  @Test
  void whoComesBetweenTwoEntriesIsServedFromTheFirst() {
    give("O T m1 k i m2 a");
    FeedSubscription reader = hub.subscribe();
    assertThat(read(reader)).isEqualTo("O T m1 k1 i2 m2 a3");
    give("k");
    assertThat(read(reader)).isEqualTo("k4");
  }

  @Test
  void whereThereIsNoVideoEveryMarkIsAnEntry() {
    give("O A m1 a a m2 a");
    FeedSubscription reader = hub.subscribe();
    assertThat(read(reader)).isEqualTo("O m1 A m2 a3");
    give("a m3 a");
    assertThat(read(reader)).isEqualTo("a4 m3 a5");
  }

  @Test
  void aNewcomerGetsTheTracksThatHisFramesBelongTo() {
    give("O T m1 k i A m2 a a T m3 k");
    assertThat(read(hub.subscribe())).isEqualTo("O m1 m2 T m3 k5");
    give("m4 T k i T");
    assertThat(read(hub.subscribe())).isEqualTo("O m1 m2 m3 T m4 T k6 i7 T");
  }

  @Test
  void nothingIsPlayedFromBeforeThePublisherLeft() {
    give("O T m1 k i x2 x3");
    FeedSubscription reader = hub.subscribe();
    assertThat(read(reader)).isEqualTo("O m1 x2 x3 T");
    give("T m4 k");
    assertThat(read(reader)).isEqualTo("T m4 k3");
  }

  @Test
  void aMarkOfTheSameNumberReplacesTheOneBefore() {
    give("O T m1 k x2 m2 k");
    assertThat(read(hub.subscribe())).isEqualTo("O m1 x2 T m2 k2");
    give("m3 k");
    assertThat(read(hub.subscribe())).isEqualTo("O m1 m2 T m3 k3");
  }

  @Test
  void anotherPresentationVoidsEverything() {
    FeedSubscription reader = hub.subscribe();
    give("O T m1 k i E");
    FeedSubscription late = hub.subscribe();
    assertThat(read(late)).isEqualTo("O m1 T E");
    assertThat(late.finished()).isTrue();
    give("O T m9 k");
    assertThat(read(reader)).as("it had ended").isEqualTo("O T m1 k1 i2 E");
    assertThat(read(hub.subscribe())).isEqualTo("O T m9 k3");
  }

  @Test
  void aPresentationThatWasNotEndedIsVoidTooAndItsFramesAreNotRead() {
    FeedSubscription reader = hub.subscribe();
    give("O T m1 k i O T i m5 k");
    assertThat(read(reader)).isEqualTo("O T m5 k4");
  }

  @Test
  void theHistoryIsBounded() {
    give("O T");
    IntStream.rangeClosed(1, 9).forEach(msn -> give("m" + msn + " k"));
    assertThat(read(hub.subscribe())).isEqualTo("O m4 m5 m6 m7 m8 T m9 k9");
    give("i i i i i i");
    FeedSubscription late = hub.subscribe();
    assertThat(read(late)).as("too many frames since the entry").isEqualTo("O m5 m6 m7 m8 m9 T");
    assertThat(hub.heldBytes()).isZero();
    give("i m10 k");
    assertThat(read(late)).isEqualTo("m10 k17");
  }

  @Test
  void theHistoryIsBoundedInBytesToo() {
    give("O T m1");
    hub.accept(video(true, 600));
    assertThat(hub.heldBytes()).isEqualTo(600);
    hub.accept(video(false, 600));
    assertThat(hub.heldBytes()).isZero();
  }

  @Test
  void aSlowReaderLosesFramesButNeitherMarksNorTracks() {
    FeedSubscription slow = hub.subscribe();
    FeedSubscription fast = hub.subscribe();
    give("O T m1 k i i i i");
    assertThat(read(fast)).isEqualTo("O T m1 k1 i2 i3 i4 i5");
    give("m2 i i T i i i i");
    assertThat(read(fast)).isEqualTo("m2 i6 i7 T i8 i9 i10 i11");
    give("i a m3 a a k i");
    assertThat(read(slow)).isEqualTo("O T m1 m2 T m3 a14 a15 k16 i17");
    assertThat(slow.droppedFrames()).isEqualTo(13);
    assertThat(hub.droppedFrames()).isEqualTo(13);
    assertThat(read(fast)).isEqualTo("i12 a13 m3 a14 a15 k16 i17");
    slow.close();
    assertThat(hub.droppedFrames()).as("still counted").isEqualTo(13);
  }

  @Test
  void whatWasReadAlreadyIsNotReadAgainAtTheNextKeyFrame() {
    FeedSubscription reader = hub.subscribe();
    give("O T m1 k m2 a");
    assertThat(read(reader)).isEqualTo("O T m1 k1 m2 a2");
    for (int i = 0; i < 11; i++) {
      give("a"); // over the limit between the mark and its key frame
    }
    give("k i m3 a k");
    assertThat(read(reader)).isEqualTo("m3 a16 k17");
    assertThat(reader.droppedFrames()).isEqualTo(13);
  }

  @Test
  void queuesAreBoundedInBytes() {
    FeedSubscription slow = hub.subscribe();
    give("O T m1");
    for (int i = 0; i < 4; i++) {
      hub.accept(video(i == 0, 600));
      assertThat(slow.queuedBytes()).isLessThanOrEqualTo(2000);
    }
    assertThat(slow.droppedFrames()).isEqualTo(4);
  }

  @Test
  void whoNeverReadsIsGivenUp() {
    FeedSubscription dead = hub.subscribe();
    give("O T");
    for (int i = 0; i < 5000; i++) {
      give("m" + i);
    }
    assertThat(dead.poll()).isEmpty();
    assertThat(dead.finished()).isTrue();
  }

  @Test
  void framesAreWantedWhileSomebodyReads() {
    assertThat(hub.wanted()).isFalse();
    FeedSubscription reader = hub.subscribe();
    assertThat(hub.wanted()).isTrue();
    reader.close();
    assertThat(hub.wanted()).isFalse();
    hub.subscribe();
    give("O E");
    assertThat(hub.wanted()).as("nothing will come").isFalse();
    hub.subscribe();
    assertThat(hub.wanted()).isFalse();
  }

  @Test
  void aCallbackTellsOfArrivals() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    FeedSubscription reader = hub.subscribe(calls::incrementAndGet);
    assertThat(calls).hasValue(0);
    give("O T m1");
    assertThat(calls).as("one call until somebody looks").hasValue(1);
    assertThat(read(reader)).isEqualTo("O T m1");
    give("k i");
    assertThat(calls).hasValue(2);
    assertThat(reader.poll(Duration.ZERO)).isPresent();
    give("i");
    assertThat(calls).as("not found empty yet").hasValue(2);
    assertThat(read(reader)).isEqualTo("i2 i3");
    hub.close();
    assertThat(calls).as("the end").hasValue(3);
    assertThat(reader.finished()).isTrue();
    AtomicInteger late = new AtomicInteger();
    hub.subscribe(late::incrementAndGet);
    assertThat(late).as("the past has arrived already").hasValue(1);
  }

  @Test
  void aReaderWaitsOnlyAsLongAsItSays() throws InterruptedException {
    FeedSubscription reader = hub.subscribe();
    assertThat(reader.poll(Duration.ofMillis(1))).isEmpty();
    Thread giver = Thread.ofVirtual().start(() -> give("O"));
    assertThat(reader.poll(Duration.ofSeconds(20))).isPresent();
    giver.join();
    Thread closer = Thread.ofVirtual().start(reader::close);
    assertThat(reader.poll(Duration.ofSeconds(20))).isEmpty();
    closer.join();
  }

  /** Threads that look only when they are called, and threads that wait, all see the end. */
  @Test
  void noArrivalIsMissedBetweenThreads() throws InterruptedException {
    List<Thread> readers = new ArrayList<>();
    AtomicInteger ends = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      Semaphore calls = new Semaphore(0);
      FeedSubscription called = hub.subscribe(calls::release);
      readers.add(Thread.ofVirtual().start(() -> readWhenCalled(called, calls, ends)));
      FeedSubscription waiting = hub.subscribe();
      readers.add(Thread.ofVirtual().start(() -> readWaiting(waiting, ends)));
    }
    give("O T");
    for (int msn = 1; msn < 3000; msn++) {
      give("m" + msn + " k i a");
    }
    give("E");
    for (Thread reader : readers) {
      assertThat(reader.join(Duration.ofSeconds(20))).isTrue();
    }
    assertThat(ends).hasValue(8);
  }

  private static void readWhenCalled(
      FeedSubscription reader, Semaphore calls, AtomicInteger ends) {
    while (!reader.finished()) {
      calls.acquireUninterruptibly();
      read(reader);
    }
    ends.incrementAndGet();
  }

  private static void readWaiting(FeedSubscription reader, AtomicInteger ends) {
    try {
      while (!reader.finished()) {
        assertThat(reader.poll(Duration.ofSeconds(20)).isPresent() || reader.finished()).isTrue();
      }
      ends.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Readers of every speed that come at any time see a feed that can be decoded. */
  @Test
  void whateverHappensAReaderCanDecodeWhatItGets() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      FeedHub any = new FeedHub(new FeedLimits(5, 1 + random.nextInt(9), 900, 10, 1000));
      List<FeedSubscription> readers = new ArrayList<>();
      List<Checker> checkers = new ArrayList<>();
      int msn = 0;
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(40)) {
          case 0, 1, 2 -> {
            if (random.nextInt(4) == 0) {
              any.accept(record("O"));
            }
            any.accept(record(random.nextInt(4) == 0 ? "A" : "T"));
            any.accept(record("m" + ++msn));
            any.accept(record("k"));
          }
          case 3, 4, 5 -> any.accept(record("m" + ++msn));
          case 6 -> any.accept(record("x" + ++msn));
          case 7, 8, 9 -> any.accept(record("k"));
          case 10 -> {
            if (readers.size() < 20) {
              readers.add(any.subscribe());
              checkers.add(new Checker());
            }
          }
          default -> any.accept(record(random.nextBoolean() ? "i" : "a"));
        }
        for (int i = 0; i < readers.size(); i++) {
          for (int n = random.nextInt(i + 1); n < 3; n++) {
            readers.get(i).poll().ifPresent(checkers.get(i)::take);
          }
        }
      }
    }
  }

  /** A decoder: where frames are missing, the next picture must be a key frame. */
  private static final class Checker {
    private long newestFrame;
    private boolean video;
    private boolean keyNeeded;

    void take(FeedRecord record) {
      switch (record) {
        case FeedRecord.Tracks tracks -> {
          video = tracks.tracks().size() == 2;
          keyNeeded = false; // publishers begin with one, unlike this test
        }
        case FeedRecord.Media(Frame frame) -> {
          assertThat(frame.dtsUs()).as("no frame twice").isGreaterThan(newestFrame);
          keyNeeded |= frame.dtsUs() != newestFrame + 1;
          newestFrame = frame.dtsUs();
          if (video && frame.type() == MediaType.VIDEO) {
            assertThat(frame.key() || !keyNeeded).as("frame " + newestFrame).isTrue();
            keyNeeded = false;
          }
        }
        case FeedRecord.Opened ignored -> {}
        case FeedRecord.Mark ignored -> {}
        case FeedRecord.Ended ignored -> {}
      }
    }
  }

  private void give(String records) {
    Stream.of(records.split(" ")).map(this::record).forEach(hub::accept);
  }

  private FeedRecord record(String text) {
    long msn = text.length() > 1 ? Long.parseLong(text.substring(1)) : 0;
    return switch (text.charAt(0)) {
      case 'O' -> new FeedRecord.Opened(PATH, 1, Targets.DEFAULT);
      case 'm' -> new FeedRecord.Mark(new SegmentMark(msn, 0, msn, true, 0, msn, 0));
      case 'x' -> new FeedRecord.Mark(SegmentMark.away(msn, 0, msn));
      case 'T' -> new FeedRecord.Tracks(List.of(VIDEO, AUDIO), 0, LadderPlan.NONE);
      case 'A' -> new FeedRecord.Tracks(List.of(AUDIO), 0, LadderPlan.NONE);
      case 'k' -> video(true, 100);
      case 'i' -> video(false, 100);
      case 'a' -> frame(MediaType.AUDIO, true, 10);
      case 'E' -> new FeedRecord.Ended();
      default -> throw new IllegalArgumentException(text);
    };
  }

  private FeedRecord video(boolean key, int size) {
    return frame(MediaType.VIDEO, key, size);
  }

  private FeedRecord frame(MediaType type, boolean key, int size) {
    frames++;
    return new FeedRecord.Media(
        new Frame(type, 0, frames, frames, key, Bytes.wrap(new byte[size]), 0));
  }

  private static String read(FeedSubscription reader) {
    List<String> told = new ArrayList<>();
    for (Optional<FeedRecord> next = reader.poll(); next.isPresent(); next = reader.poll()) {
      told.add(tell(next.get()));
    }
    return String.join(" ", told);
  }

  private static String tell(FeedRecord record) {
    return switch (record) {
      case FeedRecord.Opened ignored -> "O";
      case FeedRecord.Mark(SegmentMark mark) -> (mark.media() ? "m" : "x") + mark.msn();
      case FeedRecord.Tracks tracks -> tracks.tracks().size() == 2 ? "T" : "A";
      case FeedRecord.Media(Frame frame) ->
          (frame.type() == MediaType.AUDIO ? "a" : frame.key() ? "k" : "i") + frame.dtsUs();
      case FeedRecord.Ended ignored -> "E";
    };
  }
}

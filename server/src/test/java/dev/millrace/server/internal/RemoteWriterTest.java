package dev.millrace.server.internal;

import static dev.millrace.server.internal.InternalFixture.EPOCH;
import static dev.millrace.server.internal.InternalFixture.INIT;
import static dev.millrace.server.internal.InternalFixture.INIT_NAME;
import static dev.millrace.server.internal.InternalFixture.PATH;
import static dev.millrace.server.internal.InternalFixture.description;
import static dev.millrace.server.internal.InternalFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.ProtocolException.Reason;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Thumbnail;
import dev.millrace.media.log.http.RemoteRenditionSink;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A writer in another process, over real sockets, through the gate to the store. */
class RemoteWriterTest {
  private final InternalFixture fixture = new InternalFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void whatIsWrittenIsInTheLogInOrder() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      assertThat(sink.tail(PATH, "720p")).isEmpty();
      assertThat(sink.describe(PATH, EPOCH, description("720p"))).isEqualTo(accepted());
      List<PartEntry> entries = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Bytes data = i == 5 ? Bytes.EMPTY : data(i, 10 + 40_000 * i);
        entries.add(entry(i, data));
        assertThat(sink.append(PATH, "720p", entry(i, data), data)).isEqualTo(accepted());
        assertThat(fixture.store.bytes(PATH, "720p", entry(i, data).position() + ".m4s"))
            .isCompletedWithValue(data);
      }
      assertThat(fixture.log("720p")).isEqualTo(entries);
      assertThat(fixture.store.bytes(PATH, "720p", INIT_NAME)).isCompletedWithValue(INIT);
      assertThat(fixture.store.view(PATH).orElseThrow().rendition("720p").orElseThrow())
          .extracting(view -> view.description())
          .isEqualTo(description("720p"));
      assertThat(sink.tail(PATH, "720p"))
          .contains(
              new LogTail(new LogPosition(EPOCH, 705, 0), 20 * 500_000, 0, INIT_NAME, true));
    }
  }

  @Test
  void whoIsOutOfOrderLearnsTheExpectedPosition() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      append(sink, 0);
      assertThat(append(sink, 2))
          .isEqualTo(new AppendResult.Expected(new LogPosition(EPOCH, 700, 1)));
      assertThat(append(sink, 1)).isEqualTo(accepted());
      assertThat(append(sink, 2)).isEqualTo(accepted());
    }
  }

  @Test
  void theReplacedWriterIsRefused() {
    try (RemoteRenditionSink old = fixture.sink()) {
      old.describe(PATH, EPOCH, description("720p"));
      append(old, 0);
      try (RemoteRenditionSink next = fixture.sink()) {
        assertThat(append(old, 1)).isEqualTo(new AppendResult.Stale(EPOCH));
        assertThat(old.describe(PATH, EPOCH, description("720p")))
            .isEqualTo(new AppendResult.Stale(EPOCH));
        assertThat(append(next, 1)).isEqualTo(accepted());
      }
    }
  }

  @Test
  void nothingOfTheReplacedWriterGetsInAfterTheGrant() throws InterruptedException {
    for (int round = 0; round < 20; round++) {
      String rendition = "rung-" + round;
      try (RemoteRenditionSink old = fixture.sink()) {
        old.describe(PATH, EPOCH, description(rendition));
        CountDownLatch writing = new CountDownLatch(2 + round % 3);
        Thread writer =
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = 0; append(old, rendition, i).equals(accepted()); i++) {
                        writing.countDown();
                      }
                    });
        assertThat(writing.await(20, TimeUnit.SECONDS)).isTrue();
        fixture.gate.grant(PATH);
        List<PartEntry> log = fixture.log(rendition);
        writer.join();
        assertThat(fixture.log(rendition)).isEqualTo(log);
      }
    }
  }

  @Test
  void damagedBytesAreRefused() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      assertThatThrownBy(() -> sink.append(PATH, "720p", entry(0, data(1, 500)), data(2, 500)))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("SHA-256");
      assertThat(fixture.log("720p")).isEmpty();
      assertThat(append(sink, 0)).as("the connection goes on").isEqualTo(accepted());
    }
  }

  @Test
  void refusesAnotherLengthThanTheEntryTells() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      assertThatThrownBy(() -> sink.append(PATH, "720p", entry(0, data(1, 500)), data(1, 499)))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("Content-Length 499");
    }
  }

  @Test
  void refusesWhatIsTooLarge() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      Bytes large = data(1, InternalFixture.BODIES.partBytes() + 1);
      assertThatThrownBy(() -> sink.append(PATH, "720p", entry(0, large), large))
          .isInstanceOfSatisfying(
              ProtocolException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
      Bytes largest = data(1, InternalFixture.BODIES.partBytes());
      assertThat(sink.append(PATH, "720p", entry(0, largest), largest)).isEqualTo(accepted());
    }
  }

  @Test
  void refusesWhatTheLogCouldNeverTake() {
    try (RemoteRenditionSink sink = fixture.sink()) {
      assertThatThrownBy(() -> append(sink, 0))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("before its description");
      RenditionDescription wrong =
          new RenditionDescription(
              "720p",
              description("720p").type(),
              "avc1.64001f",
              1,
              1,
              0,
              0,
              0,
              0,
              INIT_NAME,
              data(3, 9));
      assertThatThrownBy(() -> sink.describe(PATH, EPOCH, wrong))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("another content");
      assertThat(sink.describe(new StreamPath("live", "none"), EPOCH, description("720p")))
          .as("no writer was granted there")
          .isEqualTo(new AppendResult.Stale(0));
    }
  }

  @Test
  void aRetryAfterAResetDoesNotWriteTwice() throws Exception {
    try (BreakingProxy proxy = new BreakingProxy(fixture.server.address().getPort());
        RemoteRenditionSink sink =
            InternalFixture.sink(proxy.address(), fixture.gate.grant(PATH))) {
      assertThat(sink.describe(PATH, EPOCH, description("720p"))).isEqualTo(accepted());
      for (int i = 0; i < 12; i++) {
        if (i % 3 == 0) {
          proxy.breakNextAnswer();
        }
        assertThat(append(sink, i)).as("part " + i).isEqualTo(accepted());
      }
      assertThat(proxy.broken()).isEqualTo(4);
      assertThat(fixture.log("720p")).hasSize(12);
    }
  }

  @Test
  void picturesArrive() {
    Picture poster = new Picture(640, 360, Bytes.fromHex("ffd8ffe0 0010"));
    Thumbnail thumbnail =
        new Thumbnail(EPOCH, 700, 1_234_567, new Picture(160, 90, Bytes.fromHex("ffd8ffdb 0043")));
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      append(sink, 0);
      sink.poster(PATH, EPOCH, poster);
      sink.thumbnail(PATH, thumbnail);
      assertThat(fixture.store.poster(PATH)).contains(poster);
      assertThat(fixture.store.thumbnails(PATH)).containsExactly(thumbnail);
      assertThat(sink.picturesLost()).isZero();

      sink.poster(PATH, EPOCH, new Picture(640, 360, Bytes.utf8("GIF89a")));
      sink.poster(PATH, EPOCH, new Picture(0, 360, poster.jpeg()));
      assertThat(sink.picturesLost()).isEqualTo(2);
      assertThat(fixture.store.poster(PATH)).contains(poster);
    }
  }

  /** How long one PUT of 100 kB takes, the writer's wait for its answer included. */
  @Test
  void aPutIsQuick() {
    Histogram micros = new Histogram(60_000_000, 3);
    try (RemoteRenditionSink sink = fixture.sink()) {
      sink.describe(PATH, EPOCH, description("720p"));
      Bytes data = data(1, 100_000);
      for (int i = 0; i < 2000; i++) {
        long start = System.nanoTime();
        sink.append(PATH, "720p", entry(i, data), data);
        if (i >= 1000) {
          micros.recordValue((System.nanoTime() - start) / 1000);
        }
      }
    }
    System.out.printf(
        "PUT of 100 kB: p50 %d us, p99 %d us, max %d us%n",
        micros.getValueAtPercentile(50), micros.getValueAtPercentile(99), micros.getMaxValue());
    assertThat(micros.getValueAtPercentile(50)).isLessThan(50_000);
  }

  private static AppendResult append(RemoteRenditionSink sink, int number) {
    return append(sink, "720p", number);
  }

  private static AppendResult append(RemoteRenditionSink sink, String rendition, int number) {
    Bytes data = data(number, 1000 + number);
    return sink.append(PATH, rendition, entry(number, data), data);
  }

  private static Bytes data(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static AppendResult accepted() {
    return AppendResult.ACCEPTED;
  }
}

package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static dev.millrace.origin.Writer.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Thumbnail;
import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.origin.http.ReadServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Logs and bytes over real HTTP, from one node and from two. */
@Timeout(30)
class RemoteLogTest {
  private static final long EPOCH = 1000;
  private static final Bytes JPEG = Bytes.of(0xFF, 0xD8, 0xFF, 0xE0);

  private final ReadServer first = new ReadServer();
  private final ReadServer second = new ReadServer();
  private final MergedPartSource both = merged(List.of(first.source(), second.source()));

  /** What a follower was told, in order. */
  private static final class Told implements LogWatcher {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
    private StreamView view = StreamView.empty();

    @Override
    public void record(LogRecord record) {
      events.add(record);
    }

    @Override
    public void windowComplete() {
      events.add("window");
    }

    @Override
    public void gone(String reason) {
      events.add("gone: " + reason);
    }

    /** Reads events up to one of these. */
    Object until(Predicate<Object> wanted) throws InterruptedException {
      while (true) {
        Object event = events.poll(10, TimeUnit.SECONDS);
        if (event == null) {
          throw new AssertionError("it was not told");
        }
        if (event instanceof LogRecord record) {
          view = view.apply(record);
        }
        if (wanted.test(event)) {
          return event;
        }
      }
    }

    void untilEntry(long msn, int part) throws InterruptedException {
      until(
          event ->
              event instanceof LogRecord.Appended appended
                  && appended.entry().position().equals(new LogPosition(EPOCH, msn, part)));
    }
  }

  @AfterEach
  void stop() {
    both.close();
    first.close();
    second.close();
  }

  private MergedPartSource merged(List<PartSource> holders) {
    return new MergedPartSource(
        path -> holders, () -> List.of(PATH), System::nanoTime, first.timer(), SourceEvents.NONE);
  }

  @Test
  void tellsTheWindowItsEndAndWhatIsNew() throws Exception {
    Writer writer = Writer.open(first.store, EPOCH).segments(20);
    Picture picture = new Picture(160, 90, JPEG);
    first.store.poster(PATH, EPOCH, picture);
    Told told = new Told();
    first.source().watch(PATH, told);

    told.until("window"::equals);
    assertThat(told.view.replay()).isEqualTo(first.store.view(PATH).orElseThrow().replay());

    writer.part();
    told.untilEntry(720, 0);
    Thumbnail thumbnail = new Thumbnail(EPOCH, 719, 5, picture);
    first.store.thumbnail(PATH, thumbnail);
    told.until(new LogRecord.ThumbnailTaken(thumbnail)::equals);
    writer.end();
    told.until(new LogRecord.Ended()::equals);
    Writer.open(first.store, EPOCH + 5);
    told.until(event -> event instanceof LogRecord.Described);
    assertThat(told.view.epoch()).isEqualTo(EPOCH + 5);
  }

  @Test
  void waitsForAStreamThatIsNotThereYet() throws Exception {
    Told told = new Told();
    first.source().watch(PATH, told);
    told.until("window"::equals);
    assertThat(told.view.opened()).isFalse();
    Writer.open(first.store, EPOCH).segments(1);
    told.untilEntry(700, 3);
  }

  @Test
  void givesBytesByName() throws Exception {
    Writer writer = Writer.open(first.store, EPOCH).segments(1);
    PartSource source = first.source();
    assertThat(bytes(source, "1000-700.2.m4s").get()).isEqualTo(content(EPOCH, 700, 2));
    assertThat(bytes(source, "1000-700.m4s").get().length()).isPositive();
    assertThat(bytes(source, writer.init()).get()).isEqualTo(Bytes.utf8("init of 1000"));
    assertMissing(bytes(source, "1000-702.0.m4s"));
    assertMissing(bytes(source, "index.m3u8"));

    CompletableFuture<Bytes> hinted = bytes(source, "1000-701.0.m4s");
    CompletableFuture<Bytes> cancelled = bytes(source, "1000-701.0.m4s");
    assertThat(bytes(source, "1000-700.0.m4s").get()).as("nobody waits behind").isNotNull();
    cancelled.cancel(true);
    writer.part();
    assertThat(hinted.get()).isEqualTo(content(EPOCH, 701, 0));
    writer.gap();
    assertThat(bytes(source, "1000-701.1.m4s").get()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void aNodeThatIsGoneOrSilentIsToldOf() throws Exception {
    Writer.open(first.store, EPOCH).segments(1);
    Told told = new Told();
    first.source().watch(PATH, told);
    told.until("window"::equals);
    first.kill();
    told.until(event -> event.toString().startsWith("gone: "));

    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Told nothing = new Told();
      new HttpPartSource(
              "silent",
              URI.create("http://127.0.0.1:" + silent.getLocalPort()),
              "token",
              HttpClient.newHttpClient(),
              second.timer())
          .watch(PATH, nothing);
      assertThat(nothing.until(event -> true)).isEqualTo("gone: it is silent");
    }
  }

  @Test
  void aReaderThatTakesNothingIsGivenUp() throws Exception {
    Writer writer = Writer.open(first.store, EPOCH).segments(1);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), first.address().getPort())) {
      socket.setReceiveBufferSize(4096);
      socket
          .getOutputStream()
          .write(
              "GET /internal/v1/log/live/main HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      writer.segments(1_000);
      long read = in.readAllBytes().length;
      assertThat(read).as("the server closed it early").isLessThan(1_200_000);
    }
  }

  @Test
  void theLossOfOneOfTwoIsNotNoticed() throws Exception {
    Writer one = Writer.open(first.store, EPOCH).segments(3);
    Writer two = Writer.open(second.store, EPOCH).segments(3);
    Told told = new Told();
    Following following = both.watch(PATH, told);
    told.until("window"::equals);
    for (int i = 0; i < 4; i++) {
      one.part();
      two.part();
      told.untilEntry(703, i);
    }
    CompletableFuture<Bytes> hinted = bytes(both, "1000-703.4.m4s");
    first.kill();
    two.part();
    told.untilEntry(703, 4);
    assertThat(hinted.get()).isEqualTo(content(EPOCH, 703, 4));
    assertThat(bytes(both, "1000-703.1.m4s").get()).isEqualTo(content(EPOCH, 703, 1));
    two.end();
    told.until(new LogRecord.Ended()::equals);
    following.close();
    assertThat(both.followed()).isZero();
  }

  @Test
  void bytesThatDoNotFitTheLogAreAskedForElsewhere() throws Exception {
    Writer.open(first.store, EPOCH).segments(2);
    Writer.open(second.store, EPOCH).segments(2);
    BlockingQueue<String> mismatches = new LinkedBlockingQueue<>();
    PartSource liar =
        new PartSource() {
          @Override
          public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
            return first.store.follow(path, follower);
          }

          @Override
          public CompletableFuture<Bytes> bytes(StreamPath path, String rendition, String file) {
            return CompletableFuture.completedFuture(Bytes.utf8("part 1000-700.x"));
          }

          @Override
          public List<StreamPath> streams() {
            return List.of();
          }
        };
    try (MergedPartSource source =
        new MergedPartSource(
            path -> List.of(liar, second.source()),
            () -> List.of(PATH),
            System::nanoTime,
            first.timer(),
            new SourceEvents() {
              @Override
              public void mismatch(StreamPath path, PartSource holder, String file) {
                mismatches.add(file);
              }
            })) {
      Told told = new Told();
      source.watch(PATH, told);
      told.until("window"::equals);
      assertThat(bytes(source, "1000-700.0.m4s").get()).isEqualTo(content(EPOCH, 700, 0));
      assertThat(bytes(source, "1000-701.m4s").get().length()).isGreaterThan(40);
      assertThat(mismatches).containsExactly("1000-700.0.m4s", "1000-701.m4s");
    }
  }

  @Test
  void aPosterIsAskedOfOneAfterTheOther() {
    Writer.open(first.store, EPOCH).segments(1);
    Writer.open(second.store, EPOCH).segments(1);
    assertThat(both.fetchPoster(PATH).toCompletableFuture().join()).isEmpty();
    Picture poster = new Picture(640, 360, Bytes.of(0xFF, 0xD8, 0xFF, 0xE0));
    second.store.poster(PATH, EPOCH, poster);
    assertThat(both.fetchPoster(PATH).toCompletableFuture().join()).contains(poster);
    first.kill();
    assertThat(both.fetchPoster(PATH).toCompletableFuture().join()).contains(poster);
    assertThat(both.followed()).isZero();
  }

  private static CompletableFuture<Bytes> bytes(PartSource source, String file) {
    return source.bytes(PATH, "video", file).toCompletableFuture();
  }

  private static void assertMissing(CompletableFuture<Bytes> bytes) {
    assertThat(bytes)
        .failsWithin(Duration.ofSeconds(5))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(NoSuchFileException.class);
  }
}

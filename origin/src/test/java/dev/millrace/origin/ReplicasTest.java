package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.origin.Replicas.Replica;
import dev.millrace.origin.Replicas.State;
import dev.millrace.origin.http.ReadServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Copies between stores over real HTTP. */
@Timeout(60)
class ReplicasTest {
  private static final long EPOCH = 1000;

  private final ReadServer ingest = new ReadServer();
  private final OriginStore copy = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final List<PartSource> holders = new CopyOnWriteArrayList<>(List.of(ingest.source()));
  private final MergedPartSource source =
      new MergedPartSource(
          path -> List.copyOf(holders),
          () -> List.of(PATH),
          System::nanoTime,
          ingest.timer(),
          SourceEvents.NONE);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicBoolean ingested = new AtomicBoolean(true);
  private final BlockingQueue<Replica> changes = new LinkedBlockingQueue<>();
  private final Replicas replicas =
      new Replicas(
          copy,
          source,
          path -> ingested.get(),
          Duration.ofMillis(600),
          executor,
          System::nanoTime,
          changes::add);

  @AfterEach
  void stop() {
    replicas.close();
    source.close();
    ingest.close();
    copy.close();
    executor.close();
  }

  @Test
  void fillsTheWindowAndGoesOn() throws Exception {
    Ladder ladder = new Ladder(ingest.store, EPOCH, 700).segments(20);
    long begun = System.nanoTime();
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    long filledMs = (System.nanoTime() - begun) / 1_000_000;
    System.out.println("a window of 30 s in 4 renditions, 15 MB: " + filledMs + " ms");
    assertThat(filledMs).as("a fraction of it, where nothing else runs").isLessThan(40_000);
    assertSame();

    for (int i = 0; i < 6; i++) {
      ladder.part(i % 4 == 3);
    }
    Picture picture = new Picture(1, 1, Bytes.of(0xFF, 0xD8, 0xFF, 0xE0));
    ingest.store.poster(PATH, EPOCH, picture);
    untilSame();
    ladder.end();
    until(State.ENDED);
    assertSame();
    assertThat(copy.poster(PATH)).contains(picture);
    assertThat(replicas.replicas()).containsExactly(new Replica(PATH, State.ENDED, EPOCH));
  }

  @Test
  void waitsForAStreamAndLosesItsCopyWhenItIsNotWanted() throws Exception {
    replicas.want(Set.of(PATH));
    assertThat(replicas.replicas()).containsExactly(new Replica(PATH, State.FILLING, 0));
    new Ladder(ingest.store, EPOCH, 700).segments(1);
    until(State.LIVE);
    untilSame();
    replicas.want(Set.of());
    while (copy.view(PATH).isPresent()) {
      Thread.onSpinWait();
    }
    assertThat(copy.heldBytes()).isZero();
    assertThat(replicas.replicas()).isEmpty();
  }

  @Test
  void givesACopyToTheLocalWriterAndTakesItBack() throws Exception {
    new Ladder(ingest.store, EPOCH, 700).segments(3).part(false);
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    untilSame();
    ingest.kill();

    Optional<StreamView> adopted = replicas.adopt(PATH, Duration.ofSeconds(1), view -> true);
    assertThat(adopted.orElseThrow().replay())
        .isEqualTo(ingest.store.view(PATH).orElseThrow().replay());
    Ladder local = new Ladder(copy, adopted.orElseThrow(), EPOCH + 7);
    local.endMarker();
    local.segments(1);
    assertThat(copy.view(PATH).orElseThrow().epoch()).isEqualTo(EPOCH + 7);
    local.endMarker();
  }

  @Test
  void adoptsWhatItDidNotMirror() throws Exception {
    new Ladder(ingest.store, EPOCH, 700).segments(15);
    Optional<StreamView> adopted = replicas.adopt(PATH, Duration.ofSeconds(20), view -> true);
    assertThat(adopted.orElseThrow().replay())
        .isEqualTo(ingest.store.view(PATH).orElseThrow().replay());
    assertThat(replicas.replicas()).isEmpty();
  }

  @Test
  void waitsForTheLastPartOfTheWriterBefore() throws Exception {
    Ladder ladder = new Ladder(ingest.store, EPOCH, 700).segments(3).part(false);
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    untilSame();
    StreamView before = ingest.store.view(PATH).orElseThrow();
    CompletableFuture<Optional<StreamView>> adopted = new CompletableFuture<>();
    CountDownLatch waits = new CountDownLatch(1);
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                adopted.complete(
                    replicas.adopt(
                        PATH,
                        Duration.ofSeconds(20),
                        view -> {
                          waits.countDown();
                          return view.replay().size() > before.replay().size();
                        }));
              } catch (InterruptedException e) {
                adopted.completeExceptionally(e);
              }
            });
    waits.await();
    ladder.part(false);
    assertThat(adopted.get(20, TimeUnit.SECONDS).orElseThrow().replay())
        .hasSizeGreaterThan(before.replay().size());
  }

  @Test
  void adoptsNothingWhereNothingIs() throws Exception {
    holders.clear();
    assertThat(replicas.adopt(PATH, Duration.ofMillis(100), view -> true)).isEmpty();
    copy.open(PATH, EPOCH, Targets.DEFAULT);
    replicas.want(Set.of(PATH));
    assertThat(replicas.replicas()).as("it is the local writer's").isEmpty();
  }

  @Test
  void endsByItselfWhenNobodyIngestsAnyMore() throws Exception {
    new Ladder(ingest.store, EPOCH, 700).segments(2);
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    ingested.set(false);
    holders.clear();
    ingest.kill();
    until(State.ENDED);
    assertThat(copy.view(PATH).orElseThrow().ended()).isTrue();
  }

  /** The old ingest node ran on alone; after the cut is healed, it is a replica of the new one. */
  @Test
  void followsTheNewestSessionWithWhatItHas() throws Exception {
    try (ReadServer other = new ReadServer()) {
      Ladder old = new Ladder(copy, EPOCH, 700).segments(3);
      StreamView known = copy.view(PATH).orElseThrow();
      new Ladder(other.store, EPOCH, 700).segments(3);
      old.segments(1);
      old.part(false);
      Ladder newest = new Ladder(other.store, known, EPOCH + 9);
      newest.discontinuity().segments(4);

      replicas.own(PATH);
      holders.clear();
      holders.add(other.source());
      replicas.want(Set.of(PATH));
      replicas.release(PATH);
      until(State.LIVE);

      StreamView merged = copy.view(PATH).orElseThrow();
      for (RenditionView rendition : merged.renditions()) {
        List<Segment> segments = rendition.segments();
        assertThat(segments)
            .extracting(Segment::msn)
            .containsExactly(700L, 701L, 702L, 703L, 704L, 705L, 706L);
        assertThat(segments)
            .extracting(Segment::epoch)
            .endsWith(EPOCH, EPOCH, EPOCH + 9, EPOCH + 9);
        assertThat(segments.get(4).endMarker()).isPresent();
      }
      Bytes part =
          copy.bytes(PATH, "video", (EPOCH + 9) + "-705.0.m4s").toCompletableFuture().get();
      assertThat(part)
          .isEqualTo(
              other
                  .store
                  .bytes(PATH, "video", (EPOCH + 9) + "-705.0.m4s")
                  .toCompletableFuture()
                  .get());
    }
  }

  private void until(State state) throws InterruptedException {
    while (true) {
      Replica change = changes.poll(45, TimeUnit.SECONDS);
      if (change == null) {
        throw new AssertionError("never " + state + ", but " + replicas.replicas());
      }
      if (change.state() == state) {
        return;
      }
    }
  }

  private void untilSame() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (System.nanoTime() < end
        && !copy.view(PATH)
            .orElseThrow()
            .replay()
            .equals(ingest.store.view(PATH).orElseThrow().replay())) {
      Thread.onSpinWait();
    }
    assertSame();
  }

  /** Log and bytes are the same in both stores. */
  private void assertSame() {
    StreamView is = copy.view(PATH).orElseThrow();
    assertThat(is.replay()).isEqualTo(ingest.store.view(PATH).orElseThrow().replay());
    for (RenditionView rendition : is.renditions()) {
      String name = rendition.description().name();
      for (Segment segment : rendition.segments()) {
        for (PartEntry entry : segment.parts()) {
          Bytes bytes =
              copy.bytes(PATH, name, new FileName.Part(entry.position()).toString())
                  .toCompletableFuture()
                  .join();
          assertThat(bytes.sha256()).isEqualTo(entry.sha256());
        }
      }
    }
  }

  /** Writes four renditions of some size. */
  private static final class Ladder {
    private static final List<String> NAMES = List.of("video", "480p", "360p", "audio");
    private static final Bytes INIT = Bytes.utf8("ftyp moov");

    private final PartSink sink;
    private final long epoch;
    private long msn;
    private int part;
    private long discontinuities = 7;

    Ladder(PartSink sink, long epoch, long firstMsn) {
      this.sink = sink;
      this.epoch = epoch;
      this.msn = firstMsn;
      sink.open(PATH, epoch, Targets.DEFAULT);
      describe();
    }

    /** Goes on with an adopted presentation. */
    Ladder(PartSink sink, StreamView adopted, long epoch) {
      this.sink = sink;
      this.epoch = epoch;
      LogPosition next = adopted.renditions().getFirst().next().orElseThrow();
      this.msn = next.msn();
      this.part = next.part();
      if (adopted.renditions().stream().allMatch(each -> each.segments().isEmpty())) {
        throw new AssertionError("nothing adopted");
      }
      describe();
    }

    private void describe() {
      for (String name : NAMES) {
        sink.describe(
            PATH,
            epoch,
            new RenditionDescription(
                name,
                MediaType.VIDEO,
                "avc1.64001f",
                640,
                360,
                30_000,
                0,
                0,
                0,
                FileName.Init.of(INIT).toString(),
                INIT));
      }
    }

    Ladder discontinuity() {
      discontinuities++;
      return this;
    }

    Ladder segments(int count) {
      for (int i = 0; i < 4 * count; i++) {
        part(i % 4 == 3);
      }
      return this;
    }

    Ladder part(boolean last) {
      byte[] media = new byte[62_000];
      for (String name : NAMES) {
        media[0]++;
        media[1] = (byte) part;
        media[2] = (byte) msn;
        append(name, epoch, 500_000, Bytes.wrap(media.clone()), last);
      }
      msn += last ? 1 : 0;
      part = last ? 0 : part + 1;
      return this;
    }

    /** Ends the segment of the session before. */
    void endMarker() {
      if (part > 0) {
        NAMES.forEach(name -> append(name, EPOCH, 0, Bytes.EMPTY, true));
        part = 0;
        msn++;
        discontinuities++;
      }
    }

    void end() {
      sink.end(PATH, epoch);
    }

    private void append(String name, long of, long durationUs, Bytes data, boolean last) {
      PartEntry entry =
          new PartEntry(
              new LogPosition(of, msn, part),
              durationUs,
              data.length(),
              part == 0,
              last,
              false,
              discontinuities,
              FileName.Init.of(INIT).toString(),
              msn * 2_000_000 + part * 500_000L,
              0,
              data.isEmpty() ? Bytes.EMPTY : data.sha256(),
              MerkleTree.root(data));
      assertThat(sink.append(PATH, name, entry, data)).isEqualTo(AppendResult.ACCEPTED);
    }
  }
}

package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.origin.Replicas.Replica;
import dev.millrace.origin.Replicas.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A copy whose bytes stop to come for a while, as after its node stood still. */
@Timeout(60)
class CopyBehindTest {
  private final OriginStore ingest = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final OriginStore copy = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final SlowBytes source = new SlowBytes();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<Replica> changes = new LinkedBlockingQueue<>();
  private final Replicas replicas =
      new Replicas(
          copy,
          source,
          path -> true,
          Duration.ofSeconds(30),
          executor,
          System::nanoTime,
          changes::add);

  /** The ingest node, whose log comes at once and whose bytes when they are let. */
  private final class SlowBytes implements PartSource {
    private final List<Runnable> held = new ArrayList<>();
    private boolean holding;

    synchronized void hold() {
      holding = true;
    }

    void release() {
      List<Runnable> all;
      synchronized (this) {
        holding = false;
        all = List.copyOf(held);
        held.clear();
      }
      all.forEach(Runnable::run);
    }

    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      return ingest.follow(path, follower);
    }

    @Override
    public Following watch(StreamPath path, LogWatcher watcher) {
      return ingest.watch(path, watcher);
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      CompletableFuture<Bytes> later = new CompletableFuture<>();
      ingest
          .bytes(path, rendition, file)
          .whenComplete(
              (bytes, failure) -> {
                synchronized (this) {
                  if (holding) {
                    held.add(() -> later.complete(bytes));
                    return;
                  }
                }
                later.complete(bytes);
              });
      return later;
    }

    @Override
    public List<StreamPath> streams() {
      return ingest.streams();
    }
  }

  @AfterEach
  void stop() {
    replicas.close();
    executor.close();
  }

  @Test
  void aCopyThatFellBehindIsNotComplete() throws Exception {
    Writer writer = Writer.open(ingest, 1000).segments(3);
    replicas.want(Set.of(PATH));
    until(State.LIVE);

    source.hold();
    writer.segments(2);
    writer.part();
    until(State.FILLING);
    assertThat(replicas.replicas().getFirst().state()).isEqualTo(State.FILLING);
    source.release();
    until(State.LIVE);
    // LIVE is told as soon as less than a part is missing.
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(copy.view(PATH).orElseThrow().replay())
                    .isEqualTo(ingest.view(PATH).orElseThrow().replay()));
  }

  @Test
  void aPublisherWhoComesWaitsForItsEnd() throws Exception {
    Writer writer = Writer.open(ingest, 1000).segments(3);
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    source.hold();
    writer.segments(3);
    until(State.FILLING);
    CompletableFuture<Integer> adopted =
        CompletableFuture.supplyAsync(this::adoptedParts, executor);
    source.release();
    assertThat(adopted.get()).isEqualTo(24);
  }

  @Test
  void whatNobodyHasIsNotWaitedFor() throws Exception {
    Writer writer = Writer.open(ingest, 1000).segments(3);
    replicas.want(Set.of(PATH));
    until(State.LIVE);
    source.hold();
    writer.segments(3);
    until(State.FILLING);
    long begun = System.nanoTime();
    assertThat(adoptedParts()).isEqualTo(12);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
  }

  private int adoptedParts() {
    try {
      return replicas
          .adopt(PATH, Duration.ofSeconds(20), view -> true)
          .orElseThrow()
          .renditions()
          .stream()
          .flatMap(each -> each.segments().stream())
          .mapToInt(segment -> segment.parts().size())
          .sum();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void until(State state) throws InterruptedException {
    while (true) {
      Replica change = changes.poll(30, TimeUnit.SECONDS);
      if (change == null) {
        throw new AssertionError("never " + state + ", but " + replicas.replicas());
      }
      if (change.state() == state) {
        return;
      }
    }
  }
}

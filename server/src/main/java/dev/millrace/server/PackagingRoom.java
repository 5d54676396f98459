package dev.millrace.server;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.ladder.StreamLadder;
import dev.millrace.transcoder.packager.Adoptions;
import dev.millrace.transcoder.packager.SequenceNumbers;
import dev.millrace.transcoder.packager.StreamPackager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packages each stream of a node on a thread of its own, with its ladder beside it. Any thread. */
final class PackagingRoom {
  private static final Logger log = LoggerFactory.getLogger(PackagingRoom.class);

  /** How long a packager may take to put out what it has. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final PartSink sink;
  private final Targets targets;
  private final SequenceNumbers numbers;
  private final InstantSource wall;
  private final LongSupplier nanoTime;
  private final LadderRoom ladders;
  private final Adoptions adoptions;
  private final Consumer<StreamPath> released;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  /** The newest packager of each path. */
  private final Map<StreamPath, Running> newest = new ConcurrentHashMap<>();

  /** A packager that has not written the end of its stream yet. */
  private record Running(String name, CountDownLatch ended) {}

  /**
   * @param adoptions what other nodes have of a stream that begins
   * @param released hears that no packager is at work on a path any more
   */
  PackagingRoom(
      PartSink sink,
      Targets targets,
      SequenceNumbers numbers,
      InstantSource wall,
      LongSupplier nanoTime,
      LadderRoom ladders,
      Adoptions adoptions,
      Consumer<StreamPath> released) {
    this.sink = sink;
    this.targets = targets;
    this.numbers = numbers;
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.ladders = ladders;
    this.adoptions = adoptions;
    this.released = released;
  }

  /** Begins with a stream that has just begun. */
  void take(LiveStream stream) {
    StreamLadder ladder = ladders.open(stream);
    StreamPackager packager =
        new StreamPackager(stream, sink, targets, numbers, wall, nanoTime, ladder, adoptions);
    Running own = new Running("package " + stream.path(), new CountDownLatch(1));
    running.add(own);
    Optional<Running> before = Optional.ofNullable(newest.put(stream.path(), own));
    Thread.ofVirtual()
        .name(own.name())
        .start(
            () -> {
              try {
                // Of a stream that went to another node and is back: it may still write its last.
                if (before.isPresent()) {
                  awaitEnd(before.get(), LAST_WORDS);
                }
                packager.run();
              } finally {
                running.remove(own);
                own.ended().countDown();
                ladders.close(stream.path(), ladder);
                if (newest.remove(stream.path(), own)) {
                  released.accept(stream.path());
                }
              }
            });
  }

  /** Waits until nothing is written of a path that has gone on elsewhere; false if not in time. */
  boolean awaitEnd(StreamPath path) {
    Running last = newest.get(path);
    return last == null || awaitEnd(last, LAST_WORDS);
  }

  private static boolean awaitEnd(Running which, Duration atMost) {
    try {
      return which.ended().await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits until all have written the end of their streams, but not longer than that. */
  void join(Duration atMost) throws InterruptedException {
    long deadline = nanoTime.getAsLong() + atMost.toNanos();
    for (Running each : running) {
      if (!each.ended().await(deadline - nanoTime.getAsLong(), TimeUnit.NANOSECONDS)) {
        log.warn("{} did not end in time", each.name());
      }
    }
  }
}

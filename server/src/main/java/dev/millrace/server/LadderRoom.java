package dev.millrace.server;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.log.PictureSink;
import dev.millrace.origin.GenerationGate;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.internal.GatedWriters;
import dev.millrace.transcoder.feed.FeedHub;
import dev.millrace.transcoder.feed.FeedLimits;
import dev.millrace.transcoder.ladder.LadderServices;
import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import dev.millrace.transcoder.ladder.StreamLadder;
import dev.millrace.transcoder.picture.PosterMaker;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The ladders of a node: one for each stream, and what they share. Any thread. */
final class LadderRoom implements AutoCloseable {
  private static final int THUMBNAIL_WIDTH = 160;
  private static final Duration STATUS_INTERVAL = Duration.ofMillis(500);

  private final Map<StreamPath, StreamLadder> ladders = new ConcurrentHashMap<>();
  private volatile NodeConfig.Transcode config;
  private final InternalRoom internal;
  private final TranscoderRoom transcoder;
  private final Optional<PosterMaker> posters;
  private volatile LadderServices services;

  /** Its workers will find their feeds in the internal room. */
  LadderRoom(
      NodeServices node, OriginRoom origin, InternalRoom internal, TranscoderRoom transcoder) {
    this.config = node.config().transcode();
    this.transcoder = transcoder;
    this.internal = internal;
    internal.feeds(this::feed);
    GenerationGate gate = internal.gate();
    LongSupplier nanoTime = node.nanoTime();
    posters = posters(config, origin.store(), nanoTime);
    services =
        new LadderServices(
            config.ladder(),
            launcher(config),
            this::job,
            new GatedWriters(gate),
            config.workerMemoryBytes(),
            FeedLimits.DEFAULT,
            posters,
            nanoTime);
  }

  private static Optional<PosterMaker> posters(
      NodeConfig.Transcode config, PictureSink pictures, LongSupplier nanoTime) {
    return config.posterInterval().isZero()
        ? Optional.empty()
        : Optional.of(new PosterMaker(pictures, nanoTime, processorNanos(nanoTime)));
  }

  /**
   * What the calling thread has kept a processor busy; the clock where the system does not tell.
   */
  private static LongSupplier processorNanos(LongSupplier nanoTime) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
        ? threads::getCurrentThreadCpuTime
        : nanoTime;
  }

  private Optional<WorkerLauncher> launcher(NodeConfig.Transcode now) {
    return now.ladder().mode() == Mode.NONE ? Optional.empty() : transcoder.launcher();
  }

  private WorkerJob job(StreamPath path, long generation) {
    return new WorkerJob(
        internal.feedAddress(path),
        internal.address(),
        internal.token().secret(),
        transcoder.authority(),
        generation,
        path,
        config.encoder(),
        config.preset().name().toLowerCase(Locale.ROOT),
        0,
        config.posterInterval(),
        THUMBNAIL_WIDTH,
        STATUS_INTERVAL,
        true);
  }

  private Optional<CompletionStage<FeedHub>> feed(StreamPath path, long generation) {
    return Optional.ofNullable(ladders.get(path)).map(ladder -> ladder.feed(generation));
  }

  /** From now on streams that begin have this ladder. */
  void configure(NodeConfig.Transcode changed) {
    LadderServices before = services;
    config = changed;
    services =
        new LadderServices(
            changed.ladder(),
            launcher(changed),
            before.jobs(),
            before.writers(),
            before.workerMemoryBytes(),
            before.feedLimits(),
            before.posters(),
            before.nanoTime());
  }

  /** A ladder for a stream that begins. */
  StreamLadder open(LiveStream stream) {
    StreamLadder ladder = new StreamLadder(stream, services);
    ladders.put(stream.path(), ladder);
    return ladder;
  }

  /** Ends a ladder whose packager has ended; waits for its worker. */
  void close(StreamPath path, StreamLadder ladder) {
    ladder.close();
    ladders.remove(path, ladder);
  }

  /** How the ladder of a stream stands; empty for an unknown one. */
  Optional<LadderFacts> facts(StreamPath path) {
    return Optional.ofNullable(ladders.get(path)).map(StreamLadder::facts);
  }

  /** Ends all workers, at the same time. */
  @Override
  public void close() {
    List<Thread> closing = new ArrayList<>();
    ladders.forEach(
        (path, ladder) -> closing.add(Thread.startVirtualThread(() -> close(path, ladder))));
    try {
      for (Thread each : closing) {
        each.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    posters.ifPresent(PosterMaker::close);
  }
}

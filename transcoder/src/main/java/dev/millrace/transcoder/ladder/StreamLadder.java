package dev.millrace.transcoder.ladder;

import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.transcoder.feed.FeedHub;
import dev.millrace.transcoder.packager.Ladder;
import dev.millrace.transcoder.packager.RungKeeper;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerPhase;
import dev.millrace.transcoder.worker.WorkerSupervisor;
import dev.millrace.transcoder.worker.WorkerView;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The ladder of one stream: plans it, feeds its worker, has that supervised, and keeps the rungs'
 * logs going while there is none. The methods of {@link Ladder} are called on the packager's
 * thread; the others on any.
 */
public final class StreamLadder implements Ladder, AutoCloseable {
  private final LiveStream stream;
  private final StreamPath path;
  private final LadderServices services;
  private final LadderPlanner planner;
  private final FeedHub hub;
  private final LadderReport report;
  private final Optional<KeyFramePictures> pictures;
  private final Optional<WorkerSupervisor> supervisor;

  /** Renditions that a worker of this presentation was ever told to make. */
  private final Set<String> rungs = ConcurrentHashMap.newKeySet();

  /** Makes one of a new writer's generation and who writes in this process. */
  private final Object writing = new Object();

  /** Of the newest writer; under the lock. */
  private long generation;

  private LadderPlan plan = LadderPlan.NONE;

  /** Number of the segment that began last. */
  private volatile long newestMsn = Long.MIN_VALUE;

  private final WaitingFeeds waiting = new WaitingFeeds();

  /** Of the presentation; changed on the packager's thread, used on the supervisor's too. */
  private volatile @Nullable RungKeeper keeper;

  /** Read on the supervisor's thread too. */
  private volatile boolean ended;

  /** Whether a worker could not even be tried when it was wanted. Of the packager's thread. */
  private boolean obstructed;

  /** Whether the supervisor was told that there is something to do. Of the packager's thread. */
  private boolean directed;

  /** For a stream that begins. */
  public StreamLadder(LiveStream stream, LadderServices services) {
    this.stream = stream;
    this.path = stream.path();
    this.services = services;
    this.planner = new LadderPlanner(services.settings());
    this.hub = new FeedHub(services.feedLimits());
    this.report = new LadderReport(stream);
    this.pictures = services.posters().map(posters -> new KeyFramePictures(posters, path));
    this.supervisor =
        services
            .launcher()
            .filter(launcher -> services.settings().mode() != LadderSettings.Mode.NONE)
            .map(
                launcher ->
                    new WorkerSupervisor(
                        path,
                        launcher,
                        new StreamWard(),
                        services.workerMemoryBytes(),
                        services.nanoTime()));
  }

  /**
   * What the worker of this generation reads. One that is to take over later has to wait until it
   * does: then it begins with the segment that begins then.
   */
  public CompletionStage<FeedHub> feed(long generation) {
    return waiting.feed(generation, hub);
  }

  /** What workers read. */
  public FeedHub hub() {
    return hub;
  }

  /** How it stands. */
  public LadderFacts facts() {
    return report.facts();
  }

  @Override
  public LadderPlan plan(TracksChanged tracks, boolean keyFramesFarApart) {
    if (supervisor.isEmpty()) {
      return LadderPlan.NONE;
    }
    double fps = stream.facts().frameRate();
    PlannedLadder planned =
        planner.plan(
            tracks.tracks(),
            tracks.declaredBitrateBps(),
            fps > 0 ? OptionalDouble.of(fps) : OptionalDouble.empty(),
            keyFramesFarApart);
    plan = planned.plan();
    rungs.addAll(plan.names());
    ended = false;
    report.planned(tracks.tracks(), planned);
    supervisor.get().otherInput();
    direct();
    return plan;
  }

  @Override
  public boolean encodes() {
    return !obstructed
        && !plan.isEmpty()
        && supervisor.isPresent()
        && supervisor.get().view().hasHope();
  }

  @Override
  public boolean wantsFrames() {
    return hub.wanted();
  }

  @Override
  public void accept(FeedRecord record) {
    if (supervisor.isPresent()) {
      feed(supervisor.get(), record);
    } else {
      follow(record);
    }
    pictures.ifPresent(each -> each.accept(record, workerMakesPictures()));
  }

  /** Without workers there is nothing to do but to go on with what another node began. */
  private void follow(FeedRecord record) {
    switch (record) {
      case FeedRecord.Opened opened -> begin(opened);
      case FeedRecord.Mark mark -> keep(mark);
      case FeedRecord.Ended end -> keeper = null;
      case FeedRecord.Media media -> {}
      case FeedRecord.Tracks tracks -> {}
    }
  }

  private void begin(FeedRecord.Opened opened) {
    keeper = new RungKeeper(path, opened.epoch(), opened.targets());
    rungs.clear();
    rungs.addAll(plan.names());
  }

  @Override
  public void adopted(Collection<String> made) {
    rungs.addAll(made);
    RungKeeper present = keeper;
    boolean working =
        supervisor.isPresent() && supervisor.get().view().phase() == WorkerPhase.WORKING;
    if (!working && !made.isEmpty()) {
      keepAlone(present);
    }
  }

  @Override
  public void fenced() {
    revoke();
  }

  /** No worker writes any more; the keeper does, if there is a presentation. */
  private void keepAlone(@Nullable RungKeeper present) {
    synchronized (writing) {
      generation = services.writers().grant(path);
      if (present != null) {
        present.keep(services.writers().sink(path, generation), rungs);
      }
    }
  }

  private void revoke() {
    synchronized (writing) {
      services.writers().revoke(path, generation);
    }
  }

  private void feed(WorkerSupervisor worker, FeedRecord record) {
    switch (record) {
      case FeedRecord.Opened opened -> begin(opened);
      case FeedRecord.Media media -> worker.countInput();
      case FeedRecord.Ended end -> {
        ended = true;
        keeper = null;
      }
      case FeedRecord.Mark mark -> direct(); // what stood in the way may be gone
      case FeedRecord.Tracks tracks -> {}
    }
    hub.accept(record);
    if (record instanceof FeedRecord.Mark mark) {
      newestMsn = mark.mark().msn();
      keep(mark);
    }
    if (ended) {
      direct();
    }
  }

  /** While there is no worker, the rungs' logs go on with gaps. */
  private void keep(FeedRecord.Mark mark) {
    RungKeeper present = keeper;
    if (present != null) {
      present.mark(mark.mark());
    }
  }

  /** Says whether a worker is to be there. */
  private void direct() {
    boolean something = !plan.isEmpty() && !ended;
    supervisor.ifPresent(
        worker -> {
          if (something && !directed) {
            // Until the supervisor has looked itself; later its own worker may be what is in the
            // way.
            obstructed = services.launcher().flatMap(each -> each.obstacle(path)).isPresent();
          } else if (!something || worker.view().phase() != WorkerPhase.IDLE) {
            obstructed = false;
          }
          directed = something;
          worker.want(something);
        });
  }

  private boolean workerMakesPictures() {
    return supervisor.isPresent()
        && !plan.video().isEmpty()
        && supervisor.get().view().phase() == WorkerPhase.WORKING;
  }

  /**
   * Ends the worker and waits until it is gone; nothing is written any more. The packager must have
   * ended before, or end without another call.
   */
  @Override
  public void close() {
    supervisor.ifPresent(WorkerSupervisor::close);
    hub.close();
    waiting.admit(Long.MAX_VALUE, hub);
    revoke();
  }

  /** On the supervisor's thread. */
  private final class StreamWard implements WorkerSupervisor.Ward {
    @Override
    public WorkerJob nextJob() {
      RungKeeper present = keeper;
      long next;
      synchronized (writing) {
        if (present != null) {
          present.leave();
        }
        next = services.writers().grant(path);
        generation = next;
      }
      waiting.admit(next, hub);
      return services.jobs().of(path, next);
    }

    @Override
    public WorkerJob successorJob() {
      return services.jobs().of(path, services.writers().reserve());
    }

    @Override
    public boolean handOver(WorkerJob successor, boolean atOnce) {
      if (!atOnce && !isBetweenSegments()) {
        return false;
      }
      synchronized (writing) {
        services.writers().admit(path, successor.generation());
        generation = Math.max(generation, successor.generation());
      }
      waiting.admit(successor.generation(), hub);
      return true;
    }

    /** Whether all that is written of every rung ends where the newest segment begins. */
    private boolean isBetweenSegments() {
      RenditionSink log = services.writers().sink(path, 0);
      return rungs.stream()
          .flatMap(rung -> log.tail(path, rung).stream())
          .allMatch(tail -> tail.next().msn() == newestMsn && tail.next().part() == 0);
    }

    @Override
    public void gone() {
      keepAlone(ended ? null : keeper);
    }

    @Override
    public void changed(WorkerView view) {
      report.worker(view);
    }
  }
}

package dev.millrace.transcoder.ladder;

import dev.millrace.media.StreamPath;
import dev.millrace.transcoder.feed.FeedLimits;
import dev.millrace.transcoder.picture.PosterMaker;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerLauncher;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What all ladders of a node have in common.
 *
 * @param settings of the operator
 * @param launcher starts workers, here or elsewhere; empty where there can be none
 * @param jobs tells a worker where to read and write
 * @param writers fences replaced workers off
 * @param workerMemoryBytes resident memory beyond which a worker is replaced
 * @param feedLimits what a feed may hold in memory
 * @param posters makes pictures where no worker does; empty if there are to be none
 * @param nanoTime the monotonic clock
 */
public record LadderServices(
    LadderSettings settings,
    Optional<WorkerLauncher> launcher,
    Jobs jobs,
    RungWriters writers,
    long workerMemoryBytes,
    FeedLimits feedLimits,
    Optional<PosterMaker> posters,
    LongSupplier nanoTime) {

  /** Makes jobs. */
  public interface Jobs {
    /** The job of a worker of this generation. */
    WorkerJob of(StreamPath path, long generation);
  }
}

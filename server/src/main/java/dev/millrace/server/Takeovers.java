package dev.millrace.server;

import dev.millrace.media.StreamPath;
import dev.millrace.server.cluster.LogEnds;
import dev.millrace.server.internal.TakeoverRoute;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What other nodes ask of this one for streams that go from one to the other. Immutable.
 *
 * @param ingest asked when it is needed, since it starts behind what serves other nodes
 */
record Takeovers(Optional<SharedStreams> shared, Supplier<Optional<IngestRoom>> ingest)
    implements TakeoverRoute.Takeovers {
  @Override
  public void prepare(List<StreamPath> paths) {
    shared.ifPresent(with -> with.copies().prepare(paths));
  }

  @Override
  public Optional<LogEnds> stop(StreamPath path, long epoch) {
    return ingest.get().flatMap(room -> room.stop(path, epoch));
  }
}

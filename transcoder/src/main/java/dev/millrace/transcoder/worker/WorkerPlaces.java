package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import java.util.List;

/** Knows which nodes may run a worker. Any thread; never waits. */
public interface WorkerPlaces {
  /** Where a worker of this stream may be started now, the best first; may be empty. */
  List<WorkerPlace> of(StreamPath path);

  /** Why there is none, a sentence for operators. */
  String whyNone();

  /** One was started there: what the node says of its load does not know of it yet. */
  default void started(WorkerPlace place) {}
}

package dev.millrace.server.chaos;

import java.time.Duration;

/**
 * One thing that is done to a node.
 *
 * @param pause how long the cluster is left alone before
 * @param node counted from 0
 * @param length of {@code PAUSE}; zero for the others
 */
record ChaosAction(Duration pause, int node, Kind kind, Duration length) {
  /** What is done. */
  enum Kind {
    /** The process ends at once, as by {@code kill -9}, and is started again. */
    KILL,
    /** The process stands still for a while, as by SIGSTOP, and goes on. */
    PAUSE,
    /** The node is told by SIGTERM to stop, hands over what it has, and is started again. */
    RESTART,
    /** The same by the cluster's API. */
    DRAIN
  }
}

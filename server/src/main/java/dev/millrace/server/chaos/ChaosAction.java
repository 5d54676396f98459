package dev.millrace.server.chaos;

import java.time.Duration;

/**
 * One thing that is done to a cluster.
 *
 * @param rest how long the cluster is left alone before
 * @param node counted from 0; of no meaning to {@code CUT}
 * @param length of {@code PAUSE} and {@code CUT}; zero for the others
 * @param moving whether publishers go to the other half of the network in the middle of a {@code
 *     CUT}, so that both halves write the same streams
 */
record ChaosAction(Duration rest, Kind kind, int node, Duration length, boolean moving) {
  /** What is done. */
  enum Kind {
    /** The process ends at once, as by {@code kill -9}, and is started again. */
    KILL,
    /** The process stands still for a while, as by SIGSTOP, and goes on. */
    PAUSE,
    /** The node is told by SIGTERM to stop, hands over what it has, and is started again. */
    RESTART,
    /** The same by the cluster's API. */
    DRAIN,
    /** For a while nothing passes between the halves of the network. */
    CUT
  }

  /** For people, such as {@code pause n4 for 14 s}. */
  String told(String name) {
    return switch (kind) {
      case KILL -> "kill -9 " + name;
      case PAUSE -> "pause " + name + " for " + length.toSeconds() + " s";
      case RESTART -> "restart " + name;
      case DRAIN -> "drain " + name;
      case CUT ->
          "cut the network for %d s%s"
              .formatted(length.toSeconds(), moving ? ", publishers change sides" : "");
    };
  }
}

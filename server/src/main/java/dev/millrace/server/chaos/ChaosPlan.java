package dev.millrace.server.chaos;

import java.time.Duration;
import java.util.Random;

/**
 * What is done to which node, in which order: the same for the same seed. One node at a time, for a
 * stream is on two origins and one of them must live; so that with two nodes of each role the last
 * one of a role is never hit.
 */
final class ChaosPlan {
  private static final int LEAST_PAUSE_MS = 2_000;
  private static final int MORE_PAUSE_MS = 6_000;
  private static final int MOST_STOPPED_S = 20;

  /** What each node is; every role is there twice among the first five, origin three times. */
  private static final String[] ROLES = {
    "ingest,origin", "origin,edge", "ingest,edge", "origin", "edge"
  };

  static final int LEAST_NODES = ROLES.length;

  private final Random random;
  private final int nodes;

  ChaosPlan(long seed, int nodes) {
    if (nodes < LEAST_NODES) {
      throw new IllegalArgumentException(
          nodes + " nodes are too few: with " + LEAST_NODES + " every role is there twice");
    }
    this.random = new Random(seed);
    this.nodes = nodes;
  }

  /** Roles of a node as {@code --roles} takes them. */
  static String roles(int node) {
    return ROLES[node % ROLES.length];
  }

  /** The next thing to do. */
  ChaosAction next() {
    Duration pause = Duration.ofMillis(LEAST_PAUSE_MS + random.nextInt(MORE_PAUSE_MS));
    int node = random.nextInt(nodes);
    ChaosAction.Kind[] kinds = ChaosAction.Kind.values();
    ChaosAction.Kind kind = kinds[random.nextInt(kinds.length)];
    int seconds = 1 + random.nextInt(MOST_STOPPED_S);
    boolean stands = kind == ChaosAction.Kind.PAUSE;
    return new ChaosAction(pause, node, kind, Duration.ofSeconds(stands ? seconds : 0));
  }
}

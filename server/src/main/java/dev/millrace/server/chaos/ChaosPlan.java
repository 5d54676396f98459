package dev.millrace.server.chaos;

import dev.millrace.server.hosts.Half;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * What is done to which node, in which order: the same for the same seed and limits. Kinds come as
 * from a shuffled pack of cards, so that a short run has all of them, too. One node at a time, for
 * a stream is on two origins and one of them must live; so that with two nodes of each role the
 * last one of a role is never hit. Each half of the network has every role.
 */
final class ChaosPlan {
  private static final int LEAST_REST_MS = 1_000;

  /** What each node is. */
  private static final List<String> ROLES =
      List.of("ingest,origin,edge", "origin,edge", "ingest,edge", "origin", "edge");

  private static final List<Half> HALVES = List.of(Half.A, Half.A, Half.B, Half.B, Half.B);

  static final int LEAST_NODES = ROLES.size();

  private final Random random;
  private final int nodes;
  private final Limits limits;
  private final Deque<ChaosAction.Kind> pack = new ArrayDeque<>();

  /**
   * Most that is left to chance.
   *
   * @param rest between two actions, at least a second
   * @param stop how long a node stands still or the network is cut, at least a second
   */
  public record Limits(Duration rest, Duration stop) {
    public Limits {
      if (rest.toMillis() <= LEAST_REST_MS || stop.toSeconds() < 1) {
        throw new IllegalArgumentException("no room for chance in " + rest + ", " + stop);
      }
    }
  }

  ChaosPlan(long seed, int nodes, Limits limits) {
    if (nodes < LEAST_NODES) {
      throw new IllegalArgumentException(
          nodes + " nodes are too few: with " + LEAST_NODES + " every role is there twice");
    }
    this.random = new Random(seed);
    this.nodes = nodes;
    this.limits = limits;
  }

  /** Roles of a node as {@code --roles} takes them. */
  static String roles(int node) {
    return ROLES.get(node % ROLES.size());
  }

  /** Where a node is when the network is cut. */
  static Half half(int node) {
    return HALVES.get(node % HALVES.size());
  }

  /** The next thing to do. */
  ChaosAction next() {
    // All that chance decides is drawn each time, so that an action more or less somewhere does not
    // change all that come later.
    int restMs = LEAST_REST_MS + random.nextInt((int) limits.rest().toMillis() - LEAST_REST_MS);
    int node = random.nextInt(nodes);
    int seconds = 1 + random.nextInt((int) limits.stop().toSeconds());
    boolean moving = random.nextBoolean();
    ChaosAction.Kind kind = draw();
    boolean lasts = kind == ChaosAction.Kind.PAUSE || kind == ChaosAction.Kind.CUT;
    return new ChaosAction(
        Duration.ofMillis(restMs),
        kind,
        node,
        Duration.ofSeconds(lasts ? seconds : 0),
        moving && kind == ChaosAction.Kind.CUT);
  }

  private ChaosAction.Kind draw() {
    if (pack.isEmpty()) {
      List<ChaosAction.Kind> kinds = new ArrayList<>(List.of(ChaosAction.Kind.values()));
      Collections.shuffle(kinds, random);
      pack.addAll(kinds);
    }
    return pack.remove();
  }
}

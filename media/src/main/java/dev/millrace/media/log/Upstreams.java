package dev.millrace.media.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which holders of a stream are followed: the first two that can be; who was lost waits a growing
 * while. One that is not wanted any more is kept until those that are have told their window and
 * are level with what it told: a node that stood still for a while comes back with a window, too.
 * Guarded by the lock of its {@link MergedStream}.
 */
final class Upstreams<U extends Upstreams.Followed> {
  /** So that the loss of one is not noticed. */
  static final int WANTED = 2;

  private static final long FIRST_PAUSE_MS = 100;
  private static final long MAX_PAUSE_MS = 3_200;

  /** Who was followed longer than this was not lost at once. */
  private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What is known of one that is followed. */
  interface Followed {
    PartSource source();

    /** Whether its window was told. */
    boolean isComplete();

    /** Whether its log has reached what all together told. */
    boolean isLevel();

    long beganNanos();
  }

  /** Who was lost, how often in a row, and until when it waits. */
  private record Pause(int losses, long untilNanos) {}

  private final Map<PartSource, U> followed = new LinkedHashMap<>();
  private final Map<PartSource, Pause> paused = new HashMap<>();

  Collection<U> followed() {
    return List.copyOf(followed.values());
  }

  Optional<U> of(PartSource source) {
    return Optional.ofNullable(followed.get(source));
  }

  void add(U upstream) {
    followed.put(upstream.source(), upstream);
  }

  void remove(U upstream) {
    followed.remove(upstream.source(), upstream);
  }

  /** Notes a loss; gives how many milliseconds its source is left alone. */
  long lost(U upstream, long nowNanos) {
    remove(upstream);
    Pause before = paused.get(upstream.source());
    boolean settled = upstream.isComplete() && nowNanos - upstream.beganNanos() > SETTLED_NANOS;
    int losses = settled || before == null ? 1 : before.losses() + 1;
    long pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS << Math.min(10, losses - 1));
    paused.put(
        upstream.source(), new Pause(losses, nowNanos + TimeUnit.MILLISECONDS.toNanos(pauseMs)));
    return pauseMs;
  }

  /** Those of the list that should be followed now, in its order. */
  List<PartSource> wanted(List<PartSource> listed, long nowNanos) {
    paused.keySet().retainAll(listed);
    return listed.stream().distinct().filter(each -> !waits(each, nowNanos)).limit(WANTED).toList();
  }

  /** Whether there are more than are wanted, so that one may be let go. */
  boolean hasSpare() {
    return followed.size() > WANTED;
  }

  /** Those that are followed but not wanted, if there is enough without them. */
  List<U> surplus(List<PartSource> wanted) {
    List<U> present = wanted.stream().flatMap(each -> of(each).stream()).toList();
    boolean told =
        !present.isEmpty()
            && present.size() == wanted.size()
            && present.stream().allMatch(Followed::isComplete);
    if (!told) {
      return List.of();
    }
    boolean enough = present.size() >= WANTED;
    boolean level = present.stream().allMatch(Followed::isLevel);
    List<U> surplus = new ArrayList<>();
    for (U each : followed.values()) {
      // A holder that nobody lists is better than none beside the only other.
      boolean needed = each.isComplete() && (!enough || (each.isLevel() && !level));
      if (!wanted.contains(each.source()) && !needed) {
        surplus.add(each);
      }
    }
    return surplus;
  }

  private boolean waits(PartSource source, long nowNanos) {
    Pause pause = paused.get(source);
    return pause != null && !followed.containsKey(source) && pause.untilNanos() - nowNanos > 0;
  }
}

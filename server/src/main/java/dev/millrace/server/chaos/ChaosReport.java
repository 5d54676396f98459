package dev.millrace.server.chaos;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What was done when, how long each player stood still because of it, and what must not have been.
 * One thread.
 */
final class ChaosReport {
  private static final String BEFORE = "nothing yet";

  /** The last ones tell enough. */
  private static final long RETRIES = 50;

  private final Consumer<String> out;
  private final LongSupplier sinceStartMillis;
  private final List<String> done = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private final List<Viewer> viewers = new ArrayList<>();
  private String cause = BEFORE;

  /** A player, and its stalls in milliseconds by what was done last. */
  private record Viewer(String name, Player player, Map<String, Long> stalls) {
    void enter(String cause) {
      long known = stalls.values().stream().mapToLong(Long::longValue).sum();
      long more = player.stalledMillis() - known;
      if (more > 0) {
        stalls.merge(cause, more, Long::sum);
      }
    }
  }

  /**
   * @param out takes the lines
   * @param sinceStartMillis the time that they begin with
   */
  ChaosReport(Consumer<String> out, LongSupplier sinceStartMillis) {
    this.out = out;
    this.sinceStartMillis = sinceStartMillis;
  }

  /** Prints a line at once. */
  void tell(String line) {
    out.accept("%7.1f s  %s".formatted(sinceStartMillis.getAsLong() / 1000.0, line));
  }

  /** A player has begun. */
  void watch(String name, Player player) {
    viewers.add(new Viewer(name, player, new LinkedHashMap<>()));
  }

  /** From now on stalls are because of this. */
  void begins(String what) {
    tell(what);
    viewers.forEach(each -> each.enter(cause));
    cause = "%s at %.1f s".formatted(what, sinceStartMillis.getAsLong() / 1000.0);
  }

  /** What has become of what was begun last. */
  void ended(String outcome) {
    tell("  " + outcome);
    done.add(cause + ": " + outcome);
  }

  /** Something that must not be. */
  void violated(String text) {
    if (!violations.contains(text)) {
      violations.add(text);
      tell("VIOLATION after " + cause + ": " + text.lines().findFirst().orElse(""));
    }
  }

  boolean isViolated() {
    return !violations.isEmpty();
  }

  /**
   * Prints all of it.
   *
   * @param totals lines of figures
   */
  void print(List<String> totals) {
    viewers.forEach(each -> each.enter(cause));
    out.accept("");
    out.accept("What was done:");
    done.forEach(each -> out.accept("  " + each));
    out.accept("Players:");
    for (Viewer each : viewers) {
      out.accept("  " + each.name() + ": " + each.player().report());
      out.accept("    stalled " + (each.stalls().isEmpty() ? "never" : "after"));
      each.stalls().forEach((why, millis) -> out.accept("      %s: %d ms".formatted(why, millis)));
      each.player().retries().stream()
          .skip(
              isViolated() ? Math.max(0, each.player().retries().size() - RETRIES) : Long.MAX_VALUE)
          .forEach(retry -> out.accept("      asked again: " + retry));
    }
    totals.forEach(out);
    if (isViolated()) {
      out.accept("First violation:");
      violations.getFirst().lines().forEach(line -> out.accept("  " + line));
      violations.stream()
          .skip(1)
          .forEach(each -> out.accept("And: " + each.lines().findFirst().orElse("")));
    }
  }
}

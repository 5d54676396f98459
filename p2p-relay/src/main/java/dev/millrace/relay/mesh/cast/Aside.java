package dev.millrace.relay.mesh.cast;

import dev.millrace.relay.mesh.Frame;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Symbols whose part is not announced yet, or whose track is not known: 2 MB of each session, for
 * 200 ms (section 7). The mesh's executor.
 */
final class Aside {
  private static final long KEEP = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MAX_BYTES = 2L << 20;

  private record Waiting(Frame.Symbol symbol, long since) {}

  private static final class Pile {
    private final Deque<Waiting> symbols = new ArrayDeque<>();
    private long bytes;
  }

  private final CastCounts counts;
  private final Map<Session, Pile> piles = new HashMap<>();

  Aside(CastCounts counts) {
    this.counts = counts;
  }

  void add(Session from, Frame.Symbol symbol, long now) {
    Pile pile = piles.computeIfAbsent(from, any -> new Pile());
    drop(pile, now);
    if (pile.bytes + symbol.data().length() > MAX_BYTES) {
      counts.dropped++;
      return;
    }
    pile.bytes += symbol.data().length();
    pile.symbols.add(new Waiting(symbol, now));
  }

  private void drop(Pile pile, long now) {
    while (!pile.symbols.isEmpty() && now - pile.symbols.element().since() > KEEP) {
      pile.bytes -= pile.symbols.remove().symbol().data().length();
      counts.dropped++;
    }
  }

  /** Takes out what can be used now. */
  List<Frame.Symbol> take(Session from, Predicate<Frame.Symbol> which) {
    Pile pile = piles.get(from);
    if (pile == null) {
      return List.of();
    }
    List<Frame.Symbol> taken = new ArrayList<>();
    pile.symbols.removeIf(
        each -> {
          boolean take = which.test(each.symbol());
          if (take) {
            taken.add(each.symbol());
            pile.bytes -= each.symbol().data().length();
          }
          return take;
        });
    return taken;
  }

  /** Some ten times a second. */
  void tick(long now) {
    piles.values().forEach(pile -> drop(pile, now));
    piles.values().removeIf(pile -> pile.symbols.isEmpty());
  }
}

package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.PartName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts parts together of any k symbols of each block, each sender's by themselves, so that what one
 * sends does not spoil what another does. What is asked for, {@link Nacks} decides. Symbols of a
 * part that is over, or not cut as it must be, are dropped. The mesh's executor.
 */
final class CastReceiver {
  /** Who takes what is put together. */
  interface Sink {
    /** A symbol came that can be used. */
    void coming(PartName part);

    /**
     * A part is whole.
     *
     * @return whether it is what the log says
     */
    boolean whole(PartName part, Bytes bytes);
  }

  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_OVER = 4096;
  private static final long DUE = TimeUnit.SECONDS.toNanos(1);

  /** A part whose entry is signed, and what came of it of whom. */
  private static final class Expected {
    final int sizeBytes;
    final long until;
    final Map<Session, PartAssembly> coming = new HashMap<>();
    final Set<Session> spoiled = new HashSet<>();

    Expected(int sizeBytes, long until) {
      this.sizeBytes = sizeBytes;
      this.until = until;
    }
  }

  private final MeshTime time;
  private final CastCounts counts;
  private final Sink sink;
  private final Nacks nacks;
  private final Aside aside;
  private final Map<PartName, Expected> expected = new HashMap<>();
  private final Map<PartName, Boolean> over =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PartName, Boolean> eldest) {
          return size() > MAX_OVER;
        }
      };
  private long bytes;
  private boolean anyExpected;
  private long expectedAt;

  CastReceiver(MeshTime time, CastCounts counts, Nacks nacks, Sink sink) {
    this.time = time;
    this.counts = counts;
    this.nacks = nacks;
    this.sink = sink;
    this.aside = new Aside(counts);
  }

  /** The entry of a part is signed; what lacks is asked for until then. */
  void expect(PartName part, int sizeBytes, long until, Iterable<Session> sessions) {
    if (over.containsKey(part) || expected.containsKey(part)) {
      return;
    }
    expected.put(part, new Expected(sizeBytes, until));
    anyExpected = true;
    expectedAt = time.nanoTime();
    for (Session session : sessions) {
      for (Frame.Symbol symbol : aside.take(session, each -> part.equals(name(session, each)))) {
        symbol(session, symbol);
      }
    }
  }

  /** A part is here, or of no use any more. */
  void over(PartName part) {
    Expected known = expected.remove(part);
    if (known != null) {
      known.coming.values().forEach(each -> bytes -= each.bytes());
    }
    over.put(part, true);
  }

  /** A session has said what it means by a number. */
  void named(Session session) {
    aside.take(session, each -> name(session, each) != null).forEach(each -> symbol(session, each));
  }

  private static @Nullable PartName name(Session session, Frame.Symbol symbol) {
    PartName.Track track = session.track(symbol.track());
    return track == null ? null : new PartName(track, symbol.at());
  }

  /** A symbol came that had not come before. */
  void symbol(Session from, Frame.Symbol symbol) {
    PartName part = name(from, symbol);
    if (part != null && over.containsKey(part)) {
      return;
    }
    Expected known = part == null ? null : expected.get(part);
    if (part == null || known == null) {
      aside.add(from, symbol, time.nanoTime());
      return;
    }
    if (known.spoiled.contains(from)) {
      return;
    }
    SymbolLayout layout = SymbolLayout.of(known.sizeBytes);
    if (!layout.fits(symbol)) {
      counts.misfits++;
      return;
    }
    if (bytes + symbol.data().length() > MAX_BYTES) {
      counts.dropped++;
      return;
    }
    PartAssembly assembly = known.coming.get(from);
    if (assembly == null) {
      assembly = new PartAssembly(layout);
      known.coming.put(from, assembly);
      nacks.begins(new Nacks.Asking(from, symbol, assembly, known.until, () -> isOpen(part, from)));
    }
    take(part, known, from, symbol, assembly);
  }

  private void take(
      PartName part, Expected known, Session from, Frame.Symbol symbol, PartAssembly assembly) {
    BlockAssembly block = assembly.block(symbol.block());
    assembly.took(symbol.data().length());
    bytes += symbol.data().length();
    boolean done = block.put(symbol.index(), symbol.data(), time.nanoTime());
    sink.coming(part);
    if (!done) {
      if (block.hasPassed()) {
        nacks.passed(
            new Nacks.Asking(from, symbol, assembly, known.until, () -> isOpen(part, from)));
      }
      return;
    }
    counts.blocks++;
    counts.blocksRepaired += block.isRepaired() ? 1 : 0;
    if (assembly.isDone()) {
      whole(part, known, from, assembly);
    }
  }

  private boolean isOpen(PartName part, Session from) {
    Expected known = expected.get(part);
    return known != null && known.coming.containsKey(from);
  }

  private void whole(PartName part, Expected known, Session from, PartAssembly assembly) {
    known.coming.remove(from);
    bytes -= assembly.bytes();
    if (sink.whole(part, assembly.join())) {
      counts.partsIn++;
      over(part);
    } else {
      // Somebody of the site forged symbols: the part comes another way.
      counts.wrong++;
      known.spoiled.add(from);
      from.hearing.spoiled();
    }
  }

  /** Whether parts were announced within the last second. */
  boolean isDue() {
    return anyExpected && time.nanoTime() - expectedAt < DUE;
  }

  /** What is kept of parts that are not whole, bytes. */
  long bytes() {
    return bytes;
  }

  /** Some ten times a second. */
  void tick() {
    aside.tick(time.nanoTime());
  }
}

package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.MeshTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends parts as symbols at an even pace, with as much parity as the loss of late asks for, and new
 * parity for whoever still lacks something (section 8). Parts go one after the other; what is asked
 * for goes first. The mesh's executor.
 */
final class CastSender {
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

  /** What was not sent in time is caught up to this, so that a pause makes no burst. */
  private static final long MAX_CREDIT = 3 * STEP;

  /** NACKs of so long are answered together. */
  private static final long GATHER = TimeUnit.MILLISECONDS.toNanos(3);

  /** Beside the round trip, what was sent so short ago counts as on its way. */
  private static final long IN_FLIGHT = TimeUnit.MILLISECONDS.toNanos(5);

  private static final int HEAD_BYTES = 12 + 50 + 28;
  private static final long MAX_KEPT_BYTES = 64L << 20;

  /** By what listeners name a part. */
  private record Key(int track, LogPosition at) {}

  private record Sending(Key key, SymbolLayout layout, long until) {}

  /** A block and whose it is. */
  private record Turn(Sending of, int block, SentBlock symbols) {}

  private final MeshTime time;
  private final CastWire wire;
  private final CastCounts counts;
  private final int paceMbit;

  /** The number of the session, and of the next symbol in it. */
  private final LongSupplier session;

  private final LongSupplier nextSequence;
  private final LossEstimate loss = new LossEstimate();
  private final NackBudget budget = new NackBudget();
  private final Map<Key, List<Turn>> kept = new LinkedHashMap<>();
  private final Deque<Turn> queue = new ArrayDeque<>();
  private final Deque<Turn> repairs = new ArrayDeque<>();
  private final Set<SentBlock> gathering = new HashSet<>();
  private long keptBytes;
  private boolean running;
  private long creditAt;
  private boolean closed;

  CastSender(
      MeshTime time,
      CastWire wire,
      CastCounts counts,
      int paceMbit,
      LongSupplier session,
      LongSupplier nextSequence) {
    this.time = time;
    this.wire = wire;
    this.counts = counts;
    this.paceMbit = paceMbit;
    this.session = session;
    this.nextSequence = nextSequence;
  }

  /** Sends a part that this sender calls by a track's number. Each part once. */
  void send(int track, LogPosition at, Bytes bytes, long until) {
    sweep();
    Key key = new Key(track, at);
    if (closed || kept.containsKey(key) || keptBytes + bytes.length() > MAX_KEPT_BYTES) {
      return;
    }
    Sending sending = new Sending(key, SymbolLayout.of(bytes.length()), until);
    List<Turn> turns = new ArrayList<>();
    for (int block = 0; block < sending.layout().blocks(); block++) {
      loss.sent();
      List<Bytes> source = sending.layout().cut(bytes, block);
      turns.add(new Turn(sending, block, new SentBlock(source, loss.parity(source.size()))));
    }
    counts.partsOut++;
    kept.put(key, turns);
    keptBytes += bytes.length();
    queue.addAll(turns);
    run();
  }

  /** Forgets what is of no use any more. */
  private void sweep() {
    long now = time.nanoTime();
    kept.values()
        .removeIf(
            turns -> {
              Sending sending = turns.getFirst().of();
              boolean over = now - sending.until() > 0;
              keptBytes -= over ? sending.layout().sizeBytes() : 0;
              return over;
            });
  }

  /** A listener lacks symbols. */
  void nack(Frame.Nack nack) {
    counts.nacksIn++;
    List<Turn> turns = kept.getOrDefault(new Key(nack.track(), nack.at()), List.of());
    long now = time.nanoTime();
    if (nack.block() >= turns.size() || now - turns.getFirst().of().until() > 0) {
      counts.nacksRefused++;
      return;
    }
    Turn turn = turns.get(nack.block());
    SymbolLayout layout = turn.of().layout();
    SentBlock block = turn.symbols();
    if (nack.missing() > layout.k() || block.isUsedUp()) {
      counts.nacksRefused++;
      return;
    }
    loss.nack(nack, layout.k());
    long recent = now - IN_FLIGHT - TimeUnit.MILLISECONDS.toNanos(nack.roundTripMs());
    if (!budget.take(nack.id(), nack.missing(), layout.k() * layout.blocks(), now)) {
      counts.nacksRefused++;
    } else if (block.lacks(nack.missing(), nack.highest(), recent) > 0 && gathering.add(block)) {
      time.after(GATHER, () -> answer(turn));
    }
  }

  private void answer(Turn turn) {
    gathering.remove(turn.symbols());
    counts.nacksRefused += turn.symbols().answer() ? 0 : 1;
    repairs.add(turn);
    run();
  }

  private void run() {
    if (!running && !closed) {
      running = true;
      creditAt = time.nanoTime() - STEP;
      step();
    }
  }

  /** Sends what is due by now. */
  private void step() {
    long now = time.nanoTime();
    creditAt = Math.max(creditAt, now - MAX_CREDIT);
    while (creditAt <= now && !closed) {
      Turn turn = next(now);
      if (turn == null) {
        running = false;
        return;
      }
      creditAt += send(turn, now);
    }
    time.after(STEP, this::step);
  }

  private @Nullable Turn next(long now) {
    for (Deque<Turn> each : List.of(repairs, queue)) {
      while (!each.isEmpty()) {
        Turn turn = each.element();
        if (turn.symbols().hasNext() && now - turn.of().until() <= 0) {
          return turn;
        }
        each.remove();
      }
    }
    return null;
  }

  /** Sends a symbol; how long the wire has it, nanoseconds. */
  private long send(Turn turn, long now) {
    Sending of = turn.of();
    int index = turn.symbols().nextIndex();
    int k = of.layout().k();
    Bytes data = turn.symbols().next(now);
    counts.symbolsOut++;
    counts.parityOut += index >= k ? 1 : 0;
    wire.toGroup(
        new Frame.Symbol(
            of.key().track(),
            session.getAsLong(),
            nextSequence.getAsLong(),
            of.key().at(),
            of.layout().sizeBytes(),
            turn.block(),
            of.layout().blocks(),
            k,
            index,
            paceMbit,
            data));
    return (data.length() + (long) HEAD_BYTES) * Byte.SIZE * 1000 / paceMbit;
  }

  /** What was lost of late, 0 to 1. */
  double lossShare() {
    return loss.share();
  }

  void close() {
    closed = true;
    queue.clear();
    repairs.clear();
  }
}

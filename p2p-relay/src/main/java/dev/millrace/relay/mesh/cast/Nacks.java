package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.MeshTime;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * When a listener asks for symbols that it lacks (section 8): as soon as all of a block must have
 * passed, by its highest index or by the time that takes, after a random pause; again each 15 ms.
 * Where more than 50 listen the pause is longer, and who sees that parity comes waits for it. The
 * mesh's executor.
 */
final class Nacks {
  private static final long MARGIN = TimeUnit.MILLISECONDS.toNanos(3);
  private static final long AGAIN = TimeUnit.MILLISECONDS.toNanos(15);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(3);
  private static final long LONG_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

  /** A block of which something came so short ago is still being sent. */
  private static final long FLOWS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final int MANY = 50;
  private static final int MAX_NACKS = 20;

  /**
   * What is asked of whom.
   *
   * @param symbol one of the part
   * @param until nothing is asked any more
   * @param isOpen whether the part is needed still
   */
  record Asking(
      Session from,
      Frame.Symbol symbol,
      PartAssembly assembly,
      long until,
      BooleanSupplier isOpen) {
    BlockAssembly block(int block) {
      return assembly.block(block);
    }
  }

  private final MeshTime time;
  private final RandomGenerator random;
  private final CastWire wire;
  private final CastCounts counts;
  private final Bytes self;
  private final ToIntFunction<Bytes> roundTripMs;

  /**
   * Asks.
   *
   * @param self this relay's id
   * @param roundTripMs to a relay
   */
  Nacks(
      MeshTime time,
      RandomGenerator random,
      CastWire wire,
      CastCounts counts,
      Bytes self,
      ToIntFunction<Bytes> roundTripMs) {
    this.time = time;
    this.random = random;
    this.wire = wire;
    this.counts = counts;
    this.self = self;
    this.roundTripMs = roundTripMs;
  }

  /** The first symbol of a part came: all of its blocks should be here after a while. */
  void begins(Asking asking) {
    SymbolLayout layout = asking.assembly().layout();
    int symbols = layout.k() + LossEstimate.MIN_PARITY;
    long blockNanos = layout.nanos(symbols, asking.symbol().paceMbit());
    for (int block = 0; block < layout.blocks(); block++) {
      int behind = 1 + Math.max(0, block - asking.symbol().block());
      int each = block;
      time.after(behind * blockNanos * 13 / 10 + MARGIN, () -> plan(asking, each));
    }
  }

  /** As many symbols of a block have passed as come in any case. */
  void passed(Asking asking) {
    plan(asking, asking.symbol().block());
  }

  private void plan(Asking asking, int block) {
    BlockAssembly lacks = asking.block(block);
    if (!lacks.asking && !lacks.isDone() && asking.isOpen().getAsBoolean()) {
      lacks.asking = true;
      pause(asking, block, 0);
    }
  }

  private void pause(Asking asking, int block, long longer) {
    int highest = asking.block(block).highest();
    long pause = asking.from().listeners() > MANY ? LONG_PAUSE : PAUSE;
    // Behind what waits for this thread: after a pause of its own that may be all that lacks.
    time.after(
        longer + random.nextLong(pause + 1), () -> time.execute(() -> ask(asking, block, highest)));
  }

  private void ask(Asking asking, int block, int highestBefore) {
    BlockAssembly lacks = asking.block(block);
    long now = time.nanoTime();
    if (lacks.isDone()
        || lacks.asked >= MAX_NACKS
        || now - asking.until() > 0
        || !asking.isOpen().getAsBoolean()) {
      return;
    }
    boolean flows = lacks.highest() >= 0 && !lacks.hasPassed() && now - lacks.lastAt() < FLOWS;
    boolean others = asking.from().listeners() > MANY && lacks.highest() > highestBefore;
    if (flows || others) {
      pause(asking, block, flows ? FLOWS : 0);
      return;
    }
    lacks.asked++;
    counts.nacksOut++;
    Frame.Symbol symbol = asking.symbol();
    Bytes relay = asking.from().relay();
    wire.to(
        asking.from().address,
        new Frame.Nack(
            symbol.track(),
            symbol.session(),
            symbol.at(),
            block,
            lacks.missing(),
            lacks.highest() < 0 ? SentBlock.NOTHING : lacks.highest(),
            relay == null ? 0 : roundTripMs.applyAsInt(relay),
            self));
    pause(asking, block, AGAIN);
  }
}

package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.ReedSolomon;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The symbols of a block that came, until any k of them give it. The mesh's executor. */
final class BlockAssembly {
  private final int k;
  private @Nullable Bytes[] symbols;
  private List<Bytes> source = List.of();
  private int count;
  private int parity;
  private int highest = -1;
  private long lastAt;

  /** NACKs of it so far. */
  int asked;

  /** A NACK is due at some time. */
  boolean asking;

  BlockAssembly(SymbolLayout layout) {
    k = layout.k();
    symbols = new Bytes[layout.indices()];
  }

  boolean isDone() {
    return !source.isEmpty();
  }

  /**
   * Keeps a symbol.
   *
   * @return whether the block is done with it
   */
  boolean put(int index, Bytes data, long now) {
    if (isDone() || symbols[index] != null) {
      return false;
    }
    symbols[index] = data;
    count++;
    parity += index >= k ? 1 : 0;
    highest = Math.max(highest, index);
    lastAt = now;
    if (count < k) {
      return false;
    }
    source = decode();
    symbols = new Bytes[0];
    return true;
  }

  private List<Bytes> decode() {
    List<Integer> indices = new ArrayList<>(count);
    List<Bytes> data = new ArrayList<>(count);
    for (int index = 0; index < symbols.length; index++) {
      Bytes symbol = symbols[index];
      if (symbol != null) {
        indices.add(index);
        data.add(symbol);
      }
    }
    return ReedSolomon.decode(k, indices, data);
  }

  /** The k source symbols; empty before it is done. */
  List<Bytes> source() {
    return source;
  }

  /** Symbols that it still needs. */
  int missing() {
    return isDone() ? 0 : k - count;
  }

  /** The highest index that came; -1 if none did. */
  int highest() {
    return highest;
  }

  /** Whether as many have passed as are sent in any case. */
  boolean hasPassed() {
    return highest >= k + LossEstimate.MIN_PARITY - 1;
  }

  /** When something of it came last. */
  long lastAt() {
    return lastAt;
  }

  /** Whether it is made with symbols of parity. */
  boolean isRepaired() {
    return isDone() && parity > 0;
  }
}

package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.ReedSolomon;
import java.util.ArrayList;
import java.util.List;

/**
 * How a part is cut in blocks and symbols (section 8): both ends find the same from its size.
 * Immutable.
 *
 * @param blocks of equal length, the last one padded with zeros
 * @param blockBytes of each
 * @param k source symbols of each block
 * @param symbolBytes of each symbol
 */
record SymbolLayout(int sizeBytes, int blocks, int blockBytes, int k, int symbolBytes) {
  private static final int MAX_SYMBOL_BYTES = 1312;
  private static final int MIN_SYMBOL_BYTES = 16;
  private static final int MAX_BLOCK_BYTES = ReedSolomon.MAX_SOURCE * MAX_SYMBOL_BYTES;

  /** That of a part of 1 byte to 32 MiB. */
  static SymbolLayout of(int sizeBytes) {
    int blocks = Math.ceilDiv(sizeBytes, MAX_BLOCK_BYTES);
    int blockBytes = Math.ceilDiv(sizeBytes, blocks);
    int k = Math.ceilDiv(blockBytes, MAX_SYMBOL_BYTES);
    int symbolBytes = Math.max(MIN_SYMBOL_BYTES, Math.ceilDiv(blockBytes, k));
    return new SymbolLayout(sizeBytes, blocks, blockBytes, k, symbolBytes);
  }

  /** Whether a symbol says of itself what follows from the size of its part. */
  boolean fits(Frame.Symbol symbol) {
    return symbol.blocks() == blocks
        && symbol.k() == k
        && symbol.data().length() == symbolBytes
        && symbol.sizeBytes() == sizeBytes;
  }

  /** Indices that a block may have: source and parity. */
  int indices() {
    return k + ReedSolomon.MAX_PARITY;
  }

  /** How long the symbols of a block take, nanoseconds. */
  long nanos(int symbols, int paceMbit) {
    return (long) symbols * symbolBytes * Byte.SIZE * 1000 / Math.max(1, paceMbit);
  }

  /** The source symbols of a block. */
  List<Bytes> cut(Bytes part, int block) {
    int end = Math.min(part.length(), (block + 1) * blockBytes);
    List<Bytes> symbols = new ArrayList<>(k);
    for (int i = 0; i < k; i++) {
      int from = Math.min(end, block * blockBytes + i * symbolBytes);
      // A block's last symbol may run into the next block: it is padded there, too.
      int length = Math.clamp((long) end - from, 0, symbolBytes);
      symbols.add(padded(part.slice(from, length)));
    }
    return symbols;
  }

  private Bytes padded(Bytes symbol) {
    if (symbol.length() == symbolBytes) {
      return symbol;
    }
    byte[] whole = new byte[symbolBytes];
    symbol.copyTo(0, whole, 0, symbol.length());
    return Bytes.wrap(whole);
  }

  /** The part, of all source symbols of each of its blocks. */
  Bytes join(List<List<Bytes>> all) {
    List<Bytes> pieces = new ArrayList<>();
    for (int block = 0; block < blocks; block++) {
      int left = Math.min(blockBytes, sizeBytes - block * blockBytes);
      for (Bytes symbol : all.get(block)) {
        int length = Math.min(symbolBytes, left);
        pieces.add(symbol.slice(0, length));
        left -= length;
      }
    }
    return Bytes.concat(pieces);
  }
}

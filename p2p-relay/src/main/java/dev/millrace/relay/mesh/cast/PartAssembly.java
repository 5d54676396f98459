package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;

/** The blocks of a part as one sender sends them. The mesh's executor. */
final class PartAssembly {
  private final SymbolLayout layout;
  private final List<BlockAssembly> blocks = new ArrayList<>();
  private long bytes;

  PartAssembly(SymbolLayout layout) {
    this.layout = layout;
    for (int i = 0; i < layout.blocks(); i++) {
      blocks.add(new BlockAssembly(layout));
    }
  }

  SymbolLayout layout() {
    return layout;
  }

  BlockAssembly block(int block) {
    return blocks.get(block);
  }

  /** Notes that so much memory is taken for it. */
  void took(int symbolBytes) {
    bytes += symbolBytes;
  }

  /** What it takes of memory. */
  long bytes() {
    return bytes;
  }

  boolean isDone() {
    return blocks.stream().allMatch(BlockAssembly::isDone);
  }

  /** The part, when all blocks are done. */
  Bytes join() {
    return layout.join(blocks.stream().map(BlockAssembly::source).toList());
  }
}

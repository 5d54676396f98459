package dev.millrace.relay.mesh.cast;

/** What binding M has done since it began. The mesh's executor. */
final class CastCounts {
  long partsOut;
  long symbolsOut;
  long parityOut;
  long nacksIn;
  long nacksRefused;
  long symbolsIn;
  long symbolsLost;
  long partsIn;
  long blocks;
  long blocksRepaired;
  long nacksOut;
  long wrong;
  long strangers;
  long replayed;
  long misfits;
  long dropped;
  long falls;

  CastSnapshot snapshot(int heard, int known, int listeners) {
    return new CastSnapshot(
        heard,
        known,
        listeners,
        partsOut,
        symbolsOut,
        parityOut,
        nacksIn,
        nacksRefused,
        symbolsIn,
        symbolsLost,
        partsIn,
        blocks,
        blocksRepaired,
        nacksOut,
        wrong,
        strangers,
        replayed,
        misfits,
        dropped,
        falls);
  }
}

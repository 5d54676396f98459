package dev.millrace.relay.mesh;

import java.util.List;

/** What a mesh has done since it began. Mesh's executor. */
final class Counts {
  long objects;
  long complete;
  long late;
  long expired;
  long edgeParts;
  long edgeBytes;
  long fed;
  long hedged;
  long fallback;
  long asked;
  long cancelled;
  long chunksIn;
  long repaired;
  long duplicates;
  long chunksOut;
  long leftOut;
  long refused;
  long dropped;
  long malformed;
  long blames;

  MeshSnapshot snapshot(List<MeshSnapshot.Peer> peers, List<MeshSnapshot.Ban> bans) {
    return new MeshSnapshot(
        objects,
        complete,
        late,
        expired,
        edgeParts,
        edgeBytes,
        fed,
        hedged,
        fallback,
        asked,
        cancelled,
        chunksIn,
        repaired,
        duplicates,
        chunksOut,
        leftOut,
        refused,
        dropped,
        malformed,
        blames,
        peers,
        bans);
  }
}

package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The parts of one rendition, and whether bytes are theirs: by looking them up instead of hashing
 * what a thousand relays receive.
 */
final class SimulatedParts implements PartCheck {
  static final StreamPath PATH = new StreamPath("live", "simulated");
  static final String RENDITION = "1080p";
  static final int PARTS_OF_SEGMENT = 6;
  private static final long EPOCH = 1;

  private final int sizeBytes;
  private final long durationUs;
  private final RandomGenerator random;
  private final Map<LogPosition, Bytes> parts = new HashMap<>();
  private final Map<Bytes, List<Bytes>> equal = new HashMap<>();
  private final IdentityHashMap<Bytes, List<Bytes>> leaves = new IdentityHashMap<>();
  private final Map<Bytes, Bytes> chunks = new HashMap<>();

  SimulatedParts(int sizeBytes, long durationUs, RandomGenerator random) {
    this.sizeBytes = sizeBytes;
    this.durationUs = durationUs;
    this.random = random;
  }

  static LogPosition position(long number) {
    return new LogPosition(EPOCH, 1 + number / PARTS_OF_SEGMENT, (int) (number % PARTS_OF_SEGMENT));
  }

  /** Makes the next part. */
  PartEntry make(long number) {
    LogPosition at = position(number);
    byte[] content = new byte[sizeBytes];
    random.nextBytes(content);
    Bytes part = Bytes.wrap(content);
    List<Bytes> hashes = new ArrayList<>();
    for (int from = 0; from < sizeBytes; from += FrameType.CHUNK_BYTES) {
      byte[] hash = new byte[32];
      random.nextBytes(hash);
      Bytes leaf = Bytes.wrap(hash);
      hashes.add(leaf);
      chunks.put(leaf, part.slice(from, Math.min(FrameType.CHUNK_BYTES, sizeBytes - from)));
    }
    parts.put(at, part);
    leaves.put(part, hashes);
    equal.put(part, hashes);
    boolean last = at.part() == PARTS_OF_SEGMENT - 1;
    return new PartEntry(
        at,
        durationUs,
        sizeBytes,
        at.part() == 0,
        last,
        false,
        0,
        "init",
        0,
        0,
        hashes.getFirst(),
        hashes.getLast());
  }

  Bytes part(LogPosition at) {
    return parts.getOrDefault(at, Bytes.EMPTY);
  }

  @Override
  public List<Bytes> leaves(Bytes part) {
    List<Bytes> same = leaves.get(part);
    // What was put together of symbols is equal, and not the same.
    return same == null ? equal.getOrDefault(part, List.of()) : same;
  }

  @Override
  public boolean fits(List<Bytes> all, PartEntry entry) {
    return !all.isEmpty()
        && all.getFirst().equals(entry.sha256())
        && all.getLast().equals(entry.tree());
  }

  @Override
  public boolean isChunk(Bytes data, Bytes leaf) {
    return chunks.getOrDefault(leaf, Bytes.EMPTY).equals(data);
  }

  @Override
  public boolean isPart(Bytes part, PartEntry entry) {
    return part.equals(part(entry.position()));
  }
}

package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One part, from its first sign to its end (section 7): which of its chunks are here, and what is
 * known of others. Decides nothing. Mesh's executor.
 */
final class ObjectState {
  /** The states of section 7, and {@code OLD}: in the window before anybody here wanted it. */
  enum Phase {
    UNKNOWN,
    OLD,
    EXPECTED,
    PARTIAL,
    COMPLETE,
    EXPIRED
  }

  /** A frame that came before its entry was signed. */
  record Aside(Peer from, Frame.Linked frame, int bytes) {}

  /** A chunk that was asked for and has not come. */
  record Wanted(Peer from, long at) {}

  final Rendition rendition;
  final LogPosition at;
  final List<Aside> aside = new ArrayList<>();
  final List<CompletableFuture<Bytes>> players = new ArrayList<>();

  /** Who sent its leaves. */
  final Set<Peer> headFrom = new HashSet<>();

  /** Who was sent its leaves. */
  final Set<Peer> headTo = new HashSet<>();

  /** What others have of it, as they say. */
  final Map<Peer, BitSet> holders = new HashMap<>();

  final Map<Integer, Wanted> open = new HashMap<>();

  /** Who refused, and until when not to ask again. */
  final Map<Peer, Long> refused = new HashMap<>();

  /** Who did not send in time what was asked. */
  final Set<Peer> failed = new HashSet<>();

  /** Who said when that it has not got it yet, but will. */
  final Map<Peer, Long> busy = new HashMap<>();

  private final Map<Peer, BitSet> spared = new HashMap<>();
  private Phase phase = Phase.UNKNOWN;
  private @Nullable PartEntry entry;
  private List<Bytes> leaves = List.of();
  private @Nullable Bytes[] chunks = {};
  private int count;
  private final long[] cameAt = new long[StripeTrees.STRIPES];
  private final int[] highest = new int[StripeTrees.STRIPES];
  private long firstAt;
  long signedAt;

  /** When a symbol of it came last; 0 if none did. */
  long symbolAt;

  /** It was fetched in place of the feeder: all stripes are passed on. */
  boolean pushed;

  /** Under way from the edge. */
  @Nullable CompletableFuture<Bytes> fetch;

  /** This relay feeds it: it is being fetched, or is the next. */
  boolean fed;

  /** How many chunks others were told of last, and when. */
  int told = -1;

  long toldAt;

  /** How long it took was noted. */
  boolean timed;

  ObjectState(Rendition rendition, LogPosition at) {
    this.rendition = rendition;
    this.at = at;
  }

  Phase phase() {
    return phase;
  }

  void phase(Phase next) {
    phase = next;
    if (next == Phase.EXPIRED) {
      chunks = new Bytes[chunks.length];
      count = 0;
      leaves = List.of();
    }
    if (next == Phase.EXPIRED || next == Phase.COMPLETE) {
      open.clear();
      aside.clear();
    }
  }

  /** Its entry is signed. */
  void sign(PartEntry signed, long now) {
    entry = signed;
    signedAt = now;
    chunks = new Bytes[Math.ceilDiv(signed.sizeBytes(), FrameType.CHUNK_BYTES)];
  }

  PartEntry entry() {
    PartEntry known = entry;
    if (known == null) {
      throw new IllegalStateException(at + " is not signed");
    }
    return known;
  }

  /** Whether it is signed, and not all here, and not over. */
  boolean isOpen() {
    return phase == Phase.EXPECTED || phase == Phase.PARTIAL;
  }

  boolean isComplete() {
    return phase == Phase.COMPLETE;
  }

  /** Whether it was signed. */
  boolean isSigned() {
    return entry != null;
  }

  int size() {
    return entry().sizeBytes();
  }

  int chunks() {
    return chunks.length;
  }

  /** How long a chunk is, bytes. */
  int length(int chunk) {
    return chunk == chunks.length - 1
        ? size() - chunk * FrameType.CHUNK_BYTES
        : FrameType.CHUNK_BYTES;
  }

  List<Bytes> leaves() {
    return leaves;
  }

  void leaves(List<Bytes> verified) {
    leaves = verified;
  }

  boolean has(int chunk) {
    return chunk < chunks.length && chunks[chunk] != null;
  }

  int count() {
    return count;
  }

  /** The chunks of the stripes that are needed here and did not come, ascending. */
  List<Integer> lacking() {
    int stripes = rendition.stripes();
    List<Integer> lacking = new ArrayList<>();
    for (int chunk = 0; chunk < chunks.length; chunk++) {
      if (chunks[chunk] == null && (stripes >> StripeTrees.stripe(chunk) & 1) == 1) {
        lacking.add(chunk);
      }
    }
    return lacking;
  }

  /** Whether fewer than half of the chunks came of the stripes that are needed. */
  boolean isSlow() {
    int needed = chunks.length * Integer.bitCount(rendition.stripes()) / StripeTrees.STRIPES;
    return lacking().size() * 2 > needed;
  }

  Bytes chunk(int chunk) {
    Bytes data = chunks[chunk];
    if (data == null) {
      throw new IllegalStateException("chunk " + chunk + " of " + at + " is not here");
    }
    return data;
  }

  /** A chunk came along the tree of its stripe. */
  void cameAlong(int chunk, long now) {
    int stripe = StripeTrees.stripe(chunk);
    cameAt[stripe] = now;
    firstAt = firstAt == 0 ? now : firstAt;
    highest[stripe] = Math.max(highest[stripe], chunk);
  }

  /** Whether anything of a stripe came along its tree. */
  boolean came(int stripe) {
    return cameAt[stripe] != 0;
  }

  /**
   * Whether a chunk may still come unasked: symbols do, or along its tree, where its stripe flows
   * and is not beyond it.
   */
  boolean mayCome(int chunk, long now, long quiet) {
    if (symbolAt != 0 && now - symbolAt < quiet) {
      return true;
    }
    int stripe = StripeTrees.stripe(chunk);
    return cameAt[stripe] != 0 && now - cameAt[stripe] < quiet && chunk > highest[stripe];
  }

  /** Whether a symbol came so short ago. */
  boolean isCast(long now, long quiet) {
    return symbolAt != 0 && now - symbolAt < quiet;
  }

  /** Whether all will be here by then, if chunks go on coming as fast as so far. */
  boolean endsBefore(long then, long now) {
    return count > 0 && firstAt != 0 && firstAt + (now - firstAt) * chunks.length / count < then;
  }

  /** Keeps a verified chunk. */
  void put(int chunk, Bytes data) {
    if (chunks[chunk] == null) {
      chunks[chunk] = data;
      count++;
    }
    open.remove(chunk);
  }

  boolean isWhole() {
    return count == chunks.length;
  }

  /** All of its bytes; put together once. */
  Bytes whole() {
    List<Bytes> all = new ArrayList<>(chunks.length);
    for (int i = 0; i < chunks.length; i++) {
      all.add(chunk(i));
    }
    return all.size() == 1 ? all.getFirst() : Bytes.concat(all);
  }

  /** One bit for each chunk that is here, the first chunk in the highest bit. */
  Bytes bitmap() {
    byte[] bits = new byte[Math.ceilDiv(chunks.length, 8)];
    for (int i = 0; i < chunks.length; i++) {
      if (chunks[i] != null) {
        bits[i / 8] |= (byte) (0x80 >> i % 8);
      }
    }
    return Bytes.wrap(bits);
  }

  /** Whether a peer has a chunk, does not want it, or was sent it. */
  boolean spares(Peer peer, int chunk) {
    BitSet bits = spared.get(peer);
    return bits != null && bits.get(chunk);
  }

  void spare(Peer peer, int chunk) {
    spared.computeIfAbsent(peer, any -> new BitSet(chunks.length)).set(chunk);
  }

  void spareAll(Peer peer) {
    spared.computeIfAbsent(peer, any -> new BitSet()).set(0, FrameType.MAX_CHUNKS);
  }

  /** A chunk that was to be sent was not. */
  void notSent(Peer peer, int chunk) {
    BitSet bits = spared.get(peer);
    if (bits != null) {
      bits.clear(chunk);
    }
  }

  /** Players get what they wait for, or why not. */
  void answerPlayers(Consumer<CompletableFuture<Bytes>> answer) {
    List<CompletableFuture<Bytes>> waiting = List.copyOf(players);
    players.clear();
    waiting.forEach(answer);
  }

  /** A peer is gone: what it had, was sent and was asked for is void. */
  void forget(Peer peer) {
    holders.remove(peer);
    spared.remove(peer);
    headFrom.remove(peer);
    headTo.remove(peer);
    refused.remove(peer);
    failed.remove(peer);
    busy.remove(peer);
    open.values().removeIf(wanted -> wanted.from() == peer);
    aside.removeIf(each -> each.from() == peer);
  }

  @Override
  public String toString() {
    return rendition + " " + at + " " + phase + " " + count + "/" + chunks.length;
  }
}

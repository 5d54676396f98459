package dev.millrace.cluster.placement;

import dev.millrace.cluster.NodeInfo;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Highest random weight: each node has a score for a key, and the nodes with the highest ones are
 * chosen. A node that comes takes from each other its even share and moves nothing else; a node
 * that goes gives up only what it had.
 *
 * <p>The score is part of the protocol between nodes and must never change; all arithmetic is on 64
 * bits, modulo 2^64:
 *
 * <pre>
 * fnv(text)      = FNV-1a of the UTF-8 bytes: h = 0xcbf29ce484222325; for each byte: h = (h xor byte) * 0x100000001b3
 * mix(x)         = x ^= x >>> 30; x *= 0xbf58476d1ce4e5b9; x ^= x >>> 27; x *= 0x94d049bb133111eb; x ^= x >>> 31   (SplitMix64)
 * score(key, id) = mix(mix(fnv(key)) xor rotateLeft(mix(fnv(id)), 32))
 * </pre>
 *
 * <p>The higher unsigned score comes first, a tie goes to the smaller id. For example {@code
 * score("live/main", "0123456789")} is {@code 0xed59670481f01caf}.
 */
public final class Rendezvous {
  private Rendezvous() {}

  /** How much a key belongs to a node; to be compared unsigned. */
  public static long score(String key, String nodeId) {
    return score(hash(key), hash(nodeId));
  }

  /** All the nodes, the one that the key belongs to most first. */
  public static List<NodeInfo> ranked(String key, Collection<NodeInfo> nodes) {
    long keyHash = hash(key);
    List<NodeInfo> ranked = new ArrayList<>(nodes);
    ranked.sort(
        Comparator.comparingLong((NodeInfo node) -> ~score(keyHash, hash(node.id())) ^ SIGN)
            .thenComparing(NodeInfo::id));
    return ranked;
  }

  private static final long SIGN = Long.MIN_VALUE;

  static long score(long keyHash, long nodeHash) {
    return mix(keyHash ^ Long.rotateLeft(nodeHash, 32));
  }

  /** What {@link #score(long, long)} takes, for those who use one many times. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xFF)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  private static long mix(long value) {
    long x = value;
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}

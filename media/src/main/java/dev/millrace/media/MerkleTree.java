package dev.millrace.media;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The hash tree over the chunks of some bytes, in the shape of RFC 6962 §2.1, SHA-256: with its
 * root and the list of its leaves each chunk can be checked alone. Stateless.
 */
public final class MerkleTree {
  /** Length of all chunks but the last, bytes. */
  public static final int CHUNK_BYTES = 16 * 1024;

  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private MerkleTree() {}

  /** The root over the chunks of these bytes, 32 bytes; empty of no bytes. */
  public static Bytes root(Bytes data) {
    return root(leaves(data));
  }

  /** How many chunks so many bytes have. */
  public static int chunks(int sizeBytes) {
    return Math.ceilDiv(sizeBytes, CHUNK_BYTES);
  }

  /** The hash of each chunk, in order. */
  public static List<Bytes> leaves(Bytes data) {
    MessageDigest digest = sha256();
    List<Bytes> leaves = new ArrayList<>(chunks(data.length()));
    for (int at = 0; at < data.length(); at += CHUNK_BYTES) {
      leaves.add(leaf(digest, data.slice(at, Math.min(CHUNK_BYTES, data.length() - at))));
    }
    return leaves;
  }

  /** The hash of one chunk. */
  public static Bytes leaf(Bytes chunk) {
    return leaf(sha256(), chunk);
  }

  /** The root over these leaves; empty of none. */
  public static Bytes root(List<Bytes> leaves) {
    return leaves.isEmpty() ? Bytes.EMPTY : root(sha256(), leaves);
  }

  private static Bytes root(MessageDigest digest, List<Bytes> leaves) {
    int count = leaves.size();
    if (count == 1) {
      return leaves.getFirst();
    }
    // RFC 6962 §2.1: the left side has the largest power of two that is smaller than the count.
    int left = Integer.highestOneBit(count - 1);
    Bytes first = root(digest, leaves.subList(0, left));
    Bytes second = root(digest, leaves.subList(left, count));
    digest.update(NODE);
    first.updateDigest(digest);
    second.updateDigest(digest);
    return Bytes.wrap(digest.digest());
  }

  private static Bytes leaf(MessageDigest digest, Bytes chunk) {
    digest.update(LEAF);
    chunk.updateDigest(digest);
    return Bytes.wrap(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

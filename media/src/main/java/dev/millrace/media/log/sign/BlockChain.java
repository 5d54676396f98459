package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.SignedBlock;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * The blocks of one signer and tenure, as one holder tells them. Holes are no fault: windows have
 * them. Of consecutive blocks that have come and were not verified, the last signature proves what
 * all of them say, since each names the one before it. Single-threaded.
 */
final class BlockChain {
  /** A window's blocks that wait for their signer or to be verified. */
  static final int MAX_WAITING = 8_192;

  private final StreamPath path;
  private final TreeMap<Long, SignedBlock> waiting = new TreeMap<>();

  /** Number and hash of the newest that was verified; 0 and none before. */
  private long verified;

  private Bytes verifiedHash = SignedBlock.NO_PREVIOUS;

  BlockChain(StreamPath path) {
    this.path = path;
  }

  /**
   * Takes a block; false if it is there already.
   *
   * @throws ProtocolException (malformed) if another one has its number
   */
  boolean take(SignedBlock block) {
    SignedBlock known = waiting.putIfAbsent(block.number(), block);
    boolean other =
        known == null
            ? block.number() == verified && !block.hash(path).equals(verifiedHash)
            : !known.equals(block);
    if (other) {
      throw wrong(block, "is another one than was told before");
    }
    return known == null;
  }

  /**
   * Verifies what waits.
   *
   * @param each whether each signature is verified, also of blocks that the next one names
   * @return it, in order
   * @throws ProtocolException (malformed) if a signature is wrong, or a block is not the one that
   *     the next one names
   */
  List<SignedBlock> prove(PublicKey key, boolean each) {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<SignedBlock> proven = new ArrayList<>(waiting.size());
    SignedBlock next = null;
    for (SignedBlock block : waiting.descendingMap().values()) {
      boolean named = next != null && next.number() == block.number() + 1;
      if (named && next != null && !next.previous().equals(block.hash(path))) {
        throw wrong(block, "is not the one that the next block names");
      }
      if ((each || !named) && !Ed25519.verify(key, block.text(path), block.signature())) {
        throw wrong(block, "has a wrong signature");
      }
      proven.add(block);
      next = block;
    }
    Collections.reverse(proven);
    checkBegin(proven.getFirst());
    SignedBlock newest = proven.getLast();
    if (newest.number() > verified) {
      verified = newest.number();
      verifiedHash = newest.hash(path);
    }
    waiting.clear();
    return proven;
  }

  private void checkBegin(SignedBlock first) {
    // The first of all names 32 zeros, which is what stands here before any was verified.
    if (first.number() == verified + 1 && !first.previous().equals(verifiedHash)) {
      throw wrong(first, "names another one before it");
    }
  }

  private static ProtocolException wrong(SignedBlock block, String what) {
    return ProtocolException.malformed(
        "block %d of %s, epoch %d, %s"
            .formatted(block.number(), block.signer().hex(), block.epoch(), what));
  }
}

package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.List;

/**
 * What one node has signed of a stream's log (docs/reference/relay-protocol.md, section 2).
 * Immutable.
 *
 * @param signer id of the key, 8 bytes
 * @param epoch of the session with which the signer's tenure began
 * @param number in the chain of this signer and tenure, from 1
 * @param previous {@link #hash} of the block before it; 32 zeros in the first
 * @param covered the records, in the order of the log
 * @param signature Ed25519 of {@link #text}, 64 bytes
 */
public record SignedBlock(
    Bytes signer, long epoch, long number, Bytes previous, List<Covered> covered, Bytes signature) {
  /** {@link #previous} of a first block. */
  public static final Bytes NO_PREVIOUS = Bytes.wrap(new byte[32]);

  /** So many records a block has at most. */
  public static final int MAX_RECORDS = 64;

  /**
   * A record that is covered.
   *
   * @param hash SHA-256 of its form in the streamed log
   */
  public record Covered(RecordName name, Bytes hash) {
    @Override
    public String toString() {
      return name + " " + hash.hex();
    }
  }

  public SignedBlock {
    covered = List.copyOf(covered);
  }

  /** Whether the other is of the same signer and tenure. */
  public boolean isOfChain(SignedBlock other) {
    return epoch == other.epoch && signer.equals(other.signer);
  }

  /** The lines of the covered records. */
  public Bytes body() {
    StringBuilder text = new StringBuilder();
    covered.forEach(each -> text.append(each).append('\n'));
    return Bytes.utf8(text.toString());
  }

  /** What is signed. */
  public Bytes text(StreamPath path) {
    String head =
        """
        millrace log block 1
        stream %s
        signer %s
        epoch %d
        block %d
        previous %s
        """
            .formatted(path, signer.hex(), epoch, number, previous.hex());
    return Bytes.concat(List.of(Bytes.utf8(head), body()));
  }

  /** By what the next block names it: SHA-256 of {@link #text}. */
  public Bytes hash(StreamPath path) {
    return text(path).sha256();
  }

  /** The same, signed. */
  public SignedBlock with(Bytes signed) {
    return new SignedBlock(signer, epoch, number, previous, covered, signed);
  }
}

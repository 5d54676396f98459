package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One node's chains of blocks of one stream: gathers what is to be signed, and cuts it into blocks.
 * Knows no time and no key; whoever has them signs what {@link #close} gives. Single-threaded.
 */
public final class LogSigner {
  private final StreamPath path;
  private final Bytes signer;
  private final Set<Covered> open = new LinkedHashSet<>();
  private long epoch;
  private long closed;
  private Bytes previous = SignedBlock.NO_PREVIOUS;

  /**
   * @param signer id of the key with which blocks will be signed
   */
  public LogSigner(StreamPath path, Bytes signer) {
    this.path = path;
    this.signer = signer;
  }

  /** Begins a chain, unless this tenure has one already. What waits will be its first. */
  public void begin(long tenure) {
    if (tenure != epoch) {
      epoch = tenure;
      closed = 0;
      previous = SignedBlock.NO_PREVIOUS;
    }
  }

  /** Takes one more record into the block that is open; passed over if it is there. */
  public void add(Covered record) {
    open.add(record);
  }

  /** How many records wait. */
  public int waiting() {
    return open.size();
  }

  /** Nothing waits any more. */
  public void clear() {
    open.clear();
  }

  /**
   * Closes the open block: the first {@value SignedBlock#MAX_RECORDS} records that wait.
   *
   * @return the block, without its signature; empty if nothing waits
   */
  public Optional<SignedBlock> close() {
    if (open.isEmpty()) {
      return Optional.empty();
    }
    List<Covered> records = new ArrayList<>(SignedBlock.MAX_RECORDS);
    var waiting = open.iterator();
    while (waiting.hasNext() && records.size() < SignedBlock.MAX_RECORDS) {
      records.add(waiting.next());
      waiting.remove();
    }
    SignedBlock block = new SignedBlock(signer, epoch, ++closed, previous, records, Bytes.EMPTY);
    previous = block.hash(path);
    return Optional.of(block);
  }
}

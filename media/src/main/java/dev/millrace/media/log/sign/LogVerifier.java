package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogCheck;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.SignerKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Verifies the signed log that one holder tells of one stream (docs/reference/relay-protocol.md,
 * section 3): that each record is in a block, and each block of a known signer and of its chain.
 * Any thread; the monitor guards everything.
 */
public final class LogVerifier implements LogCheck {
  private static final int MAX_SIGNERS = 256;

  private final StreamPath path;
  private final Predicate<SignerKey> vouched;
  private final boolean each;
  private final Map<Bytes, PublicKey> signers = new HashMap<>();
  private final Map<ChainName, BlockChain> chains = new LinkedHashMap<>();
  private final UnsignedRecords unsigned = new UnsignedRecords();
  private final Optional<HeldRecords> held;
  private List<LogRecord.Signing> proven = new ArrayList<>();
  private long presentation;
  private int waitingBlocks;

  /** One signer's tenure. */
  private record ChainName(Bytes signer, long epoch) {}

  /**
   * @param vouched whether a key is that of a node of the cluster
   * @param each whether each block's signature is verified, as whoever passes blocks on must;
   *     otherwise, of consecutive ones, the last, which proves what the others say
   */
  public LogVerifier(StreamPath path, Predicate<SignerKey> vouched, boolean each) {
    this(path, vouched, each, Optional.empty());
  }

  private LogVerifier(
      StreamPath path, Predicate<SignerKey> vouched, boolean each, Optional<HeldRecords> held) {
    this.path = path;
    this.each = each;
    this.vouched = vouched;
    this.held = held;
  }

  /**
   * One for relays: records are held until a verified block has named them, and each block is
   * verified.
   */
  public static LogVerifier holding(StreamPath path, Predicate<SignerKey> vouched) {
    return new LogVerifier(path, vouched, true, Optional.of(new HeldRecords()));
  }

  @Override
  public synchronized void record(LogRecord record) {
    switch (record) {
      case LogRecord.SignerTold(SignerKey key) -> learn(key);
      case LogRecord.Signed(SignedBlock block) -> take(block);
      default -> {
        if (record instanceof LogRecord.Opened(long epoch, var targets)) {
          presentation = epoch;
        }
        Optional<Covered> told = LogHashes.covered(record, presentation);
        told.ifPresent(covered -> unsigned.told(covered, record));
        held.ifPresent(holding -> holding.take(record, told));
      }
    }
  }

  private void learn(SignerKey key) {
    if (signers.containsKey(key.id())) {
      return;
    }
    if (!vouched.test(key)) {
      throw ProtocolException.malformed("nobody vouches for the signer " + key.id().hex());
    }
    if (signers.size() >= MAX_SIGNERS) {
      throw ProtocolException.limit("more than " + MAX_SIGNERS + " signers");
    }
    signers.put(key.id(), Ed25519.publicKey(key.publicKey()));
    proven.add(new LogRecord.SignerTold(key));
  }

  private void take(SignedBlock block) {
    if (waitingBlocks >= BlockChain.MAX_WAITING) {
      throw ProtocolException.limit("more than " + waitingBlocks + " blocks of unknown signers");
    }
    boolean taken =
        chains
            .computeIfAbsent(
                new ChainName(block.signer(), block.epoch()), name -> new BlockChain(path))
            .take(block);
    waitingBlocks += taken ? 1 : 0;
  }

  @Override
  public synchronized void windowComplete() {
    unsigned.begin();
    held.ifPresent(HeldRecords::windowComplete);
  }

  @Override
  public boolean holds() {
    return held.isPresent();
  }

  @Override
  public synchronized List<LogRecord> released() {
    return held.map(holding -> holding.release(name -> !unsigned.contains(name), unsigned::forget))
        .orElse(List.of());
  }

  @Override
  public synchronized boolean windowReleased() {
    return held.map(HeldRecords::takeWindow).orElse(false);
  }

  @Override
  public synchronized List<LogRecord.Signing> prove() {
    if (waitingBlocks > 0) {
      chains.forEach(
          (name, chain) -> {
            PublicKey key = signers.get(name.signer());
            if (key != null) {
              chain.prove(key, each).forEach(this::signed);
            }
          });
    }
    List<LogRecord.Signing> now = proven;
    proven = new ArrayList<>();
    return now;
  }

  private void signed(SignedBlock block) {
    waitingBlocks--;
    unsigned.signed(block);
    proven.add(new LogRecord.Signed(block));
  }

  @Override
  public synchronized void tick() {
    unsigned
        .tick()
        .ifPresent(
            since -> {
              throw ProtocolException.malformed(
                  "'%s' is not signed, though its log went on%s"
                      .formatted(
                          since, waitingBlocks > 0 ? " (by a signer that nobody told)" : ""));
            });
  }

  /** How many records no block names yet. */
  public synchronized int unsigned() {
    return unsigned.size();
  }
}

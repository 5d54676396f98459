package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.KeptBlocks;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.sign.LogHashes;
import dev.millrace.media.log.sign.LogSigner;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What is signed of one path's log, and by whom: blocks of other nodes that came with a copy, and
 * blocks of this node, which signs what it writes, and what nobody else will sign
 * (docs/reference/relay-protocol.md, section 2). Guarded by the lock of its {@link StreamStore}.
 */
final class StreamSigning {
  /** Copies make end markers themselves where they join two logs. */
  private static final long END_MARKER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Longer than a block is on its way: its writer has died. */
  private static final long UNSIGNED_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  /** What contradicts a block is never signed here. */
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int MAX_UNSIGNED = 20_000;

  /** What a copy has that no block names, and since when. */
  private record Unsigned(long sinceNanos, boolean endMarker) {}

  private final Optional<LogSigning> config;
  private final LogSigner signer;
  private final KeptBlocks kept = new KeptBlocks();
  private final Map<Covered, Unsigned> unsigned = new LinkedHashMap<>();

  /** Whether the local writer writes, and not a copy. */
  private boolean writing;

  /** Whether the open block will be closed by itself. */
  private boolean scheduled;

  StreamSigning(StreamPath path, Optional<LogSigning> config) {
    this.config = config;
    this.signer = new LogSigner(path, config.map(each -> each.key().id()).orElse(Bytes.EMPTY));
  }

  /** The local writer begins a presentation. */
  void open(long epoch) {
    writing = true;
    unsigned.clear();
    signer.clear();
    signer.begin(epoch);
  }

  /** The local writer goes on with what others wrote: he answers for what nobody has signed. */
  void takeOver(long epoch) {
    writing = true;
    signer.begin(epoch);
    signUnsigned(record -> true);
  }

  /** What is written from now on is a copy. */
  void copy() {
    writing = false;
  }

  /** A record was added to the log. */
  void recorded(LogRecord record, StreamView view, long nowNanos) {
    if (config.isEmpty()) {
      return;
    }
    LogHashes.covered(record, view.presentationEpoch())
        .filter(covered -> !kept.covers(covered))
        .ifPresent(
            covered -> {
              if (writing) {
                signer.add(covered);
              } else if (unsigned.size() < MAX_UNSIGNED) {
                unsigned.putIfAbsent(covered, new Unsigned(nowNanos, isEndMarker(record)));
              }
            });
  }

  private static boolean isEndMarker(LogRecord record) {
    return record instanceof LogRecord.Appended(var rendition, var entry) && entry.isEndMarker();
  }

  /** A signer or block came with a copy; false if it is known. */
  boolean came(LogRecord.Signing record) {
    boolean fresh = kept.take(record);
    if (fresh && record instanceof LogRecord.Signed(SignedBlock block)) {
      block.covered().forEach(unsigned::remove);
    }
    return fresh;
  }

  /** Signs what is unsigned for too long, and forgets blocks that nobody needs any more. */
  void sweep(StreamView view, long nowNanos) {
    kept.keepFor(view);
    if (unsigned.isEmpty()) {
      return;
    }
    signer.begin(Math.max(view.epoch(), 1));
    signUnsigned(
        record ->
            nowNanos - record.sinceNanos()
                >= (record.endMarker() ? END_MARKER_NANOS : UNSIGNED_NANOS));
    unsigned.values().removeIf(each -> nowNanos - each.sinceNanos() >= FORGET_NANOS);
  }

  private void signUnsigned(Predicate<Unsigned> due) {
    Set<Covered> taken = new HashSet<>();
    unsigned.forEach(
        (record, since) -> {
          if (due.test(since) && !kept.contradicts(record)) {
            taken.add(record);
            signer.add(record);
          }
        });
    unsigned.keySet().removeAll(taken);
  }

  /** What a new follower is told behind the window, or everybody behind a new beginning. */
  List<LogRecord> replay() {
    return kept.replay();
  }

  /** How long until the open block is to be closed; empty if that is known already, or none is. */
  Optional<LogSigning> toSchedule() {
    if (scheduled || signer.waiting() == 0) {
      return Optional.empty();
    }
    scheduled = true;
    return config;
  }

  /** Whether the open block is full. */
  boolean isFull() {
    return signer.waiting() >= SignedBlock.MAX_RECORDS;
  }

  /** Closes the open block; it is to be signed without the lock, and to come back. */
  Optional<SignedBlock> close() {
    scheduled = false;
    return signer.close();
  }

  /** The presentation is gone. */
  void clear() {
    kept.clear();
    unsigned.clear();
    signer.clear();
  }
}

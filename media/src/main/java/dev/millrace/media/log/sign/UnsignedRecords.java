package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which records of a log are in a verified block, whichever of both came first. Time is counted in
 * ticks of a quarter of a second, since a process that was itself stopped has seen no record
 * unsigned for long. Single-threaded.
 */
final class UnsignedRecords {
  /** More than any window has. */
  private static final int MAX_UNSIGNED = 20_000;

  /** Hashes whose records were not told yet, or never will be. */
  private static final int MAX_AHEAD = 20_000;

  /** Of records that are told again and again: beginnings, descriptions, ends. */
  private static final int MAX_REPEATED = 1_024;

  /** 2 s. */
  private static final int MAX_TICKS = 8;

  /** Records of so many ticks at the end of a log may stay unsigned: their writer died. */
  private static final int END_TICKS = 1;

  /** When a record was told, and when it was first seen that the log went on without it. */
  private static final class Wait {
    final long told;
    long passed = -1;

    Wait(long told) {
      this.told = told;
    }
  }

  private final Map<Covered, Wait> unsigned = new LinkedHashMap<>();

  /** Entries by name, of those that are unsigned and have media or are gaps. */
  private final Map<RecordName, Bytes> entries = new LinkedHashMap<>();

  private final Set<Covered> ahead = new LinkedHashSet<>();

  /** Of entries ahead, by blocks of their own session. */
  private final Map<RecordName, Bytes> entriesAhead = new LinkedHashMap<>();

  private final Set<Covered> repeated = new LinkedHashSet<>();
  private boolean begun;
  private long tick;
  private long newest;

  /** The window was told: from now on time counts. */
  void begin() {
    begun = true;
  }

  /**
   * A record was told.
   *
   * @throws ProtocolException (malformed) if a block says that something else stands there
   */
  void told(Covered record, LogRecord what) {
    newest = tick;
    boolean entry = record.name() instanceof RecordName.Entry;
    if (repeated.contains(record)) {
      return;
    }
    if (ahead.remove(record)) {
      entriesAhead.remove(record.name(), record.hash());
      if (!entry) {
        repeat(record);
      }
      return;
    }
    // Copies close a segment themselves where two logs are joined.
    boolean endMarker = what instanceof LogRecord.Appended(var r, var e) && e.isEndMarker();
    if (entry && !endMarker) {
      Bytes signed = entriesAhead.get(record.name());
      if (signed != null && !signed.equals(record.hash())) {
        throw contradiction(record.name());
      }
      entries.put(record.name(), record.hash());
    }
    unsigned.putIfAbsent(record, new Wait(tick));
    if (unsigned.size() > MAX_UNSIGNED) {
      throw ProtocolException.limit("more than " + MAX_UNSIGNED + " records are not signed");
    }
  }

  /**
   * A block was verified.
   *
   * @throws ProtocolException (malformed) if another entry was told than it names
   */
  void signed(SignedBlock block) {
    for (Covered record : block.covered()) {
      boolean entry = record.name() instanceof RecordName.Entry;
      if (unsigned.remove(record) != null) {
        entries.remove(record.name(), record.hash());
        if (!entry) {
          repeat(record);
        }
        continue;
      }
      if (repeated.contains(record)) {
        continue;
      }
      boolean own =
          record.name() instanceof RecordName.Entry(var rendition, var at)
              && at.epoch() == block.epoch();
      Bytes told = entries.get(record.name());
      if (own && told != null && !told.equals(record.hash())) {
        throw contradiction(record.name());
      }
      expect(record, own);
    }
  }

  private void expect(Covered record, boolean own) {
    ahead.add(record);
    if (own) {
      entriesAhead.put(record.name(), record.hash());
    }
    if (ahead.size() > MAX_AHEAD) {
      Covered oldest = ahead.iterator().next();
      ahead.remove(oldest);
      entriesAhead.remove(oldest.name(), oldest.hash());
    }
  }

  private void repeat(Covered record) {
    repeated.add(record);
    if (repeated.size() > MAX_REPEATED) {
      repeated.remove(repeated.iterator().next());
    }
  }

  /** Whether no block has named a record that was told. */
  boolean contains(Covered record) {
    return unsigned.containsKey(record);
  }

  /** A record was told that nobody need sign. */
  void forget(Covered record) {
    unsigned.remove(record);
  }

  /** Counts a tick; gives a record that is unsigned for too long, if there is one. */
  Optional<RecordName> tick() {
    if (!begun) {
      return Optional.empty();
    }
    tick++;
    Iterator<Map.Entry<Covered, Wait>> oldest = unsigned.entrySet().iterator();
    while (oldest.hasNext()) {
      Map.Entry<Covered, Wait> each = oldest.next();
      Wait wait = each.getValue();
      if (newest - wait.told <= END_TICKS) {
        break;
      }
      if (wait.passed < 0) {
        wait.passed = tick;
      } else if (tick - wait.passed >= MAX_TICKS) {
        return Optional.of(each.getKey().name());
      }
    }
    return Optional.empty();
  }

  int size() {
    return unsigned.size();
  }

  private static ProtocolException contradiction(RecordName name) {
    return ProtocolException.malformed("'" + name + "' is not what its writer signed");
  }
}

package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.PartEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The bytes of one segment. Guarded by the lock of its {@link StreamStore}. */
final class StoredSegment {
  private final String init;
  private final List<Bytes> parts = new ArrayList<>();
  private long sizeBytes;
  private boolean gap;
  private boolean complete;
  private Bytes whole = Bytes.EMPTY;
  private OptionalLong expiresAtNanos = OptionalLong.empty();

  StoredSegment(String init) {
    this.init = init;
  }

  String init() {
    return init;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  /** Takes the bytes of its next entry. */
  void append(PartEntry entry, Bytes data) {
    complete = entry.endOfSegment() || entry.isEndMarker();
    if (!entry.isEndMarker()) {
      parts.add(data);
      sizeBytes += data.length();
      gap |= entry.gap();
    }
  }

  /** No more parts will come. */
  void close() {
    complete = true;
  }

  /** A part's bytes, none where it is a gap; empty if it does not exist. */
  Optional<Bytes> part(int number) {
    return number < parts.size() ? Optional.of(parts.get(number)) : Optional.empty();
  }

  /** The bytes of the whole segment; empty if it is open or has a gap. */
  Optional<Bytes> whole() {
    if (!complete || gap || parts.isEmpty()) {
      return Optional.empty();
    }
    if (parts.size() == 1) {
      return Optional.of(parts.getFirst());
    }
    if (whole.isEmpty()) {
      join();
    }
    return Optional.of(whole);
  }

  /** Joins the parts once; they become slices of the whole, so that nothing is held twice. */
  private void join() {
    whole = Bytes.concat(parts);
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      int length = parts.get(i).length();
      parts.set(i, whole.slice(at, length));
      at += length;
    }
  }

  /** It has left its playlist and may go at this time. */
  void expireAt(long nanos) {
    if (expiresAtNanos.isEmpty()) {
      expiresAtNanos = OptionalLong.of(nanos);
    }
  }

  /** When it may go; empty while it is listed. */
  OptionalLong expiresAtNanos() {
    return expiresAtNanos;
  }

  boolean isExpired(long nowNanos) {
    return expiresAtNanos.isPresent() && nowNanos - expiresAtNanos.getAsLong() >= 0;
  }
}

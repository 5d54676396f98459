package dev.millrace.media.log;

import java.util.Comparator;

/**
 * Where in a rendition's log a part stands: session epoch, media sequence number, part number within
 * the segment (from 0). Ordered by these.
 */
public record LogPosition(long epoch, long msn, int part) implements Comparable<LogPosition> {
  private static final Comparator<LogPosition> ORDER =
      Comparator.comparingLong(LogPosition::epoch)
          .thenComparingLong(LogPosition::msn)
          .thenComparingInt(LogPosition::part);

  @Override
  public int compareTo(LogPosition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return epoch + "-" + msn + "." + part;
  }
}

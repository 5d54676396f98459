package dev.millrace.cluster;

/**
 * How new a section is.
 *
 * @param incarnation wall time in milliseconds at which its node's process started; tells two lives
 *     of a node apart
 * @param counter counts the messages in which the node told changes, from 0
 */
record Version(long incarnation, long counter) implements Comparable<Version> {
  Version next() {
    return new Version(incarnation, counter + 1);
  }

  /** Whether a change of version {@code next} may be laid on this one. */
  boolean isBaseOf(Version next) {
    return next.incarnation == incarnation && next.counter == counter + 1;
  }

  @Override
  public int compareTo(Version other) {
    int byLife = Long.compare(incarnation, other.incarnation);
    return byLife != 0 ? byLife : Long.compare(counter, other.counter);
  }
}

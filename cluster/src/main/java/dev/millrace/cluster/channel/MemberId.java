package dev.millrace.cluster.channel;

/**
 * One life of one process in a group: a process that restarts is another member. Immutable; any
 * thread.
 *
 * @param text unique in the group and for ever, and fit to print
 */
public record MemberId(String text) {
  @Override
  public String toString() {
    return text;
  }
}

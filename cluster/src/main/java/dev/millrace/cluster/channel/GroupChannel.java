package dev.millrace.cluster.channel;

import dev.millrace.media.Bytes;

/**
 * This process's place in a group, from when it is in. Any thread.
 *
 * <p>A message reaches each member that stays in the group once and whole, in the order of sending:
 * broadcasts among themselves, messages to one member among themselves, not the one against the
 * other. It is lost without a word where the receiver leaves. Sending hands over and returns; it
 * waits only while two megabytes are on the way to a member that takes nothing, until that member
 * counts as gone.
 */
public interface GroupChannel extends AutoCloseable {
  /** Which member this process is. */
  MemberId self();

  /**
   * Starts the calls: first the group as it is, then all that happens; messages that came earlier
   * have waited. Once.
   */
  void listen(GroupListener listener);

  /** The group now, perhaps newer than what the listener was told. */
  GroupView view();

  /** Sends to one member. Does nothing where it is not in the group or the channel is closed. */
  void send(MemberId to, Bytes message);

  /** Sends to all others. Does nothing when the channel is closed. */
  void broadcast(Bytes message);

  /** Leaves the group, so that the others know at once. Again: nothing. */
  @Override
  void close();
}

package dev.millrace.cluster.channel;

import dev.millrace.media.Bytes;

/**
 * Hears what happens in a group. The calls come one at a time, on threads of the channel's, and
 * must not block for long; they may send. The first call is {@link #viewChanged}.
 */
public interface GroupListener {
  /** Members came, went, or found each other again. */
  void viewChanged(GroupView view);

  /** A message of another member, which is in the view last told. Never this member's own. */
  void received(MemberId from, Bytes message);
}

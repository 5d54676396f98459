package dev.millrace.cluster.channel;

import java.util.List;

/**
 * Who is in the group, as one member sees it. Immutable; any thread.
 *
 * @param members at least one, in the same order everywhere: the longest there comes first
 * @param merged whether groups that had lost sight of each other became one with this view, so that
 *     what they learned apart must be told again
 */
public record GroupView(List<MemberId> members, boolean merged) {
  public GroupView {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a group has at least one member");
    }
  }

  /** The member that lets others in. */
  public MemberId coordinator() {
    return members.getFirst();
  }
}

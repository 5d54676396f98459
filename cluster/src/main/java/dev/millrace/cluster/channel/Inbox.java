package dev.millrace.cluster.channel;

import dev.millrace.media.Bytes;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives what happens in a group to its listener: one call at a time, the view first, and messages
 * only of those whom the listener knows. A message may come before the view that names its sender;
 * it then waits for it. Any thread: those of JGroups call, and wait for each other here, which is
 * what slows down a sender that is too fast for the listener.
 */
final class Inbox {
  private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
  private static final int MAX_WAITING = 10_000;

  private record Waiting(MemberId from, Bytes message) {}

  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private @Nullable GroupListener listener;
  private volatile @Nullable GroupView view;

  /** The newest view, told or not. */
  GroupView view() {
    GroupView now = view;
    if (now == null) {
      throw new IllegalStateException("not in a group yet");
    }
    return now;
  }

  synchronized void listen(GroupListener first) {
    if (listener != null) {
      throw new IllegalStateException("there is a listener already");
    }
    listener = first;
    tellView();
  }

  synchronized void viewChanged(GroupView next) {
    GroupView before = view;
    boolean untold = before != null && listener == null && before.merged();
    view = untold ? new GroupView(next.members(), true) : next;
    tellView();
  }

  synchronized void received(MemberId from, Bytes message) {
    GroupView now = view;
    if (listener != null && now != null && now.members().contains(from)) {
      tell(from, message);
    } else if (waiting.size() < MAX_WAITING) {
      waiting.add(new Waiting(from, message));
    }
  }

  private void tellView() {
    GroupListener to = listener;
    GroupView now = view;
    if (to == null || now == null) {
      return;
    }
    try {
      to.viewChanged(now);
    } catch (RuntimeException e) {
      LOG.error("a change of the group was not taken in", e);
    }
    for (Waiting one = waiting.poll(); one != null; one = waiting.poll()) {
      if (now.members().contains(one.from())) {
        tell(one.from(), one.message());
      }
    }
  }

  private void tell(MemberId from, Bytes message) {
    GroupListener to = listener;
    if (to == null) {
      return;
    }
    try {
      to.received(from, message);
    } catch (RuntimeException e) {
      LOG.error("a message of {} was not taken in", from, e);
    }
  }
}

package dev.millrace.cluster;

import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.cluster.channel.GroupListener;
import dev.millrace.cluster.channel.GroupView;
import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.Bytes;
import dev.millrace.testkit.SimulatedTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A group whose messages take a millisecond and whose members are missed a second after they died.
 * Most members may be silent listeners: what reaches them is counted and not read.
 */
final class SimulatedGroup {
  private static final double TRAVEL_SECONDS = 0.001;
  private static final double DETECTION_SECONDS = 1;

  private final SimulatedTime time;
  private final Map<MemberId, Member> members = new LinkedHashMap<>();
  private final Set<MemberId> dead = new HashSet<>();
  private boolean viewDue;
  private long delivered;
  private long deliveredBytes;

  SimulatedGroup(SimulatedTime time) {
    this.time = time;
  }

  /** Messages that arrived anywhere, and their bytes. */
  long delivered() {
    return delivered;
  }

  long deliveredBytes() {
    return deliveredBytes;
  }

  int size() {
    return members.size();
  }

  final class Member implements GroupChannel {
    private final MemberId id;
    private @Nullable GroupListener listener;
    private Consumer<MemberId> newcomers = any -> {};
    private GroupView view;

    private Member(MemberId id) {
      this.id = id;
      this.view = new GroupView(List.of(id), false);
    }

    @Override
    public MemberId self() {
      return id;
    }

    /** Reads no messages, and hears only of members that came and do. */
    void greet(Consumer<MemberId> newcomer) {
      newcomers = newcomer;
    }

    @Override
    public void listen(GroupListener hears) {
      listener = hears;
      hears.viewChanged(view);
    }

    @Override
    public GroupView view() {
      return view;
    }

    @Override
    public void send(MemberId to, Bytes message) {
      Member receiver = members.get(to);
      if (receiver != null && !dead.contains(id)) {
        delivered++;
        deliveredBytes += message.length();
        time.after(TRAVEL_SECONDS, () -> receiver.hear(id, message));
      }
    }

    @Override
    public void broadcast(Bytes message) {
      if (dead.contains(id)) {
        return;
      }
      int others = members.size() - 1;
      delivered += others;
      deliveredBytes += (long) message.length() * others;
      time.after(
          TRAVEL_SECONDS,
          () -> {
            for (Member member : List.copyOf(listening())) {
              if (member != this) {
                member.hear(id, message);
              }
            }
          });
    }

    @Override
    public void close() {
      dead.add(id);
      time.after(DETECTION_SECONDS, () -> remove(id));
    }

    private void hear(MemberId from, Bytes message) {
      if (listener != null && !dead.contains(id) && view.members().contains(from)) {
        listener.received(from, message);
      }
    }
  }

  Member join(String name) {
    Member member = new Member(new MemberId(name));
    members.put(member.id, member);
    changed();
    return member;
  }

  private void remove(MemberId id) {
    members.remove(id);
    changed();
  }

  /** Joins and deaths of the same tenth of a second are one view, as JGroups gathers them. */
  private void changed() {
    if (!viewDue) {
      viewDue = true;
      time.after(0.1, this::install);
    }
  }

  private void install() {
    viewDue = false;
    if (members.isEmpty()) {
      return;
    }
    GroupView view = new GroupView(List.copyOf(members.keySet()), false);
    List<Member> fresh =
        listening().stream().filter(member -> member.view.members().size() == 1).toList();
    for (Member member : listening()) {
      member.view = view;
      GroupListener listener = member.listener;
      if (listener != null && !dead.contains(member.id)) {
        listener.viewChanged(view);
      }
    }
    for (Member newcomer : fresh) {
      members.values().forEach(member -> member.newcomers.accept(newcomer.id));
    }
  }

  private List<Member> listening() {
    return members.values().stream().filter(member -> member.listener != null).toList();
  }
}

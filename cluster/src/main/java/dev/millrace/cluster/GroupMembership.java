package dev.millrace.cluster;

import dev.millrace.cluster.Directory.Outcome;
import dev.millrace.cluster.channel.GroupChannel;
import dev.millrace.cluster.channel.GroupListener;
import dev.millrace.cluster.channel.GroupView;
import dev.millrace.cluster.channel.MemberId;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The membership of a node in a group. Made first, then {@linkplain #connect connected} with the
 * channel.
 *
 * <p>What is said: its whole section to each newcomer, and to all when groups have merged; what
 * changed, to all, at once if nothing was said in the last 50 ms and else gathered until then; its
 * load every two seconds at most, if it matters; the number of its version now and then, so that
 * whoever missed something asks for the whole. Who is there is the channel's affair alone.
 *
 * <p>Any thread. One lock; nothing is sent and no listener called under it: messages leave on the
 * scheduler's threads, one batch at a time.
 */
public final class GroupMembership implements Membership, Topics, GroupListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(GroupMembership.class);

  /** How often it looks for what is missing. */
  private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** After so long without a word, and so much longer for each member, a node says its version. */
  private static final long STILL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long STILL_NANOS_A_MEMBER = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier nanoTime;
  private final Scheduler scheduler;
  private final Announcer announcer;
  private final TrafficCount traffic = new TrafficCount();

  /** Guards all below, and is the lock of what it points to. */
  private final Object lock = new Object();

  private final Directory directory;
  private final Inbox inbox;
  private final Outbox outbox;
  private final Batches batches;
  private final LoadNews loadNews = new LoadNews();
  private final Map<Integer, BiConsumer<String, Bytes>> topics = new HashMap<>();
  private Set<MemberId> others = Set.of();
  private @Nullable MemberId self;

  /**
   * @param node this one, as it is at the start; its id, name, addresses and version have at most
   *     255 bytes
   * @param scheduler sends, and watches for what is missing
   * @param listeners runs the listeners of {@link #onChange}
   */
  public GroupMembership(
      NodeInfo node, LongSupplier nanoTime, Scheduler scheduler, Executor listeners) {
    this.nanoTime = nanoTime;
    this.scheduler = scheduler;
    this.announcer = new Announcer(listeners, this::view);
    this.directory = new Directory(node);
    this.inbox = new Inbox(directory);
    this.outbox = new Outbox(directory);
    this.batches = new Batches(lock, outbox, nanoTime, scheduler, traffic);
    MessageWriter.section(directory.own()); // a node that cannot be told fails here
  }

  /** Begins to listen and to speak; once. */
  public void connect(GroupChannel channel) {
    synchronized (lock) {
      self = channel.self();
      batches.connect(channel);
    }
    channel.listen(this);
    scheduler.schedule(this::check, CHECK_NANOS);
  }

  /** Says nothing more; the channel is its owner's to close. */
  @Override
  public void close() {
    synchronized (lock) {
      batches.close();
    }
  }

  @Override
  public ClusterView view() {
    synchronized (lock) {
      return directory.view();
    }
  }

  /** Counters since the start. */
  public Traffic traffic() {
    return traffic.read();
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    announcer.add(listener);
  }

  @Override
  public void hold(Holding holding) {
    change(() -> directory.hold(holding), () -> outbox.holding(holding.path(), holding.kind()));
  }

  @Override
  public void release(StreamPath path, Holding.Kind kind) {
    change(() -> directory.release(path, kind), () -> outbox.holding(path, kind));
  }

  @Override
  public void load(NodeLoad load) {
    change(
        () -> {
          NodeInfo info = directory.own().info();
          return loadNews.isNews(info.load(), load, nanoTime.getAsLong())
              && directory.info(info.withLoad(load));
        },
        outbox::info);
  }

  @Override
  public void draining(boolean draining) {
    change(() -> directory.info(directory.own().info().withDraining(draining)), outbox::info);
  }

  @Override
  public void settings(NodeSettings settings) {
    change(() -> directory.settings(settings), outbox::settings);
  }

  @Override
  public void listen(int topic, BiConsumer<String, Bytes> listener) {
    synchronized (lock) {
      topics.put(topic, listener);
    }
  }

  @Override
  public void send(int topic, String nodeId, Bytes message) {
    Bytes wire = MessageWriter.onTopic(topic, message);
    synchronized (lock) {
      directory.memberOf(nodeId).ifPresent(member -> topical(member, wire));
    }
  }

  @Override
  public void broadcast(int topic, Bytes message) {
    Bytes wire = MessageWriter.onTopic(topic, message);
    synchronized (lock) {
      topical(null, wire);
    }
  }

  @Override
  public void viewChanged(GroupView view) {
    synchronized (lock) {
      Set<MemberId> members = new HashSet<>(view.members());
      members.removeIf(member -> member.equals(self));
      Set<MemberId> joined = new HashSet<>(members);
      joined.removeAll(others);
      others = Set.copyOf(members);
      MemberId first = view.coordinator();
      directory.group(others, first.equals(self) ? null : first);
      inbox.group(others, nanoTime.getAsLong());
      batches.to(others);
      if (view.merged() || joined.size() > 1) {
        outbox.sectionToAll();
      } else {
        joined.forEach(outbox::sectionTo);
      }
      batches.ifDue();
    }
    announcer.announce();
  }

  @Override
  public void received(MemberId from, Bytes bytes) {
    traffic.received(bytes);
    Message message;
    try {
      message = MessageReader.read(bytes);
    } catch (ProtocolException e) {
      if (traffic.malformed() == 1) {
        log.atWarn()
            .addKeyValue("peer", from)
            .addKeyValue("reason", e.reason())
            .log("message of another node passed over: {}; more are only counted", e.getMessage());
      }
      return;
    }
    if (message instanceof Message.OnTopic(int topic, Bytes payload)) {
      onTopic(from, topic, payload);
      return;
    }
    Outcome outcome;
    synchronized (lock) {
      outcome = take(from, message);
    }
    if (outcome == Outcome.APPLIED) {
      announcer.announce();
    }
  }

  private void change(BooleanSupplier change, Runnable tell) {
    synchronized (lock) {
      if (!change.getAsBoolean()) {
        return;
      }
      tell.run();
      batches.ifDue();
    }
    announcer.announce();
  }

  private void topical(@Nullable MemberId to, Bytes wire) {
    if (outbox.topical(to, wire)) {
      traffic.lost();
    }
    batches.ifDue();
  }

  private Outcome take(MemberId from, Message message) {
    long now = nanoTime.getAsLong();
    Outcome outcome =
        switch (message) {
          case Message.Piece piece -> inbox.piece(from, piece, now);
          case Message.Changed(Delta delta) -> inbox.changed(from, delta, now);
          case Message.Still(Version version) -> {
            inbox.still(from, version, now);
            yield Outcome.OLD;
          }
          case Message.Want() -> {
            outbox.sectionTo(from);
            batches.ifDue();
            yield Outcome.OLD;
          }
          case Message.OnTopic onTopic -> Outcome.OLD;
        };
    if (outcome == Outcome.OWN_ID) {
      log.atWarn()
          .addKeyValue("peer", from)
          .log(
              "another node has this one's id {}: its life before this one, or a copy of its"
                  + " data folder",
              directory.own().info().id());
    }
    return outcome;
  }

  private void onTopic(MemberId from, int topic, Bytes payload) {
    BiConsumer<String, Bytes> listener;
    String nodeId;
    synchronized (lock) {
      Section section = directory.known(from);
      listener = topics.get(topic);
      if (section == null || listener == null) {
        return;
      }
      nodeId = section.info().id();
    }
    listener.accept(nodeId, payload);
  }

  /** Now and then: asks for what is missing, and says that nothing changed. */
  private void check() {
    synchronized (lock) {
      if (batches.isClosed()) {
        return;
      }
      for (MemberId member : inbox.toAsk(nanoTime.getAsLong())) {
        traffic.asked();
        outbox.ask(member);
      }
      if (batches.silence() > STILL_NANOS + others.size() * STILL_NANOS_A_MEMBER) {
        outbox.still();
      }
      batches.ifDue();
    }
    scheduler.schedule(this::check, CHECK_NANOS);
  }
}

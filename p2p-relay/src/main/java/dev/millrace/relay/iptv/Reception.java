package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel that is received for viewers: joins its group while somebody watches, has lost
 * packets sent once more, and reads the channel from its sender by HTTP where the group does not
 * come or loses too much. One thread; time is passed in.
 *
 * <table>
 * <caption>States</caption>
 * <tr><th>state</th><th>event</th><th>what is done, next state</th></tr>
 * <tr><td>IDLE</td><td>a viewer</td><td>join: JOINING</td></tr>
 * <tr><td>JOINING</td><td>a packet</td><td>LIVE</td></tr>
 * <tr><td>JOINING</td><td>1.5 s</td><td>with a sender FALLBACK, else join anew each 30 s</td></tr>
 * <tr><td>LIVE</td><td>no packet for 500 ms</td><td>leave and join (a lost querier): JOINING</td></tr>
 * <tr><td>LIVE</td><td>a hole of 40 ms</td><td>ask the sender; again at 100 and 300 ms; given up after
 *     1 s</td></tr>
 * <tr><td>LIVE</td><td>more than 0.1 % lost in 10 s</td><td>with a sender FALLBACK</td></tr>
 * <tr><td>FALLBACK</td><td>the group without a gap for 20 s, for 2 s if it had been silent</td><td>at its next key frame:
 *     LIVE</td></tr>
 * <tr><td>any</td><td>no viewer for 30 s</td><td>leave: IDLE</td></tr>
 * </table>
 */
public final class Reception {
  private static final Logger log = LoggerFactory.getLogger(Reception.class);

  /** What is done with the channel now. */
  public enum State {
    /** Nobody watches. */
    IDLE,
    /** The group was joined and has not come yet. */
    JOINING,
    /** From the group. */
    LIVE,
    /** From the sender, by HTTP. */
    FALLBACK
  }

  /** The sockets of the channel. */
  interface Group {
    /** Joins; says what is wrong if it cannot. */
    Optional<String> join();

    /** Leaves; may be called without having joined. */
    void leave();
  }

  private static final long MS = 1_000_000;
  private static final long JOIN = 1500 * MS;
  private static final long JOIN_AGAIN = 30_000 * MS;
  private static final long SILENT = 500 * MS;
  private static final long LINGER = 30_000 * MS;
  private static final long CLEAN_AFTER_LOSS = 20_000 * MS;
  private static final long CLEAN_AFTER_SILENCE = 2_000 * MS;

  /** After so long key frames are not told in this stream, and it is gone on with anywhere. */
  private static final long LONG_CLEAN = 60_000 * MS;

  private static final long FALLBACK_AGAIN = 2000 * MS;
  private final ReceivedChannel channel;
  private final Group group;
  private final boolean origin;
  private final Optional<OriginReading> reading;
  private final List<TsViewer> viewers = new ArrayList<>();
  private final GroupPackets packets;
  private State state = State.IDLE;
  private String trouble = "";
  private long now;
  private long since;
  private long joinedAt;
  private long packetAt;
  private long cleanSince;
  private long cleanFor;
  private long unwatchedSince;
  private long bytes;
  private long rejoins;
  private long fallbacks;

  /**
   * @param here has tasks run on the reception's thread, soon
   */
  Reception(ReceivedChannel channel, Group group, Optional<ChannelOrigin> origin, Executor here) {
    this.channel = channel;
    this.group = group;
    this.origin = origin.isPresent();
    this.reading =
        origin.map(at -> new OriginReading(at, here, this::fromSender, this::senderEnded));
    this.packets =
        new GroupPackets(channel.rtp(), origin, here, this::fromGroup, () -> cleanSince = now);
  }

  ReceivedChannel channel() {
    return channel;
  }

  ReceptionFacts facts() {
    return new ReceptionFacts(
        channel,
        state,
        viewers.size(),
        trouble,
        packets.counters(),
        bytes,
        packets.repaired(),
        rejoins,
        fallbacks);
  }

  /** Whether it can be forgotten: nobody watches, and it was not configured. */
  boolean isIdle() {
    return state == State.IDLE && viewers.isEmpty();
  }

  /** Another viewer, who gets pieces of the transport stream, whole packets. */
  void add(TsViewer viewer, long nowNanos) {
    now = nowNanos;
    viewers.add(viewer);
    if (state == State.IDLE) {
      join();
    }
  }

  void remove(TsViewer viewer, long nowNanos) {
    now = nowNanos;
    viewers.remove(viewer);
    unwatchedSince = now;
  }

  private void join() {
    Optional<String> wrong = group.join();
    trouble = wrong.orElse("");
    wrong.ifPresent(why -> log.warn("iptv {}: {}", channel.name(), why));
    joinedAt = now;
    packetAt = now;
    become(State.JOINING);
  }

  private void become(State next) {
    if (state != next) {
      log.info("iptv {}: {}, was {}", channel.name(), next, state);
    }
    state = next;
    since = now;
    cleanSince = now;
    packets.watchLoss(now);
  }

  /** Takes a datagram of the media's port, of any path. */
  void media(Bytes datagram, long nowNanos) {
    now = nowNanos;
    if (now - packetAt > SILENT) {
      cleanSince = now;
    }
    packetAt = now;
    if (state == State.JOINING) {
      trouble = "";
      become(State.LIVE);
    }
    packets.media(datagram);
  }

  /** Takes a datagram of a port of parity. */
  void parity(Bytes datagram, long nowNanos) {
    now = nowNanos;
    packets.parity(datagram);
  }

  private void fromGroup(Bytes payload) {
    if (state == State.LIVE) {
      give(payload);
    } else if (state == State.FALLBACK && now - cleanSince >= cleanFor) {
      int begin = KeyFramePackets.first(payload);
      boolean toldNone = now - cleanSince >= LONG_CLEAN;
      if (begin >= 0 || toldNone) {
        reading.ifPresent(OriginReading::stop);
        trouble = "";
        become(State.LIVE);
        give(payload.slice(Math.max(begin, 0)));
      }
    }
  }

  private void give(Bytes payload) {
    bytes += payload.length();
    for (TsViewer viewer : List.copyOf(viewers)) {
      viewer.packets(payload);
    }
  }

  /** Looks at the time; 20 to 100 times a second. */
  void tick(long nowNanos) {
    now = nowNanos;
    if (state != State.IDLE && viewers.isEmpty() && now - unwatchedSince >= LINGER) {
      close();
      return;
    }
    List.copyOf(viewers).forEach(TsViewer::tick);
    switch (state) {
      case IDLE -> {}
      case JOINING -> joining();
      case LIVE -> live();
      case FALLBACK -> fallback();
    }
  }

  private void joining() {
    if (now - since >= JOIN && origin) {
      trouble = "nothing comes from the group " + channel.url();
      fallBack(CLEAN_AFTER_SILENCE);
    } else if (now - joinedAt >= JOIN_AGAIN) {
      joinAgain();
    } else if (now - since >= JOIN && trouble.isEmpty()) {
      trouble = "nothing comes from the group " + channel.url();
      log.warn("iptv {}: {}", channel.name(), trouble);
    }
  }

  private void joinAgain() {
    rejoins++;
    group.leave();
    join();
  }

  private void live() {
    if (now - packetAt >= SILENT) {
      joinAgain();
      return;
    }
    packets.repair(now);
    Optional<String> loss = packets.loss(now);
    if (loss.isPresent() && origin) {
      trouble = loss.get();
      fallBack(CLEAN_AFTER_LOSS);
    }
  }

  /**
   * @param clean how long the group must then have come without a gap to be believed again
   */
  private void fallBack(long clean) {
    cleanFor = clean;
    log.warn("iptv {}: {}; read from its sender", channel.name(), trouble);
    fallbacks++;
    become(State.FALLBACK);
    reading.ifPresent(OriginReading::begin);
  }

  private void fromSender(Bytes payload) {
    trouble = "";
    give(payload);
  }

  private void senderEnded(String why) {
    trouble = "the sender: " + why;
    since = now;
  }

  private void fallback() {
    packets.repair(now);
    if (now - packetAt >= SILENT) {
      cleanSince = now;
      if (now - joinedAt >= JOIN_AGAIN) {
        rejoins++;
        group.leave();
        group.join();
        joinedAt = now;
      }
    }
    if (now - since >= FALLBACK_AGAIN && reading.filter(OriginReading::isReading).isEmpty()) {
      since = now;
      reading.ifPresent(OriginReading::begin);
    }
  }

  /** Leaves the group; a viewer who comes joins it anew. */
  void close() {
    reading.ifPresent(OriginReading::stop);
    trouble = "";
    group.leave();
    packets.forget();
    if (state != State.IDLE) {
      become(State.IDLE);
    }
  }
}

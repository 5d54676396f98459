package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Who sent what did not fit: three times within 60 s, and a relay is shut out for 10 minutes
 * (section 9). Never for being late, and never on hearsay. Mesh's executor.
 */
final class Blame {
  private static final int STRIKES = 3;
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(60);
  private static final long BAN = TimeUnit.MINUTES.toNanos(10);

  private record Out(long until, String why) {}

  private final Ground ground;
  private final Map<Bytes, Deque<Long>> strikes = new LinkedHashMap<>();
  private final Map<Bytes, Out> out = new LinkedHashMap<>();

  Blame(Ground ground) {
    this.ground = ground;
  }

  /**
   * Notes a fault.
   *
   * @return whether the peer is shut out with it
   */
  boolean note(Bytes peer, String why) {
    ground.counts().blames++;
    long now = ground.now();
    Deque<Long> times = strikes.computeIfAbsent(peer, any -> new ArrayDeque<>());
    times.add(now);
    while (now - times.getFirst() > WINDOW) {
      times.removeFirst();
    }
    if (times.size() < STRIKES) {
      return false;
    }
    strikes.remove(peer);
    out.put(peer, new Out(now + BAN, why));
    ground.host().banned(peer, why);
    return true;
  }

  boolean banned(Bytes peer) {
    Out ban = out.get(peer);
    return ban != null && ground.now() < ban.until();
  }

  /** Forgets what is over. */
  void tick() {
    long now = ground.now();
    out.values().removeIf(ban -> now >= ban.until());
    strikes.values().removeIf(times -> now - times.getLast() > WINDOW);
  }

  List<MeshSnapshot.Ban> bans() {
    List<MeshSnapshot.Ban> bans = new ArrayList<>();
    long now = ground.now();
    out.forEach(
        (peer, ban) ->
            bans.add(
                new MeshSnapshot.Ban(
                    peer, TimeUnit.NANOSECONDS.toMillis(ban.until() - now), ban.why())));
    return bans;
  }
}

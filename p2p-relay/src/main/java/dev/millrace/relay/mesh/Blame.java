package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Who sent what did not fit: seen here three times within 60 s, or by two relays, and it is shut
 * out for 10 minutes; before that, it is suspended together with who says so (section 9). Never for
 * being late. Mesh's executor.
 */
final class Blame {
  private static final int STRIKES = 3;
  private static final int ACCUSERS = 2;
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(60);
  private static final long BAN = TimeUnit.MINUTES.toNanos(10);

  /** Others are believed until one relay of so many is shut out. */
  private static final int AT_MOST_ONE_OF = 4;

  private record Out(long until, String why) {}

  private final Ground ground;
  private final Roster roster;
  private final Claims claims;
  private final Map<Bytes, Deque<Long>> strikes = new LinkedHashMap<>();
  private final Map<Bytes, Out> out = new LinkedHashMap<>();
  private List<Claims.Case> cases = List.of();
  private Set<Bytes> suspended = Set.of();
  private List<Accusation> told = List.of();
  private int faults;

  Blame(Ground ground, Roster roster) {
    this.ground = ground;
    this.roster = roster;
    this.claims = new Claims(ground, this::banned);
  }

  /** Notes a fault that was seen here, and tells the others. */
  void note(Bytes peer, String why) {
    ground.counts().blames++;
    long now = ground.now();
    Deque<Long> times = strikes.computeIfAbsent(peer, any -> new ArrayDeque<>());
    times.add(now);
    while (now - times.getFirst() > WINDOW) {
      times.removeFirst();
    }
    claims.add(ground.id(), new Accusation(peer, ++faults));
    if (times.size() >= STRIKES) {
      strikes.remove(peer);
      shutOut(peer, why);
    }
    judge(peer, why);
    tick();
  }

  /** Another relay says of whom it saw faults; what it said before may be among it. */
  void heard(Bytes accuser, List<Accusation> all) {
    if (!roster.has(accuser) || accuser.equals(ground.id())) {
      return;
    }
    for (Accusation each : all.subList(0, Math.min(all.size(), Accusation.MOST))) {
      if (roster.has(each.peer()) && claims.add(accuser, each)) {
        judge(each.peer(), "two relays saw faults of it");
      }
    }
    tick();
  }

  private void judge(Bytes peer, String why) {
    if (claims.accusers(peer) >= ACCUSERS
        && !banned(peer)
        && !peer.equals(ground.id())
        && out.size() < Math.max(1, roster.relays().size() / AT_MOST_ONE_OF)) {
      shutOut(peer, why);
    }
  }

  private void shutOut(Bytes peer, String why) {
    out.put(peer, new Out(ground.now() + BAN, why));
    ground.host().banned(peer, why);
  }

  boolean banned(Bytes peer) {
    Out ban = out.get(peer);
    return ban != null && ground.now() < ban.until();
  }

  /** Why it is shut out. */
  String why(Bytes peer) {
    Out ban = out.get(peer);
    return ban == null ? "" : ban.why();
  }

  /** Whether to use it only where no other is; this relay too. */
  boolean isSuspended(Bytes relay) {
    return suspended.contains(relay);
  }

  /** Who accuses whom, where it is not decided who of the two is at fault. */
  List<Claims.Case> cases() {
    return cases;
  }

  /**
   * Forgets what is over.
   *
   * @return whether others are suspended now
   */
  boolean tick() {
    long now = ground.now();
    out.values().removeIf(ban -> now >= ban.until());
    strikes.values().removeIf(times -> now - times.getLast() > WINDOW);
    claims.sweep();
    List<Accusation> own = claims.own();
    if (!own.equals(told)) {
      told = own;
      ground.host().accuse(own);
    }
    Set<Bytes> before = suspended;
    cases = claims.open();
    suspended = new HashSet<>();
    cases.forEach(open -> suspended.addAll(List.of(open.accuser(), open.accused())));
    return !before.equals(suspended);
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

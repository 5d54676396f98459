package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The senders of which anything came lately. A session stays with the address from which it came
 * first, and a relay with its session until that was silent for a second. The mesh's executor.
 */
final class Sessions {
  private static final int MAX = 256;
  private static final long FORGET = TimeUnit.SECONDS.toNanos(10);
  private static final long REPLACED = TimeUnit.SECONDS.toNanos(1);

  private final CastCounts counts;
  private final Map<Long, Session> sessions = new LinkedHashMap<>();
  private final Map<Bytes, Session> relays = new LinkedHashMap<>();

  Sessions(CastCounts counts) {
    this.counts = counts;
  }

  /** The session of a datagram; empty, and counted, if it is a stranger's, or one too many. */
  Optional<Session> of(long number, SocketAddress from, long now) {
    Session known = sessions.get(number);
    if (known == null && sessions.size() < MAX) {
      known = new Session(number, from, now);
      sessions.put(number, known);
    }
    if (known == null || !known.address.equals(from)) {
      counts.strangers++;
      return Optional.empty();
    }
    return Optional.of(known);
  }

  /** Whether a session may be that of a relay, which it is from now on. */
  boolean claim(Session session, Bytes relay, long now) {
    Session before = relays.get(relay);
    boolean other = session.relay() != null && !relay.equals(session.relay());
    if (other || (before != null && before != session && !mayFollow(before, session, now))) {
      counts.strangers++;
      return false;
    }
    relays.put(relay, session);
    return true;
  }

  private static boolean mayFollow(Session before, Session session, long now) {
    return before.address.equals(session.address) || now - before.hearing.lastAt() > REPLACED;
  }

  /** The session of a relay. */
  Optional<Session> of(Bytes relay) {
    return Optional.ofNullable(relays.get(relay));
  }

  Iterable<Session> all() {
    return sessions.values();
  }

  int count() {
    return sessions.size();
  }

  int heard() {
    return (int) relays.values().stream().filter(each -> each.hearing.isHeard()).count();
  }

  /**
   * Some ten times a second.
   *
   * @param due whether parts are due of anybody
   * @return whether others are heard than before
   */
  boolean tick(long now, boolean due) {
    boolean changed = false;
    for (Session session : sessions.values()) {
      counts.symbolsLost += session.hearing.tick(now, due);
      if (session.hearing.hasChanged()) {
        changed = true;
        counts.falls += session.hearing.isHeard() ? 0 : 1;
      }
    }
    sessions.values().removeIf(each -> now - each.hearing.lastAt() > FORGET);
    relays.values().removeIf(each -> !sessions.containsValue(each));
    return changed;
  }
}

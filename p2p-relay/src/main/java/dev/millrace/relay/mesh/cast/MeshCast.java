package dev.millrace.relay.mesh.cast;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.Multicast;
import dev.millrace.relay.mesh.PartName;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Binding M of one relay. Sends BEACONs while it feeds anything, PROBEs by which others find out
 * whether they hear it, and parts as symbols; hears others, and puts their parts together.
 * Datagrams are told by {@link #received}, behind their seal was checked. The mesh's executor.
 */
public final class MeshCast implements Multicast {
  private static final long BEACON = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long PROBE = TimeUnit.MILLISECONDS.toNanos(2);
  private static final int PROBE_FILL = 1347;

  /** Between two tests; who comes new has to wait for the next. */
  private static final long TEST = TimeUnit.SECONDS.toNanos(10);

  /** Who sent a part in place of the feeder is a sender for so long. */
  private static final long SENDS = TimeUnit.SECONDS.toNanos(2);

  /** Before the numbers of symbols are used up another session begins. */
  private static final long MAX_SEQUENCE = 0xFFFF_0000L;

  private final CastSettings settings;
  private final MeshTime time;
  private final RandomGenerator random;
  private final CastWire wire;
  private final CastCounts counts = new CastCounts();
  private final Sessions sessions = new Sessions(counts);
  private final Beacons beacons = new Beacons();
  private final CastSender sender;
  private final CastReceiver receiver;
  private @Nullable Host host;
  private long session;
  private long sequence;
  private long sentAt;
  private boolean sent;
  private boolean probed;
  private long probedAt;
  private boolean closed;

  /** Says nothing before {@link #begin}. */
  public MeshCast(CastSettings settings, MeshTime time, RandomGenerator random, CastWire wire) {
    this.settings = settings;
    this.time = time;
    this.random = random;
    this.wire = wire;
    this.session = newSession();
    this.sender =
        new CastSender(time, wire, counts, settings.paceMbit(), () -> session, () -> ++sequence);
    Nacks nacks =
        new Nacks(time, random, wire, counts, settings.id(), relay -> host().roundTripMs(relay));
    this.receiver =
        new CastReceiver(
            time,
            counts,
            nacks,
            new CastReceiver.Sink() {
              @Override
              public void coming(PartName part) {
                host().coming(part);
              }

              @Override
              public boolean whole(PartName part, Bytes bytes) {
                return host().decoded(part, bytes);
              }
            });
  }

  private long newSession() {
    return random.nextLong(1, 1L << 32);
  }

  private Host host() {
    Host known = host;
    if (known == null) {
      throw new IllegalStateException("multicast has not begun");
    }
    return known;
  }

  @Override
  public void begin(Host mesh) {
    host = mesh;
    time.after(BEACON, this::tick);
  }

  private void tick() {
    if (closed) {
      return;
    }
    long now = time.nanoTime();
    if (sequence > MAX_SEQUENCE) {
      session = newSession();
      sequence = 0;
      beacons.clear();
    }
    List<PartName.Track> fed = host().fed();
    if (!fed.isEmpty() || (sent && now - sentAt < SENDS)) {
      beacon(fed);
      if (!probed || now - probedAt >= TEST) {
        probed = true;
        probedAt = now;
        probe(0);
      }
    }
    receiver.tick();
    if (sessions.tick(now, receiver.isDue())) {
      host().heardChanged();
    }
    time.after(BEACON, this::tick);
  }

  private void beacon(List<PartName.Track> fed) {
    wire.toGroup(
        new Frame.Beacon(
            session,
            sequence,
            settings.id(),
            settings.paceMbit(),
            Math.min(0xFFFF, host().listeners()),
            wire.port(),
            beacons.next(fed)));
  }

  private void probe(int index) {
    if (!closed && index < Hearing.PROBES) {
      wire.toGroup(new Frame.Probe(session, index, PROBE_FILL));
      time.after(PROBE, () -> probe(index + 1));
    }
  }

  /**
   * A datagram came, sealed by a member of the site.
   *
   * @param from whence, which is where answers go
   */
  public void received(Frame.Cast frame, SocketAddress from) {
    if (closed || host == null) {
      return;
    }
    switch (frame) {
      case Frame.Symbol symbol -> symbol(symbol, from);
      case Frame.Beacon beacon -> beacon(beacon, from);
      case Frame.Probe probe -> {
        if (probe.session() != session) {
          long now = time.nanoTime();
          sessions
              .of(probe.session(), from, now)
              .ifPresent(
                  of -> {
                    of.hearing.sign(now);
                    of.hearing.probe(probe.index(), now);
                  });
        }
      }
      case Frame.Nack nack -> {
        if (nack.session() == session) {
          sender.nack(nack);
        }
      }
    }
  }

  private void symbol(Frame.Symbol symbol, SocketAddress from) {
    if (symbol.session() == session) {
      return;
    }
    long now = time.nanoTime();
    Session of = sessions.of(symbol.session(), from, now).orElse(null);
    if (of == null) {
      return;
    }
    if (!of.sequences.accept(symbol.sequence())) {
      counts.replayed++;
      return;
    }
    counts.symbolsIn++;
    of.hearing.sign(now);
    of.hearing.symbol(symbol.sequence());
    receiver.symbol(of, symbol);
  }

  private void beacon(Frame.Beacon beacon, SocketAddress from) {
    if (beacon.session() == session) {
      return;
    }
    long now = time.nanoTime();
    Session of = sessions.of(beacon.session(), from, now).orElse(null);
    if (of == null || !sessions.claim(of, beacon.id(), now)) {
      return;
    }
    if (!of.beacon(beacon.id(), beacon.sequence(), beacon.listeners())) {
      counts.replayed++;
      return;
    }
    of.hearing.sign(now);
    of.hearing.sent(beacon.sequence());
    boolean news = false;
    for (Frame.Track said : beacon.tracks()) {
      PartName.Track track =
          new PartName.Track(new StreamPath(said.app(), said.name()), said.rendition());
      if (host().mayFeed(beacon.id(), track)) {
        news |= of.names(said.number(), track);
      }
    }
    if (news) {
      receiver.named(of);
      if (of.hearing.isHeard()) {
        host().heardChanged();
      }
    }
  }

  @Override
  public boolean hears(Bytes relay, PartName.Track track) {
    return sessions.of(relay).filter(each -> each.hearing.isHeard() && each.has(track)).isPresent();
  }

  @Override
  public void send(PartName part, Bytes bytes, long until) {
    boolean news = !beacons.knows(part.of());
    int number = beacons.number(part.of());
    if (closed || number == 0) {
      return;
    }
    sent = true;
    sentAt = time.nanoTime();
    if (news) {
      beacon(host().fed());
    }
    sender.send(number, part.at(), bytes, until);
  }

  @Override
  public void expect(PartName part, int sizeBytes, long until) {
    receiver.expect(part, sizeBytes, until, sessions.all());
  }

  @Override
  public void over(PartName part) {
    receiver.over(part);
  }

  /** By what listeners know this start of it. */
  public long session() {
    return session;
  }

  /** What was done so far. */
  public CastSnapshot snapshot() {
    int listeners = host == null ? 0 : host().listeners();
    return counts.snapshot(sessions.heard(), sessions.count(), listeners);
  }

  @Override
  public void close() {
    closed = true;
    sender.close();
  }
}

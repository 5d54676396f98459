package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.relay.mesh.cast.CastSettings;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A relay with the real mesh, an uplink, and what may be wrong with it. */
final class SimulatedRelay implements MeshHost {
  /** How a relay behaves. */
  enum Conduct {
    GOOD,
    /** One in a hundred of its chunks has another byte. */
    FLIPS,
    /** Says nothing at all. */
    SILENT,
    /** Answers PING and passes nothing on. */
    MUTE,
    /** Sends each chunk eleven times. */
    FLOODS,
    /** Accuses one good relay after the other. */
    LIES
  }

  private static final double FLIPPED = 0.01;
  private static final int FLOOD = 11;

  /** One end of a connection. */
  final class End implements Link {
    private static final long WINDOW_BYTES = 64 * 1024;

    private final boolean opened;
    private @Nullable End other;
    private long unsent;
    private long arrives;
    private boolean closed;

    End(boolean opened) {
      this.opened = opened;
    }

    void joins(End end) {
      other = end;
    }

    SimulatedRelay relay() {
      return SimulatedRelay.this;
    }

    private End other() {
      if (other == null) {
        throw new IllegalStateException("one end of a connection is missing");
      }
      return other;
    }

    @Override
    public Bytes peer() {
      return other().relay().id();
    }

    @Override
    public boolean opened() {
      return opened;
    }

    @Override
    public boolean isWritable() {
      return !closed && unsent < WINDOW_BYTES;
    }

    @Override
    public void send(Frame.Linked frame) {
      if (closed || !alive || isHeldBack(frame)) {
        return;
      }
      Frame.Linked sent = changed(frame);
      int times = conduct == Conduct.FLOODS && frame instanceof Frame.Chunk ? FLOOD : 1;
      for (int i = 0; i < times; i++) {
        transmit(sent);
      }
    }

    private void transmit(Frame.Linked frame) {
      int bytes = FrameLength.of(frame);
      unsent += bytes;
      if (!other().relay().alive) {
        // Nobody acknowledges it: it stays in the buffer.
        return;
      }
      upload(bytes);
      site.time()
          .at(
              uplinkFree,
              () -> {
                unsent -= bytes;
                if (alive && !closed) {
                  mesh.writable(this);
                }
              });
      // TCP keeps the order.
      arrives = Math.max(arrives, uplinkFree + site.lan());
      site.time().at(arrives, () -> other().arrived(frame));
    }

    private void arrived(Frame.Linked frame) {
      SimulatedRelay here = relay();
      if (!here.alive) {
        if (here.undead && frame instanceof Frame.Ping ping) {
          site.time().after(site.lan(), () -> other().arrivedAnyway(ping));
        }
        return;
      }
      long stall = here.stalledUntil - site.time().nanoTime();
      if (stall > 0) {
        site.time().after(stall, () -> arrived(frame));
      } else if (!closed) {
        here.mesh.received(this, frame);
      }
    }

    private void arrivedAnyway(Frame.Ping ping) {
      if (relay().alive && !closed) {
        relay().mesh.received(this, new Frame.Pong(ping.token(), 0, 0, 0));
      }
    }

    @Override
    public void close(Frame.Leaving reason, String text) {
      closed = true;
      ends.remove(this);
      site.time().after(site.lan(), () -> other().broken());
    }

    void broken() {
      if (!closed) {
        closed = true;
        ends.remove(this);
        if (alive) {
          mesh.disconnected(this);
        }
      }
    }
  }

  private final MeshSimulation site;
  private final SiteRelay self;
  private final long uplinkKbit;
  private final SplittableRandom random;
  private final List<End> ends = new ArrayList<>();
  private final SiteMesh mesh;
  private final Optional<MeshCast> cast;
  private long uplinkFree;
  private long stalledUntil;
  private Conduct conduct = Conduct.GOOD;
  private boolean alive = true;
  private boolean undead;
  private final Set<Bytes> banned = new HashSet<>();

  SimulatedRelay(MeshSimulation site, SiteRelay self, Controls controls, long seed) {
    this.site = site;
    this.self = self;
    this.uplinkKbit = self.uplinkKbit();
    this.random = new SplittableRandom(seed);
    this.cast =
        site.isMulticast()
            ? Optional.of(
                new MeshCast(
                    CastSettings.of(self.id(), uplinkKbit),
                    site.time(),
                    new SplittableRandom(seed + 2),
                    new SimulatedWire(site, this)))
            : Optional.empty();
    this.mesh =
        new SiteMesh(
            new Ground(
                self,
                MeshSettings.of("simulated"),
                controls,
                site.time(),
                new SplittableRandom(seed + 1),
                (path, rendition, file) -> site.edge().fetch(file),
                this,
                cast.<Multicast>map(it -> it).orElse(Multicast.NONE),
                site.parts(),
                new Counts()));
  }

  SiteRelay self() {
    return self;
  }

  Bytes id() {
    return self.id();
  }

  SiteMesh mesh() {
    return mesh;
  }

  Optional<MeshCast> cast() {
    return cast;
  }

  boolean isAlive() {
    return alive;
  }

  boolean hasBanned(Bytes other) {
    return banned.contains(other);
  }

  /** For how long it does nothing still; nanoseconds. */
  long stalled() {
    return Math.max(0, stalledUntil - site.time().nanoTime());
  }

  /** Sends so many bytes behind all others; when the last one is sent. */
  long upload(int bytes) {
    uplinkFree = Math.max(uplinkFree, site.time().nanoTime()) + bytes * 8_000_000L / uplinkKbit;
    return uplinkFree;
  }

  boolean isGood() {
    return conduct == Conduct.GOOD;
  }

  void conduct(Conduct now) {
    conduct = now;
    if (now == Conduct.LIES) {
      site.lie(this, 1);
    }
  }

  /** Does nothing for a time. */
  void stall(long nanos) {
    stalledUntil = site.time().nanoTime() + nanos;
  }

  /**
   * Dies.
   *
   * @param unnoticed its machine still answers PING, and no connection breaks
   */
  void die(boolean unnoticed) {
    alive = false;
    undead = unnoticed;
  }

  /** Its connections break, for the others. */
  void isNoticed() {
    for (End end : List.copyOf(ends)) {
      end.other().broken();
    }
  }

  /** How long what it has to send needs; nanoseconds. */
  long queue() {
    return mesh.waitingBytes() * 8_000_000L / uplinkKbit;
  }

  private boolean isHeldBack(Frame.Linked frame) {
    return conduct == Conduct.SILENT
        || (conduct == Conduct.MUTE
            && (frame instanceof Frame.Chunk || frame instanceof Frame.Head));
  }

  private Frame.Linked changed(Frame.Linked frame) {
    if (conduct != Conduct.FLIPS
        || !(frame instanceof Frame.Chunk chunk)
        || random.nextDouble() >= FLIPPED) {
      return frame;
    }
    byte[] data = chunk.data().toArray();
    data[random.nextInt(data.length)] ^= 1;
    return new Frame.Chunk(
        chunk.track(), chunk.at(), chunk.index(), chunk.repair(), Bytes.wrap(data));
  }

  @Override
  public void connect(Bytes peer) {
    site.connect(this, peer);
  }

  /** A connection to another relay is open. */
  void joined(SimulatedRelay other) {
    End here = new End(true);
    End there = other.new End(false);
    here.joins(there);
    there.joins(here);
    ends.add(here);
    other.ends.add(there);
    other.mesh.connected(there);
    mesh.connected(here);
  }

  @Override
  public void follow(StreamPath path) {
    // All follow the one stream.
  }

  @Override
  public void unfollow(StreamPath path) {
    // All follow the one stream.
  }

  @Override
  public void accuse(List<Accusation> all) {
    if (conduct != Conduct.SILENT) {
      site.tell(id(), all);
    }
  }

  @Override
  public void banned(Bytes peer, String why) {
    banned.add(peer);
    site.banned(peer);
  }
}

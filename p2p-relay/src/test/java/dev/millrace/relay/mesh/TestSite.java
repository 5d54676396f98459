package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.relay.mesh.cast.CastSettings;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/**
 * A site of meshes in a time of the test's own: real frames, as bytes, over connections that take 1
 * ms; real hashes; an edge that takes 10 ms and counts what is fetched.
 */
final class TestSite extends VirtualTime {
  static final StreamPath PATH = new StreamPath("live", "alice");
  static final String RENDITION = "720p";
  private static final long WAY = Ground.ms(1);

  private final Random random = new Random(5);
  private final Map<Bytes, Relay> relays = new LinkedHashMap<>();
  private final Map<String, Bytes> parts = new HashMap<>();
  private final Map<CompletableFuture<Bytes>, String> asked = new LinkedHashMap<>();
  final List<String> fetched = new ArrayList<>();
  final TestGroup group = new TestGroup(this);
  boolean edgeIsDown;

  /** How long the line of the site takes for a part. */
  long lineMs;

  TestSite(int count) {
    this(count, Controls.ALL);
  }

  TestSite(int count, Controls controls) {
    this(count, controls, 100_000, false);
  }

  /**
   * A site whose relays hear each other by multicast, too.
   *
   * @param uplinkKbit of each
   */
  static TestSite withMulticast(int count, long uplinkKbit) {
    return new TestSite(count, Controls.ALL, uplinkKbit, true);
  }

  /** A site whose relays give so much to others. */
  static TestSite withUplinks(int count, long uplinkKbit) {
    return new TestSite(count, Controls.ALL, uplinkKbit, false);
  }

  private TestSite(int count, Controls controls, long uplinkKbit, boolean multicast) {
    for (int i = 0; i < count; i++) {
      SiteRelay self = new SiteRelay(SiteRelay.idOf("relay " + i), uplinkKbit);
      Relay relay = new Relay(self, controls, multicast);
      relays.put(relay.self.id(), relay);
    }
    List<SiteRelay> all = relays.values().stream().map(relay -> relay.self).toList();
    relays.values().forEach(relay -> relay.mesh.site(all));
  }

  List<Relay> relays() {
    return List.copyOf(relays.values());
  }

  /** In the order in which they feed the stream. */
  List<Relay> inOrder() {
    return Rendezvous.order(PATH.toString(), relays().stream().map(each -> each.self).toList())
        .stream()
        .map(each -> relays.get(each.id()))
        .toList();
  }

  Bytes part(LogPosition at) {
    return parts.getOrDefault(new FileName.Part(at).toString(), Bytes.EMPTY);
  }

  /** The entry of a part that the edge has from now on. */
  PartEntry make(LogPosition at, int sizeBytes) {
    byte[] content = new byte[sizeBytes];
    random.nextBytes(content);
    Bytes part = Bytes.wrap(content);
    String name = new FileName.Part(at).toString();
    parts.put(name, part);
    asked
        .entrySet()
        .removeIf(
            each -> {
              boolean now = each.getValue().equals(name);
              if (now) {
                give(name, each.getKey());
              }
              return now;
            });
    return new PartEntry(
        at,
        333_333,
        sizeBytes,
        at.part() == 0,
        false,
        false,
        0,
        "init",
        0,
        0,
        part.sha256(),
        MerkleTree.root(part));
  }

  private void give(String name, CompletableFuture<Bytes> answer) {
    if (!answer.isCancelled()) {
      fetched.add(name);
      Bytes part = parts.getOrDefault(name, Bytes.EMPTY);
      if (lineMs == 0) {
        answer.complete(part);
      } else {
        after(lineMs * WAY, () -> answer.complete(part));
      }
    }
  }

  /** Makes a part and tells its entry to all. */
  PartEntry publish(LogPosition at, int sizeBytes) {
    PartEntry entry = make(at, sizeBytes);
    relays.values().stream()
        .filter(relay -> relay.alive)
        .forEach(relay -> relay.mesh.signed(PATH, RENDITION, entry, true));
    return entry;
  }

  /** A relay, and what its mesh asks of its node. */
  final class Relay implements MeshHost, EdgeFetch {
    final SiteRelay self;
    final SiteMesh mesh;
    final List<End> ends = new ArrayList<>();
    final List<StreamPath> followed = new ArrayList<>();
    final List<Bytes> banned = new ArrayList<>();
    final Optional<MeshCast> cast;
    final List<CompletableFuture<Bytes>> requests = new ArrayList<>();
    boolean alive = true;

    /** How much later it sends all than it should. */
    long delayMs;

    /** What a relay does to the bytes of its frames. */
    UnaryOperator<Frame.Linked> conduct = frame -> frame;

    /** How often it sends each frame. */
    ToIntFunction<Frame.Linked> times = frame -> 1;

    Relay(SiteRelay self, Controls controls, boolean multicast) {
      this.self = self;
      this.cast =
          multicast
              ? Optional.of(
                  new MeshCast(
                      CastSettings.of(self.id(), self.uplinkKbit()),
                      TestSite.this,
                      new Random(self.id().hashCode()),
                      group.join(self.id(), () -> alive)))
              : Optional.empty();
      cast.ifPresent(it -> group.hears(self.id(), it));
      this.mesh =
          new SiteMesh(
              new Ground(
                  self,
                  MeshSettings.of("campus"),
                  controls,
                  TestSite.this,
                  new Random(7),
                  this,
                  this,
                  cast.<Multicast>map(it -> it).orElse(Multicast.NONE),
                  PartCheck.REAL,
                  new Counts()));
    }

    @Override
    public CompletableFuture<Bytes> fetch(StreamPath path, String rendition, String file) {
      CompletableFuture<Bytes> answer = new CompletableFuture<>();
      requests.add(answer);
      after(
          10 * WAY,
          () -> {
            Bytes part = parts.get(file);
            if (edgeIsDown || !alive) {
              answer.completeExceptionally(new NoSuchFileException(file));
            } else if (part == null) {
              asked.put(answer, file);
            } else {
              give(file, answer);
            }
          });
      return answer;
    }

    @Override
    public void connect(Bytes peer) {
      after(
          3 * WAY,
          () -> {
            Relay other = relays.get(peer);
            Frame.Hello hello = new Frame.Hello(false, 100_000, 0, self.id(), "campus");
            if (other == null || !other.alive) {
              mesh.unreachable(peer, Optional.empty());
              return;
            }
            Frame.Verdict verdict = other.mesh.greet(hello, self.id(), 0).verdict();
            if (verdict == Frame.Verdict.WELCOME) {
              open(other);
            } else {
              mesh.unreachable(peer, Optional.of(verdict));
            }
          });
    }

    private void open(Relay other) {
      End here = new End(this, true);
      End there = new End(other, false);
      here.other = there;
      there.other = here;
      ends.add(here);
      other.ends.add(there);
      other.mesh.connected(there);
      mesh.connected(here);
    }

    @Override
    public void follow(StreamPath path) {
      followed.add(path);
    }

    @Override
    public void unfollow(StreamPath path) {
      followed.remove(path);
    }

    @Override
    public void accuse(List<Accusation> all) {
      tell(all);
    }

    /** Says to all others whom it accuses. */
    void tell(List<Accusation> all) {
      for (Relay other : relays.values()) {
        if (other != this && other.alive) {
          after(WAY, () -> other.mesh.accused(self.id(), all));
        }
      }
    }

    @Override
    public void banned(Bytes peer, String why) {
      banned.add(peer);
    }

    CompletableFuture<Bytes> part(LogPosition at) {
      return mesh.part(PATH, RENDITION, at).toCompletableFuture();
    }

    /** Requests at the edge that are not answered, and not cancelled. */
    long pending() {
      return requests.stream().filter(each -> !each.isDone()).count();
    }

    /** Dies; connections break for the others, if they notice. */
    void die(boolean noticed) {
      alive = false;
      if (noticed) {
        List.copyOf(ends).forEach(end -> end.other.broken());
      }
    }

    Optional<End> to(Relay other) {
      return ends.stream().filter(end -> end.other.relay == other).findFirst();
    }
  }

  /** One end of a connection. */
  final class End implements Link {
    private final Relay relay;
    private final boolean opened;
    private final FrameCutter cutter = new FrameCutter(this::read);
    final List<Frame.Linked> got = new ArrayList<>();
    End other = this;
    private boolean held;

    End(Relay relay, boolean opened) {
      this.relay = relay;
      this.opened = opened;
    }

    private void read(Frame.Linked frame) {
      got.add(frame);
      if (relay.alive) {
        relay.mesh.received(this, frame);
      }
    }

    @Override
    public Bytes peer() {
      return other.relay.self.id();
    }

    @Override
    public boolean opened() {
      return opened;
    }

    @Override
    public boolean isWritable() {
      return !held;
    }

    /** It takes nothing until it is let go. */
    void hold() {
      held = true;
    }

    void letGo() {
      held = false;
      relay.mesh.writable(this);
    }

    @Override
    public void send(Frame.Linked frame) {
      Bytes bytes = FrameWriter.write(relay.conduct.apply(frame));
      for (int i = 0; i < relay.times.applyAsInt(frame); i++) {
        after((1 + relay.delayMs) * WAY, () -> other.cutter.read(ByteBuffer.wrap(bytes.toArray())));
      }
    }

    @Override
    public void close(Frame.Leaving reason, String text) {
      relay.ends.remove(this);
      after(WAY, () -> other.broken());
    }

    void broken() {
      if (relay.ends.remove(this) && relay.alive) {
        relay.mesh.disconnected(this);
      }
    }
  }
}

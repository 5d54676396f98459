package dev.millrace.relay.mesh.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.Frame;
import dev.millrace.relay.mesh.FrameWriter;
import dev.millrace.relay.mesh.MeshTime;
import dev.millrace.relay.mesh.Multicast;
import dev.millrace.relay.mesh.PartName;
import dev.millrace.relay.mesh.SiteKey;
import dev.millrace.relay.mesh.SiteRelay;
import dev.millrace.relay.mesh.cast.CastKeys;
import dev.millrace.relay.mesh.cast.CastSettings;
import dev.millrace.relay.mesh.cast.CastSnapshot;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Relays on the loopback interface, with sockets and threads of their own. */
class UdpCastTest {
  private static final PartName.Track TRACK =
      new PartName.Track(new StreamPath("live", "alice"), "720p");

  /** So few datagrams that a socket's buffer of 208 KiB has room for all, whoever is slow. */
  private static final int PART_BYTES = 80_000;

  private static final double LOSS = 0.02;

  private final Random random = new Random();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Member> members = new ArrayList<>();
  private final GroupAddress group =
      GroupAddress.parse(
          "239.255.%d.%d:%d"
              .formatted(random.nextInt(256), random.nextInt(256), 20_000 + random.nextInt(9000)));

  @AfterEach
  void stop() {
    members.forEach(Member::close);
    threads.shutdownNow();
  }

  /** A relay, whose executor is one thread, and which loses some of what it receives. */
  private final class Member implements Multicast.Host, MeshTime {
    final Bytes id = SiteRelay.idOf("relay " + members.size());
    final Random chance = new Random(members.size());
    final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    final UdpCast wire;
    final MeshCast cast;
    final CompletableFuture<Boolean> hears = new CompletableFuture<>();
    final Map<PartName, CompletableFuture<Bytes>> parts = new ConcurrentHashMap<>();
    final boolean feeds = members.isEmpty();

    Member() throws IOException {
      CastKeys keys =
          new CastKeys(
              hour -> Bytes.utf8("secret " + hour).sha256(), () -> TimeUnit.HOURS.toMillis(5));
      wire = UdpCast.open(group, Optional.of("127.0.0.1"), 0, keys, this);
      cast = new MeshCast(new CastSettings(id, 100), this, new Random(), wire);
      wire.start(this::received, threads);
      thread.execute(() -> cast.begin(this));
    }

    private void received(Frame.Cast frame, SocketAddress from) {
      if (chance.nextDouble() >= LOSS) {
        cast.received(frame, from);
      }
    }

    CompletableFuture<Bytes> expect(PartName part, long until) {
      CompletableFuture<Bytes> came = new CompletableFuture<>();
      parts.put(part, came);
      thread.execute(() -> cast.expect(part, PART_BYTES, until));
      return came;
    }

    CastSnapshot snapshot() {
      return CompletableFuture.supplyAsync(cast::snapshot, thread).join();
    }

    void close() {
      thread.shutdownNow();
      wire.close();
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void after(long nanos, Runnable task) {
      if (!thread.isShutdown()) {
        thread.schedule(task, nanos, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void execute(Runnable task) {
      if (!thread.isShutdown()) {
        thread.execute(task);
      }
    }

    @Override
    public List<PartName.Track> fed() {
      return feeds ? List.of(TRACK) : List.of();
    }

    @Override
    public int listeners() {
      return feeds ? members.size() - 1 : 0;
    }

    @Override
    public boolean mayFeed(Bytes relay, PartName.Track track) {
      return relay.equals(members.getFirst().id);
    }

    @Override
    public void coming(PartName part) {}

    @Override
    public boolean decoded(PartName part, Bytes bytes) {
      CompletableFuture<Bytes> due = parts.get(part);
      return due != null && due.complete(bytes);
    }

    @Override
    public void heardChanged() {
      if (cast.hears(members.getFirst().id, TRACK)) {
        hears.complete(true);
      }
    }

    @Override
    public int roundTripMs(Bytes relay) {
      return 0;
    }
  }

  @Test
  void partsComeToAllAlthoughDatagramsAreLost() throws Exception {
    for (int i = 0; i < 4; i++) {
      members.add(new Member());
    }
    Member feeder = members.getFirst();
    List<Member> listeners = members.subList(1, members.size());
    for (Member listener : listeners) {
      listener.hears.get(30, TimeUnit.SECONDS);
    }
    List<Double> took = new ArrayList<>();
    for (int number = 0; number < 20; number++) {
      took.addAll(share(feeder, listeners, new PartName(TRACK, new LogPosition(1, 1, number))));
    }
    Collections.sort(took);
    CastSnapshot sent = feeder.snapshot();
    System.out.printf(
        "MEASURED multicast on loopback, 3 receivers that lose 2 %%: ms p50 %.1f, p99 %.1f; of %d"
            + " symbols %d parity, NACKs %d%n",
        took.get(took.size() / 2),
        took.get(took.size() * 99 / 100),
        sent.symbolsOut(),
        sent.parityOut(),
        sent.nacksIn());
    assertThat(sent.partsOut()).isEqualTo(20);
    for (Member listener : listeners) {
      assertThat(listener.snapshot().blocksRepaired()).isPositive();
      assertThat(listener.snapshot().wrong()).isZero();
      assertThat(listener.snapshot().strangers()).isZero();
    }
  }

  /** How long a part took to each listener, ms. */
  private List<Double> share(Member feeder, List<Member> listeners, PartName part)
      throws Exception {
    byte[] content = new byte[PART_BYTES];
    random.nextBytes(content);
    Bytes bytes = Bytes.wrap(content);
    long since = System.nanoTime();
    // On a machine that is busy a datagram may wait in a buffer for long.
    long until = since + TimeUnit.SECONDS.toNanos(20);
    List<CompletableFuture<Bytes>> due =
        listeners.stream().map(listener -> listener.expect(part, until)).toList();
    feeder.thread.execute(() -> feeder.cast.send(part, bytes, until));
    List<Double> took = new ArrayList<>();
    for (CompletableFuture<Bytes> each : due) {
      assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(bytes);
      took.add((System.nanoTime() - since) / 1e6);
    }
    return took;
  }

  @Test
  void whatIsNotOfTheSiteIsCounted() throws Exception {
    Member member = new Member();
    members.add(member);
    SiteKey other = new SiteKey(5, Bytes.utf8("other").sha256());
    byte[] datagram = FrameWriter.write(new Frame.Probe(5, 0, 10), other).toArray();
    try (DatagramSocket stranger = new DatagramSocket()) {
      SocketAddress to =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), member.wire.port());
      stranger.send(new DatagramPacket(datagram, datagram.length, to));
      stranger.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, to));
    }
    CompletableFuture<Boolean> counted = new CompletableFuture<>();
    watch(member, counted);
    assertThat(counted.get(20, TimeUnit.SECONDS)).isTrue();
  }

  private static void watch(Member member, CompletableFuture<Boolean> counted) {
    if (member.wire.malformed() == 2) {
      counted.complete(true);
    } else {
      member.after(TimeUnit.MILLISECONDS.toNanos(5), () -> watch(member, counted));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"239.255.7.1:7482", "[ff15:0:0:0:0:0:0:71]:7482"})
  void groupIsReadAsItIsWritten(String text) {
    assertThat(GroupAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "239.255.7.1", "10.0.0.1:5000", "239.255.7.1:0", "239.255.7.1:70000", "a:1"})
  void whatIsNoGroupIsRefused(String text) {
    assertThatThrownBy(() -> GroupAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterfaceThatIsNotThereIsSaid() {
    CastKeys keys = new CastKeys(hour -> Bytes.utf8("x").sha256(), () -> 0);
    assertThatThrownBy(() -> UdpCast.open(group, Optional.of("nosuch0"), 1, keys, new Nothing()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nosuch0");
  }

  /** A time in which nothing happens. */
  private static final class Nothing implements MeshTime {
    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public void after(long nanos, Runnable task) {}

    @Override
    public void execute(Runnable task) {}
  }
}

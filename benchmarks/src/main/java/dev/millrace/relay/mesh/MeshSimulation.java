package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartEntry;
import dev.millrace.relay.mesh.cast.CastSnapshot;
import dev.millrace.relay.mesh.cast.MeshCast;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * A site of relays with the real mesh, of which each has a player of one rendition: 6 Mbit/s in
 * parts of 250 kB each 333 ms, a network of 0.6 ms and 1 ms of processing (exponential), stalls of
 * 80 ms every half minute, entries signed 6 ms after a part. See {@link MeshSimulationMain}.
 */
final class MeshSimulation {
  private static final int PART_BYTES = 250_000;
  private static final long PART_NANOS = Ground.ms(1000) / 3;
  private static final long SIGNING = Ground.ms(6);
  private static final long LAN = 600_000;
  private static final double PROCESSING = 1e6;
  private static final long STALL = Ground.ms(80);
  private static final double STALL_EVERY = 30e9;
  private static final long DETECTION = Ground.ms(3000);
  private static final long LIST_EVERY = Ground.ms(1000);
  private static final long SAMPLE = Ground.ms(50);
  private static final long LIE_EVERY = Ground.ms(1000);

  /** Nothing is measured before, and nobody dies. */
  private static final long WARM = Ground.ms(4000);

  private static final long BAD_FROM = Ground.ms(6000);
  private static final long DYING = Ground.ms(20_000);
  private static final long FEEDER_DIES = Ground.ms(10_000);
  private static final long CUT_FROM = Ground.ms(10_000);
  private static final long CUT_UNTIL = Ground.ms(20_000);

  /** When parts came that were made in some time. */
  private record Came(long made, long added) {}

  private final MeshScenario scenario;
  private final Random random;
  private final SimulatedMeshTime time = new SimulatedMeshTime();
  private final SimulatedParts parts;
  private final SimulatedEdge edge;
  private final Map<Bytes, SimulatedRelay> relays = new LinkedHashMap<>();
  private final List<Came> came = new ArrayList<>();
  private final TreeMap<Long, Integer> queuesMs = new TreeMap<>();
  private Bytes bad = Bytes.EMPTY;
  private boolean listChanged;
  private long made;
  private long due;
  private long wrong;
  private long edgeBytesBefore;
  private long leftNanos = -1;
  private long outNanos = -1;

  MeshSimulation(MeshScenario scenario) {
    this.scenario = scenario;
    random = new Random(scenario.seed());
    parts = new SimulatedParts(PART_BYTES, PART_NANOS / 1000, random);
    edge = new SimulatedEdge(time, parts, scenario.lineKbit());
    for (int i = 0; i < scenario.relays(); i++) {
      SiteRelay self = new SiteRelay(SiteRelay.idOf("relay " + i), scenario.uplinkKbit());
      relays.put(self.id(), new SimulatedRelay(this, self, scenario.controls(), random.nextLong()));
    }
  }

  SimulatedMeshTime time() {
    return time;
  }

  SimulatedEdge edge() {
    return edge;
  }

  SimulatedParts parts() {
    return parts;
  }

  /** Whether relays hear each other by multicast. */
  boolean isMulticast() {
    return scenario.multicast();
  }

  /** Whether a multicast datagram is lost at a relay. */
  boolean isLost() {
    return random.nextDouble() < scenario.lost();
  }

  Collection<SimulatedRelay> relays() {
    return relays.values();
  }

  /** How long a frame takes through the network and to whom reads it. */
  long lan() {
    return LAN + (long) (-PROCESSING * Math.log(1 - random.nextDouble()));
  }

  /** Runs all of it. */
  MeshResult run() {
    List<SiteRelay> all = relays.values().stream().map(SimulatedRelay::self).toList();
    for (SimulatedRelay relay : relays.values()) {
      relay.mesh().site(all);
      relay.mesh().want(SimulatedParts.PATH, SimulatedParts.RENDITION);
      stalls(relay);
    }
    plan();
    publish(0);
    sample();
    list();
    long end = Ground.ms(scenario.seconds() * 1000L);
    time.runUntil(WARM);
    edgeBytesBefore = edge.bytes();
    time.runUntil(end);
    return result(end);
  }

  private void plan() {
    StripeTrees trees =
        new StripeTrees(
            SimulatedParts.PATH.toString(),
            relays.values().stream().map(SimulatedRelay::self).toList());
    Bytes feeder = trees.feeders().getFirst();
    if (scenario.bad() != SimulatedRelay.Conduct.GOOD) {
      bad = trees.first(3).orElseThrow();
      time.at(BAD_FROM, () -> relay(bad).conduct(scenario.bad()));
    }
    List<SimulatedRelay> doomed = new ArrayList<>(relays.values());
    doomed.remove(relay(feeder));
    Collections.shuffle(doomed, random);
    int killed = scenario.relays() * scenario.killedPercent() / 100;
    for (SimulatedRelay relay : doomed.subList(0, killed)) {
      time.at(WARM + (long) (DYING * random.nextDouble()), () -> kill(relay));
    }
    if (scenario.killFeeder()) {
      time.at(FEEDER_DIES, () -> kill(relay(feeder)));
    }
    if (scenario.cutKbit() > 0) {
      time.at(CUT_FROM, () -> edge.line(scenario.cutKbit()));
      time.at(CUT_UNTIL, () -> edge.line(scenario.lineKbit()));
    }
  }

  private SimulatedRelay relay(Bytes id) {
    SimulatedRelay relay = relays.get(id);
    if (relay == null) {
      throw new IllegalArgumentException("no relay " + id.hex());
    }
    return relay;
  }

  private void kill(SimulatedRelay relay) {
    relay.die(scenario.unnoticed());
    if (!scenario.unnoticed()) {
      time.after(
          DETECTION,
          () -> {
            relay.isNoticed();
            listChanged = true;
          });
    }
  }

  /** Tells a new list of relays, as a cluster does: some changes at once. */
  private void list() {
    if (listChanged) {
      listChanged = false;
      List<SiteRelay> list =
          relays.values().stream()
              .filter(SimulatedRelay::isAlive)
              .map(SimulatedRelay::self)
              .toList();
      alive().forEach(relay -> relay.mesh().site(list));
    }
    time.after(LIST_EVERY, this::list);
  }

  private List<SimulatedRelay> alive() {
    return relays.values().stream().filter(SimulatedRelay::isAlive).toList();
  }

  private void stalls(SimulatedRelay relay) {
    time.after(
        (long) (-STALL_EVERY * Math.log(1 - random.nextDouble())),
        () -> {
          relay.stall(STALL);
          stalls(relay);
        });
  }

  private void publish(long number) {
    LogPosition at = SimulatedParts.position(number);
    PartEntry entry = parts.make(number);
    edge.made(at);
    long now = time.nanoTime();
    boolean measured = now >= WARM;
    made += measured ? 1 : 0;
    for (SimulatedRelay relay : alive()) {
      time.after(
          SIGNING + SimulatedEdge.ONE_WAY + lan() + lan(),
          () -> {
            if (relay.isAlive()) {
              signed(relay, entry, now, measured);
            }
          });
    }
    time.after(PART_NANOS, () -> publish(number + 1));
  }

  private void signed(SimulatedRelay relay, PartEntry entry, long since, boolean measured) {
    SiteMesh mesh = relay.mesh();
    mesh.signed(SimulatedParts.PATH, SimulatedParts.RENDITION, entry, true);
    boolean counts = measured && relay.isGood();
    due += counts ? 1 : 0;
    mesh.part(SimulatedParts.PATH, SimulatedParts.RENDITION, entry.position())
        .thenAccept(
            part -> {
              if (!relay.isAlive()) {
                due -= counts ? 1 : 0;
              } else if (counts) {
                wrong += part.equals(parts.part(entry.position())) ? 0 : 1;
                long direct =
                    since + SimulatedEdge.ONE_WAY + PART_BYTES * 8_000_000L / scenario.lineKbit();
                came.add(new Came(since, time.nanoTime() - direct));
              }
            });
  }

  private void sample() {
    for (SimulatedRelay relay : alive()) {
      queuesMs.merge(relay.queue() / Ground.ms(1), 1, Integer::sum);
    }
    judge();
    time.after(SAMPLE, this::sample);
  }

  /** A relay opens a connection to another. */
  void connect(SimulatedRelay from, Bytes to) {
    SimulatedRelay other = relay(to);
    if (!other.isAlive()) {
      time.after(DETECTION, () -> unreachable(from, to, Optional.empty()));
      return;
    }
    time.after(
        3 * lan(),
        () -> {
          Frame.Hello hello =
              new Frame.Hello(false, scenario.uplinkKbit(), 0, from.id(), "simulated");
          Frame.Verdict verdict = other.mesh().greet(hello, from.id(), 0).verdict();
          if (verdict != Frame.Verdict.WELCOME) {
            unreachable(from, to, Optional.of(verdict));
          } else if (from.isAlive() && other.isAlive()) {
            from.joined(other);
          } else {
            unreachable(from, to, Optional.empty());
          }
        });
  }

  private static void unreachable(SimulatedRelay from, Bytes to, Optional<Frame.Verdict> verdict) {
    if (from.isAlive()) {
      from.mesh().unreachable(to, verdict);
    }
  }

  /** A relay tells all others whom it accuses. */
  void tell(Bytes accuser, List<Accusation> all) {
    for (SimulatedRelay other : alive()) {
      if (!other.id().equals(accuser)) {
        time.after(lan(), () -> other.mesh().accused(accuser, all));
      }
    }
  }

  /** One relay accuses a good one, and then the next. */
  void lie(SimulatedRelay liar, int fault) {
    List<SimulatedRelay> good = relays.values().stream().filter(SimulatedRelay::isGood).toList();
    tell(liar.id(), List.of(new Accusation(good.get(fault % good.size()).id(), fault)));
    time.after(LIE_EVERY, () -> lie(liar, fault + 1));
  }

  /** Looks whether the bad relay is used still. */
  private void judge() {
    if (bad.isEmpty() || time.nanoTime() < BAD_FROM) {
      return;
    }
    List<SimulatedRelay> good = alive().stream().filter(SimulatedRelay::isGood).toList();
    if (leftNanos < 0 && good.stream().allMatch(relay -> relay.mesh().leaves(bad))) {
      leftNanos = time.nanoTime() - BAD_FROM;
    }
    if (outNanos < 0 && good.stream().allMatch(relay -> relay.hasBanned(bad))) {
      outNanos = time.nanoTime() - BAD_FROM;
    }
  }

  /** A relay shut another one out. */
  void banned(Bytes peer) {
    if (!peer.equals(bad)) {
      wrong++;
    }
  }

  private MeshResult result(long end) {
    long last = end - Ground.ms(2000);
    List<Came> all = came.stream().filter(each -> each.made() < last).toList();
    List<Long> added = all.stream().map(Came::added).sorted().toList();
    long[] afterCut =
        all.stream()
            .filter(each -> each.added() > Ground.ms(500) && each.made() >= CUT_UNTIL)
            .mapToLong(Came::made)
            .sorted()
            .toArray();
    MeshSnapshot sum =
        MeshResult.sum(alive().stream().map(each -> each.mesh().snapshot()).toList());
    List<CastSnapshot> casts =
        alive().stream().flatMap(each -> each.cast().stream()).map(MeshCast::snapshot).toList();
    return new MeshResult(
        scenario,
        made,
        (double) (edge.bytes() - edgeBytesBefore) / PART_BYTES / made,
        added,
        due,
        came.size(),
        wrong,
        sum,
        casts,
        queuesMs.lastKey(),
        leftNanos,
        outNanos,
        scenario.cutKbit() == 0 || afterCut.length == 0
            ? 0
            : afterCut[afterCut.length - 1] - CUT_UNTIL,
        edge.longest());
  }
}

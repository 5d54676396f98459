package dev.millrace.relay.mesh;

import java.util.ArrayList;
import java.util.List;

/**
 * Sites of 10 to 1000 relays that come, die, lie and fall silent: how often a part goes over the
 * line of the site, and how much later players get it. What depends on it: the numbers of
 * relay-protocol.md, and what docs/develop/performance.md says of them. Arguments: seed, and the
 * beginnings of the names of the scenarios to run, all if there are none.
 */
public final class MeshSimulationMain {
  private MeshSimulationMain() {}

  /** Runs the scenarios, one after the other. */
  public static void main(String[] args) {
    long seed = args.length > 0 ? Long.parseLong(args[0]) : 20261122;
    List<String> names = List.of(args).subList(Math.min(1, args.length), args.length);
    System.out.println("seed " + seed);
    System.out.println(MeshResult.HEAD);
    for (MeshScenario scenario : scenarios(seed)) {
      if (names.isEmpty() || names.stream().anyMatch(scenario.name()::startsWith)) {
        long begin = System.nanoTime();
        MeshResult result = new MeshSimulation(scenario).run();
        System.out.printf(
            "%s %.1f s; due %d, got %d, wrong %d, recovery %.1f s, on the line at once %d%s%n",
            result.row(),
            (System.nanoTime() - begin) / 1e9,
            result.due(),
            result.got(),
            result.wrong(),
            result.recovery() / 1e9,
            result.longest(),
            result.multicast());
      }
    }
  }

  private static List<MeshScenario> scenarios(long seed) {
    List<MeshScenario> all = new ArrayList<>();
    for (int relays : new int[] {10, 50, 200, 1000}) {
      MeshScenario quiet = MeshScenario.quiet(relays, seed).seconds(relays == 1000 ? 26 : 30);
      for (int killed : new int[] {0, 10, 30}) {
        all.add(quiet.killed(killed, false).named(relays + " relays, " + killed + " % killed"));
      }
      if (relays < 1000) {
        all.add(quiet.killed(30, true).named(relays + " relays, 30 % killed, never noticed"));
        all.add(quiet.feederKilled().named(relays + " relays, feeder killed"));
      }
    }
    MeshScenario fifty = MeshScenario.quiet(50, seed);
    all.add(fifty.uplinks(30_000).killed(10, false).named("50 relays of 30 Mbit/s, 10 % killed"));
    all.add(fifty.with(SimulatedRelay.Conduct.FLIPS).named("one flips bits, 50 relays"));
    all.add(fifty.with(SimulatedRelay.Conduct.SILENT).named("one is silent, 50 relays"));
    all.add(fifty.with(SimulatedRelay.Conduct.MUTE).named("one passes nothing on, 50 relays"));
    all.add(fifty.with(SimulatedRelay.Conduct.FLOODS).named("one sends 11 times, 50 relays"));
    all.add(fifty.with(SimulatedRelay.Conduct.LIES).named("one accuses all others, 50 relays"));
    all.add(fifty.line(12_000).named("line of twice the need, 50 relays"));
    all.add(fifty.cut(3000).named("line cut to half of the need, 50 relays"));
    MeshScenario lan = MeshScenario.quiet(10, seed).uplinks(1_000_000);
    all.add(lan.named("multicast: none, 10 relays of 1 Gbit/s"));
    for (int percent : new int[] {0, 1, 2, 5, 10}) {
      all.add(
          lan.multicast(percent / 100.0)
              .named("multicast, 10 relays of 1 Gbit/s, " + percent + " % lost"));
    }
    all.add(
        MeshScenario.quiet(10, seed)
            .multicast(0.02)
            .named("multicast, 10 relays of 100 Mbit/s, 2 % lost"));
    all.add(
        lan.multicast(0.02).feederKilled().named("multicast, 10 relays, 2 % lost, feeder killed"));
    all.add(
        MeshScenario.quiet(60, seed)
            .uplinks(1_000_000)
            .seconds(14)
            .multicast(0.02)
            .named("multicast, 60 relays, 2 % lost"));
    MeshScenario hard = fifty.uplinks(20_000).killed(30, true).seconds(20);
    all.add(hard.named("hard: 50 relays of 20 Mbit/s, 30 % killed, never noticed"));
    all.add(hard.controls(new Controls(false, true, true)).named("hard, queues not bounded"));
    all.add(hard.controls(new Controls(true, false, true)).named("hard, stale parts sent"));
    all.add(hard.controls(new Controls(true, true, false)).named("hard, no tickets"));
    return all;
  }
}

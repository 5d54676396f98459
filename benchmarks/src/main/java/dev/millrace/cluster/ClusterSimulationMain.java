package dev.millrace.cluster;

/**
 * A thousand edges, thirty origins that are ingests, too, and ten thousand streams: what moves when
 * nodes come, go, drain and die, how long streams have fewer copies than they should, and what the
 * nodes say to each other. What depends on it: the size of one group, and the ten seconds in which
 * redundancy must be back ({@code docs/scale.md}). Arguments: seed, edges, origins, streams.
 */
public final class ClusterSimulationMain {
  private ClusterSimulationMain() {}

  public static void main(String[] args) {
    long seed = args.length > 0 ? Long.parseLong(args[0]) : 20261121;
    int edges = args.length > 1 ? Integer.parseInt(args[1]) : 1000;
    int origins = args.length > 2 ? Integer.parseInt(args[2]) : 30;
    int streams = args.length > 3 ? Integer.parseInt(args[3]) : 10_000;
    System.out.printf("seed %d: %d edges, %d origins, %d streams%n", seed, edges, origins, streams);
    long begin = System.nanoTime();
    ClusterSimulation simulation = new ClusterSimulation(seed, origins, edges, streams);
    step(simulation, "start, all published at once", 30, () -> {});
    step(simulation, "quiet", 5, () -> {});
    step(simulation, "an origin and ingest dies", 15, simulation::crash);
    step(simulation, "it is back, empty", 20, () -> {});
    step(simulation, "a new origin joins", 20, simulation::join);
    step(simulation, "an origin drains", 20, simulation::drain);
    step(
        simulation,
        "two die within 3 s",
        20,
        () -> {
          simulation.crash();
          simulation.pass(3);
          simulation.crash();
        });
    step(simulation, "50 edges more", 10, () -> simulation.edgesComeAndGo(50));
    simulation.pass(15);
    System.out.printf(
        "all origins see the same: %s; %.1f s, %.1f s of processor%n",
        simulation.agrees(),
        (System.nanoTime() - begin) / 1e9,
        ProcessHandle.current().info().totalCpuDuration().orElseThrow().toMillis() / 1e3);
  }

  private static void step(ClusterSimulation simulation, String what, int seconds, Runnable event) {
    event.run();
    simulation.pass(seconds);
    ClusterSimulation.Report report = simulation.report();
    double per = (double) seconds * report.nodes();
    System.out.printf(
        "%-30s %3d s: %6d copies begun, %6d let go; below two copies %8.1f stream seconds, longest"
            + " %4.1f s; without any %.1f; a node and second received %.0f messages, %.1f kB; %d"
            + " sections asked for%n",
        what,
        seconds,
        report.fills(),
        report.drops(),
        report.gapSeconds(),
        report.longestGap(),
        report.withoutSeconds(),
        report.messages() / per,
        report.bytes() / 1000.0 / per,
        report.asked());
  }
}

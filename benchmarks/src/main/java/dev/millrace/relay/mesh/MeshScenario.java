package dev.millrace.relay.mesh;

/**
 * What happens to a simulated site. Immutable.
 *
 * @param relays how many there are
 * @param uplinkKbit what each gives to others
 * @param lineKbit of the line to the edge
 * @param killedPercent of the relays die within 20 s, at random times
 * @param unnoticed nobody notices: the dead answer PING, no connection breaks, the list of relays
 *     stays; otherwise connections break and the list changes 3 s later
 * @param killFeeder the stream's feeder dies after 10 s
 * @param bad how one relay behaves, an inner node of a tree
 * @param cutKbit what the line carries from 10 s to 20 s; 0 for no cut
 * @param lost share of multicast datagrams that each relay loses; negative where there is no
 *     multicast
 */
record MeshScenario(
    String name,
    int relays,
    long uplinkKbit,
    long lineKbit,
    int killedPercent,
    boolean unnoticed,
    boolean killFeeder,
    SimulatedRelay.Conduct bad,
    long cutKbit,
    Controls controls,
    int seconds,
    long seed,
    double lost) {

  static MeshScenario quiet(int relays, long seed) {
    return new MeshScenario(
        relays + " relays",
        relays,
        100_000,
        100_000,
        0,
        false,
        false,
        SimulatedRelay.Conduct.GOOD,
        0,
        Controls.ALL,
        30,
        seed,
        -1);
  }

  MeshScenario named(String other) {
    return new MeshScenario(
        other,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario killed(int percent, boolean nobodyNotices) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        percent,
        nobodyNotices,
        killFeeder,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario feederKilled() {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        true,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario uplinks(long kbit) {
    return new MeshScenario(
        name,
        relays,
        kbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario with(SimulatedRelay.Conduct conduct) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        conduct,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario cut(long kbit) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        kbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario line(long kbit) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        kbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        lost);
  }

  MeshScenario controls(Controls other) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        other,
        seconds,
        seed,
        lost);
  }

  MeshScenario seconds(int other) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        controls,
        other,
        seed,
        lost);
  }

  /** Whether relays hear each other by multicast. */
  boolean multicast() {
    return lost >= 0;
  }

  MeshScenario multicast(double share) {
    return new MeshScenario(
        name,
        relays,
        uplinkKbit,
        lineKbit,
        killedPercent,
        unnoticed,
        killFeeder,
        bad,
        cutKbit,
        controls,
        seconds,
        seed,
        share);
  }
}

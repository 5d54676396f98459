package dev.millrace.relay.mesh;

import dev.millrace.relay.mesh.cast.CastSnapshot;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a simulation gave.
 *
 * @param copies parts that went over the line, for each that was made
 * @param added how much later than to who reads the edge directly over the empty line each part
 *     came to each player, ascending; nanoseconds
 * @param due parts that players were to get
 * @param got those they got
 * @param wrong bytes that were not the log's, and good relays shut out
 * @param sum counters of all relays that are alive at the end
 * @param casts of the same relays, where there is multicast
 * @param queueMs the longest that waited at a relay at any time looked at
 * @param leftNanos how long after it began a bad relay was used by nobody; -1 if it still is
 * @param outNanos how long after it began all had shut it out; -1 if they have not
 * @param longest parts that were on the line at the same time
 * @param recovery how long behind the line's return the last part was made that was 0.5 s late
 */
record MeshResult(
    MeshScenario scenario,
    long made,
    double copies,
    List<Long> added,
    long due,
    long got,
    long wrong,
    MeshSnapshot sum,
    List<CastSnapshot> casts,
    long queueMs,
    long leftNanos,
    long outNanos,
    long recovery,
    int longest) {

  static final String HEAD =
      "| scenario | copies | offload % | added p50 / p99 / p99.9 ms | over 300 ms, 1 s % |"
          + " repaired, twice % | hedged, fallback, asked, cancelled | queue ms | blames, bans,"
          + " left by all, shut out by all |";

  static MeshSnapshot sum(List<MeshSnapshot> all) {
    Counts sum = new Counts();
    for (MeshSnapshot one : all) {
      sum.objects += one.objects();
      sum.complete += one.complete();
      sum.late += one.late();
      sum.expired += one.expired();
      sum.edgeParts += one.edgeParts();
      sum.edgeBytes += one.edgeBytes();
      sum.fed += one.fed();
      sum.hedged += one.hedged();
      sum.fallback += one.fallback();
      sum.asked += one.asked();
      sum.cancelled += one.cancelled();
      sum.chunksIn += one.chunksIn();
      sum.repaired += one.repaired();
      sum.duplicates += one.duplicates();
      sum.chunksOut += one.chunksOut();
      sum.leftOut += one.leftOut();
      sum.refused += one.refused();
      sum.dropped += one.dropped();
      sum.malformed += one.malformed();
      sum.blames += one.blames();
    }
    return sum.snapshot(List.of(), all.stream().flatMap(one -> one.bans().stream()).toList());
  }

  double percentile(double percent) {
    int count = added.size();
    return count == 0
        ? Double.NaN
        : added.get((int) Math.min(count - 1, count * percent / 100)) / 1e6;
  }

  /** Share of parts that came more than so much later, or never; percent. */
  double later(long millis) {
    long later = added.stream().filter(each -> each > Ground.ms(millis)).count();
    return 100.0 * later / Math.max(1, added.size());
  }

  private long casts(ToLongFunction<CastSnapshot> what) {
    return casts.stream().mapToLong(what).sum();
  }

  /** What went by multicast; empty where nothing can. */
  String multicast() {
    return casts.isEmpty()
        ? ""
        : "; by multicast %d parts out, %d in; symbols out %d, of which parity %.1f %%; lost %.2f %%; NACKs %d; blocks %d, repaired %.1f %%; heard no more %d times"
            .formatted(
                casts(CastSnapshot::partsOut),
                casts(CastSnapshot::partsIn),
                casts(CastSnapshot::symbolsOut),
                100.0 * casts(CastSnapshot::parityOut) / casts(CastSnapshot::symbolsOut),
                100.0
                    * casts(CastSnapshot::symbolsLost)
                    / (casts(CastSnapshot::symbolsLost) + casts(CastSnapshot::symbolsIn)),
                casts(CastSnapshot::nacksOut),
                casts(CastSnapshot::blocks),
                100.0 * casts(CastSnapshot::blocksRepaired) / casts(CastSnapshot::blocks),
                casts(CastSnapshot::falls));
  }

  /** One row of the table. */
  String row() {
    double in = Math.max(1, sum.chunksIn());
    return "| %s | %.3f | %.1f | %.0f / %.0f / %.0f | %.2f, %.2f | %.2f, %.2f | %d, %d, %d, %d | %d | %d, %d, %s, %s |"
        .formatted(
            scenario.name(),
            copies,
            100 * (1 - copies / scenario.relays()),
            percentile(50),
            percentile(99),
            percentile(99.9),
            later(300),
            later(1000),
            100 * sum.repaired() / in,
            100 * sum.duplicates() / in,
            sum.hedged(),
            sum.fallback(),
            sum.asked(),
            sum.cancelled(),
            queueMs,
            sum.blames(),
            sum.bans().size(),
            seconds(leftNanos),
            seconds(outNanos));
  }

  private static String seconds(long nanos) {
    return nanos < 0 ? "-" : "%.2f s".formatted(nanos / 1e9);
  }
}

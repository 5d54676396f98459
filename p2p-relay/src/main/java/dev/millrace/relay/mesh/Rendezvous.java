package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Weighted rendezvous hashing: everybody who has the same list of relays finds the same order for a
 * key, and a relay that comes or goes moves nobody else (docs/reference/relay-protocol.md, section
 * 6). Stateless.
 */
final class Rendezvous {
  private static final int FRACTION_BITS = 53;

  private static final Comparator<Scored> ORDER =
      Comparator.comparingDouble((Scored each) -> -each.score())
          .thenComparing(each -> each.relay().id().hex());

  private record Scored(SiteRelay relay, double score) {
    static Scored of(String key, SiteRelay relay) {
      return new Scored(relay, Rendezvous.score(key, relay));
    }
  }

  private Rendezvous() {}

  /** The relays in the order of their scores for a key, highest first. */
  static List<SiteRelay> order(String key, Collection<SiteRelay> relays) {
    return relays.stream()
        .map(relay -> Scored.of(key, relay))
        .sorted(ORDER)
        .map(Scored::relay)
        .toList();
  }

  /**
   * At which place of the order a relay stands for a key, from 0, and {@code most} where so many or
   * more stand before it. Who stands far behind finds that out by a few scores.
   */
  static int place(String key, SiteRelay relay, Collection<SiteRelay> all, int most) {
    Scored own = Scored.of(key, relay);
    return (int)
        all.stream()
            .filter(other -> ORDER.compare(Scored.of(key, other), own) < 0)
            .limit(most)
            .count();
  }

  /** How far in front a relay stands for a key; positive. */
  static double score(String key, SiteRelay relay) {
    Bytes hash = Bytes.concat(List.of(Bytes.utf8(key), Bytes.of(0), relay.id())).sha256();
    double fraction = (hash.s64(0) >>> (Long.SIZE - FRACTION_BITS)) * 0x1p-53;
    return -relay.weight() / Math.log(fraction == 0 ? 0x1p-54 : fraction);
  }
}

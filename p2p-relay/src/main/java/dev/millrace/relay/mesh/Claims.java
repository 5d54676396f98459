package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Who accuses whom, this relay among them. One of the two is at fault, and nobody else knows which:
 * so for 10 s neither is used where another can be, and who accuses falsely gains nothing by it.
 * Two accusers of one relay within 60 s are believed (section 9). Mesh's executor.
 */
final class Claims {
  private static final long SUSPENDED = Ground.ms(10_000);
  private static final long COUNTS = Ground.ms(60_000);

  /** Longer than an accuser repeats it, so that it is not taken for a new one. */
  private static final long KNOWN = Ground.ms(65_000);

  private record Claim(int fault, long at) {}

  /** A relay says that another one was at fault. */
  record Case(Bytes accuser, Bytes accused, int fault) {}

  private final Ground ground;
  private final Predicate<Bytes> banned;

  /** Of each accuser, by whom it accuses. */
  private final Map<Bytes, Map<Bytes, Claim>> claims = new HashMap<>();

  /**
   * @param banned whose claims do not count
   */
  Claims(Ground ground, Predicate<Bytes> banned) {
    this.ground = ground;
    this.banned = banned;
  }

  /**
   * Notes an accusation; false if it was known.
   *
   * @param accuser who is bound to have sent it
   */
  boolean add(Bytes accuser, Accusation said) {
    Map<Bytes, Claim> of = claims.computeIfAbsent(accuser, any -> new HashMap<>());
    Claim known = of.get(said.peer());
    if (accuser.equals(said.peer()) || (known != null && known.fault() >= said.fault())) {
      return false;
    }
    of.put(said.peer(), new Claim(said.fault(), ground.now()));
    if (of.size() > Accusation.MOST) {
      of.entrySet().stream()
          .min(Comparator.comparingLong(each -> each.getValue().at()))
          .map(Map.Entry::getKey)
          .ifPresent(of::remove);
    }
    return true;
  }

  /** How many relays accuse this one. */
  int accusers(Bytes peer) {
    int count = 0;
    for (Map.Entry<Bytes, Map<Bytes, Claim>> each : claims.entrySet()) {
      Claim claim = each.getValue().get(peer);
      count += claim != null && counts(each.getKey(), claim, COUNTS) ? 1 : 0;
    }
    return count;
  }

  private boolean counts(Bytes accuser, Claim claim, long forSoLong) {
    return ground.now() - claim.at() < forSoLong && !banned.test(accuser);
  }

  /** What is not decided: the newest that each says, for as long as neither is to be used. */
  List<Case> open() {
    List<Case> open = new ArrayList<>();
    claims.forEach(
        (accuser, all) ->
            all.entrySet().stream()
                .max(Comparator.comparingInt(each -> each.getValue().fault()))
                .filter(each -> counts(accuser, each.getValue(), SUSPENDED))
                .filter(each -> !banned.test(each.getKey()))
                .map(each -> new Case(accuser, each.getKey(), each.getValue().fault()))
                .ifPresent(open::add));
    return open;
  }

  /** What this relay says. */
  List<Accusation> own() {
    return claims.getOrDefault(ground.id(), Map.of()).entrySet().stream()
        .filter(each -> counts(ground.id(), each.getValue(), COUNTS))
        .map(each -> new Accusation(each.getKey(), each.getValue().fault()))
        .sorted(Comparator.comparingInt(each -> -each.fault()))
        .toList();
  }

  /** Forgets what is over. */
  void sweep() {
    long now = ground.now();
    claims.values().forEach(of -> of.values().removeIf(claim -> now - claim.at() >= KNOWN));
    claims.values().removeIf(Map::isEmpty);
  }
}

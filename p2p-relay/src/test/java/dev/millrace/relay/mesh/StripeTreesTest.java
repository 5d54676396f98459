package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StripeTreesTest {
  private static final String STREAM = "live/alice";

  /** Children of all stripes that one relay may get where three of ten are lost. */
  private static final int MOST = 16;

  private final Random random = new Random(4);

  private List<SiteRelay> relays(int count) {
    List<SiteRelay> relays = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      relays.add(new SiteRelay(id(i), 100_000));
    }
    return relays;
  }

  private static Bytes id(int number) {
    return Bytes.utf8("relay " + number).sha256().slice(0, 16);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 10, 50, 200, 1000})
  void everyRelayGetsEveryStripeOnceFromItsParent(int count) {
    List<SiteRelay> relays = relays(count);
    StripeTrees trees = new StripeTrees(STREAM, relays);
    Bytes feeder = trees.feeders().getFirst();
    for (int stripe = 0; stripe < StripeTrees.STRIPES; stripe++) {
      Set<Bytes> reached = new HashSet<>();
      List<Bytes> next = new ArrayList<>(List.of(feeder));
      int depth = 0;
      while (!next.isEmpty()) {
        List<Bytes> below = new ArrayList<>();
        for (Bytes relay : next) {
          assertThat(reached.add(relay)).as("once").isTrue();
          for (Bytes child : trees.children(stripe, relay)) {
            assertThat(trees.parent(stripe, child)).contains(relay);
            below.add(child);
          }
        }
        next = below;
        depth++;
      }
      assertThat(reached).hasSize(count);
      assertThat(depth).isLessThanOrEqualTo(2 + (int) Math.ceil(Math.log(count) / Math.log(4)));
      assertThat(trees.parent(stripe, feeder)).isEmpty();
    }
  }

  /** The feeder gives each chunk once; the others send in one stripe of four, one in two. */
  @ParameterizedTest
  @ValueSource(ints = {10, 50, 200, 1000})
  void uplinksCarryAboutTheSame(int count) {
    StripeTrees trees = new StripeTrees(STREAM, relays(count));
    int inTwo = 0;
    for (SiteRelay relay : relays(count)) {
      int sends = 0;
      int stripes = 0;
      for (int stripe = 0; stripe < StripeTrees.STRIPES; stripe++) {
        int children = trees.children(stripe, relay.id()).size();
        sends += children;
        stripes += children > 0 ? 1 : 0;
      }
      if (relay.id().equals(trees.feeders().getFirst())) {
        assertThat(sends).isEqualTo(StripeTrees.STRIPES);
      } else {
        assertThat(stripes).isLessThanOrEqualTo(2);
        assertThat(sends).as("of four stripes, so two copies at most").isLessThanOrEqualTo(8);
        inTwo += stripes == 2 ? 1 : 0;
      }
    }
    assertThat(inTwo).isLessThanOrEqualTo(1);
  }

  /**
   * Three of ten relays are lost, others each time: the first giver that is there leads to the
   * feeder in no more steps than the tree has, and nobody gets more children than it can bear.
   */
  @ParameterizedTest
  @ValueSource(ints = {10, 50, 200})
  void whoLosesItsParentIsGivenByAnotherAndNobodyByTooMany(int count) {
    List<SiteRelay> relays = relays(count);
    StripeTrees trees = new StripeTrees(STREAM, relays);
    Bytes feeder = trees.feeders().getFirst();
    for (int time = 0; time < 100; time++) {
      Collections.shuffle(relays, random);
      List<Bytes> there = new ArrayList<>(relays.stream().map(SiteRelay::id).toList());
      there.subList(0, count * 3 / 10).removeIf(id -> !id.equals(feeder));
      Set<Bytes> alive = new HashSet<>(there);
      Map<Bytes, Integer> children = new HashMap<>();
      for (int stripe = 0; stripe < StripeTrees.STRIPES; stripe++) {
        for (Bytes relay : alive) {
          if (!relay.equals(feeder)) {
            children.merge(giver(trees, stripe, relay, alive), 1, Integer::sum);
            assertThat(steps(trees, stripe, relay, alive))
                .isLessThanOrEqualTo(depth(trees, stripe, relay));
          }
        }
      }
      assertThat(children.values()).allMatch(each -> each <= MOST, "at most " + MOST);
    }
  }

  private static Bytes giver(StripeTrees trees, int stripe, Bytes relay, Set<Bytes> alive) {
    return trees.givers(stripe, relay).stream().filter(alive::contains).findFirst().orElseThrow();
  }

  private static int depth(StripeTrees trees, int stripe, Bytes relay) {
    int depth = 0;
    for (Optional<Bytes> next = trees.parent(stripe, relay);
        next.isPresent();
        next = trees.parent(stripe, next.get())) {
      depth++;
    }
    return depth;
  }

  private static int steps(StripeTrees trees, int stripe, Bytes relay, Set<Bytes> alive) {
    int steps = 0;
    for (Bytes next = relay; !next.equals(trees.feeders().getFirst()); steps++) {
      assertThat(steps).as("no circle").isLessThan(alive.size());
      next = giver(trees, stripe, next, alive);
    }
    return steps;
  }

  @Test
  void whoStandsInFrontKnowsItsPlaceWithoutTheWholeOrder() {
    List<SiteRelay> relays = relays(50);
    List<SiteRelay> order = Rendezvous.order(STREAM, relays);
    for (int place = 0; place < order.size(); place++) {
      assertThat(Rendezvous.place(STREAM, order.get(place), relays, 3))
          .isEqualTo(Math.min(place, 3));
    }
  }

  @Test
  void theOrderOfTheListIsOfNoMatter() {
    List<SiteRelay> relays = relays(40);
    StripeTrees trees = new StripeTrees(STREAM, relays);
    Collections.shuffle(relays, random);
    StripeTrees same = new StripeTrees(STREAM, relays);
    assertThat(same.feeders()).isEqualTo(trees.feeders()).hasSize(3);
    for (SiteRelay relay : relays) {
      assertThat(same.children(2, relay.id())).isEqualTo(trees.children(2, relay.id()));
    }
  }

  @Test
  void whoDiesIsFollowedByWhoStoodBy() {
    List<SiteRelay> relays = relays(20);
    List<Bytes> before = new StripeTrees(STREAM, relays).feeders();
    relays.removeIf(each -> each.id().equals(before.getFirst()));
    assertThat(new StripeTrees(STREAM, relays).feeders().subList(0, 2))
        .isEqualTo(before.subList(1, 3));
  }

  @Test
  void streamsAreFedByRelaysInTheShareOfTheirUplinks() {
    List<SiteRelay> relays =
        List.of(
            new SiteRelay(id(0), 50_000),
            new SiteRelay(id(1), 100_000),
            new SiteRelay(id(2), 250_000));
    Map<Bytes, Integer> fed = new HashMap<>();
    for (int stream = 0; stream < 4000; stream++) {
      fed.merge(Rendezvous.order("live/s" + stream, relays).getFirst().id(), 1, Integer::sum);
    }
    assertThat(fed.getOrDefault(id(0), 0) / 4000.0).isCloseTo(0.125, within(0.03));
    assertThat(fed.getOrDefault(id(1), 0) / 4000.0).isCloseTo(0.25, within(0.03));
    assertThat(fed.getOrDefault(id(2), 0) / 4000.0).isCloseTo(0.625, within(0.03));
  }
}

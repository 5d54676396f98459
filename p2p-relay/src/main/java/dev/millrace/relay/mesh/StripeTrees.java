package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who feeds a stream into the site, and how its chunks spread there: chunk c goes along the tree of
 * stripe c mod 4, whose inner nodes are leaves in the other trees, so that all uplinks carry about
 * the same and the loss of a relay costs a quarter of what is below it
 * (docs/reference/relay-protocol.md, section 6). Immutable.
 */
final class StripeTrees {
  static final int STRIPES = 4;
  static final int CHILDREN = 4;

  /** The bits of all stripes. */
  static final int ALL = (1 << STRIPES) - 1;

  /** Who feeds, and who stands by. */
  static final int FEEDERS = 3;

  private final List<SiteRelay> order;
  private final int settled;
  private final List<Bytes> feeders;
  private final List<List<Bytes>> trees = new ArrayList<>(STRIPES);
  private final List<Map<Bytes, Integer>> places = new ArrayList<>(STRIPES);

  /** The trees of one stream among relays that have been there for some time. */
  StripeTrees(String stream, Collection<SiteRelay> relays) {
    this(stream, relays, Set.of());
  }

  /**
   * The trees of one stream.
   *
   * @param stream {@code app/name}
   * @param relays of the site, each once; at least one
   * @param newcomers those among them that are leaves for now; not all of them
   */
  StripeTrees(String stream, Collection<SiteRelay> relays, Set<Bytes> newcomers) {
    List<SiteRelay> all = Rendezvous.order(stream, relays);
    List<SiteRelay> first = new ArrayList<>(all);
    first.removeIf(relay -> newcomers.contains(relay.id()));
    this.settled = first.size();
    all.stream().filter(relay -> newcomers.contains(relay.id())).forEach(first::add);
    this.order = List.copyOf(first);
    this.feeders = order.stream().limit(Math.min(FEEDERS, settled)).map(SiteRelay::id).toList();
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      List<Bytes> tree = tree(stripe);
      Map<Bytes, Integer> place = new HashMap<>();
      for (int i = 0; i < tree.size(); i++) {
        place.put(tree.get(i), i);
      }
      trees.add(tree);
      places.add(place);
    }
  }

  /** First those whose turn it is to be inner nodes, then the others; never the feeder. */
  private List<Bytes> tree(int stripe) {
    List<Bytes> inner = new ArrayList<>();
    List<Bytes> others = new ArrayList<>();
    for (int place = 1; place < order.size(); place++) {
      boolean turn = place % STRIPES == stripe && place < settled;
      (turn ? inner : others).add(order.get(place).id());
    }
    inner.addAll(others);
    return List.copyOf(inner);
  }

  /** In which stripe a chunk is. */
  static int stripe(int chunk) {
    return chunk % STRIPES;
  }

  /** Who subscribes at the edge, and then who stands by; as many as there are, at most three. */
  List<Bytes> feeders() {
    return feeders;
  }

  /**
   * Who gives the chunks of a stripe to a relay; empty for the feeder, who has them of the edge.
   */
  Optional<Bytes> parent(int stripe, Bytes relay) {
    Integer place = places.get(stripe).get(relay);
    if (place == null) {
      return Optional.empty();
    }
    return Optional.of(
        place == 0 ? order.getFirst().id() : trees.get(stripe).get((place - 1) / CHILDREN));
  }

  /**
   * At whom a relay asks for a stripe, the next where the one before is lost: its parent, then who
   * stands in for that one, which is the first of its children that is there; so for each parent up
   * to the feeder, and then those who stand by for the feeder. Who stands in gets three children
   * more, and nobody comes to ask itself: all that are asked are nearer to the feeder, or in front
   * of the relay among the children of one parent.
   */
  List<Bytes> givers(int stripe, Bytes relay) {
    List<Bytes> givers = new ArrayList<>();
    Integer place = places.get(stripe).get(relay);
    if (place != null) {
      for (int seat = place; seat > 0; seat = (seat - 1) / CHILDREN) {
        int parent = (seat - 1) / CHILDREN;
        givers.add(trees.get(stripe).get(parent));
        givers.addAll(standingIn(stripe, parent, seat, place));
      }
      givers.add(order.getFirst().id());
    }
    feeders().stream()
        .filter(each -> !each.equals(relay) && !givers.contains(each))
        .forEach(givers::add);
    return givers;
  }

  /**
   * Those who stand in for a lost parent, in the view of a relay: its children but the one on the
   * relay's way up, which is the relay itself or lost, and of the relay's siblings those in front.
   */
  private List<Bytes> standingIn(int stripe, int parent, int seat, int place) {
    List<Bytes> children = new ArrayList<>();
    int first = CHILDREN * parent + 1;
    for (int child = first; child < Math.min(place, first + CHILDREN); child++) {
      if (child != seat) {
        children.add(trees.get(stripe).get(child));
      }
    }
    return children;
  }

  /** Place 0 of a stripe, to whom the feeder gives it; empty where the feeder is alone. */
  Optional<Bytes> first(int stripe) {
    return trees.get(stripe).stream().findFirst();
  }

  /** To whom a relay gives the chunks of a stripe. */
  List<Bytes> children(int stripe, Bytes relay) {
    List<Bytes> tree = trees.get(stripe);
    if (relay.equals(order.getFirst().id())) {
      return tree.isEmpty() ? List.of() : List.of(tree.getFirst());
    }
    Integer place = places.get(stripe).get(relay);
    if (place == null) {
      return List.of();
    }
    int first = Math.min(tree.size(), CHILDREN * place + 1);
    return tree.subList(first, Math.min(tree.size(), first + CHILDREN));
  }
}

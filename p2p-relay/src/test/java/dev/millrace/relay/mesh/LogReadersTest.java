package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogReadersTest {
  private static final StreamPath PATH = new StreamPath("live", "alice");
  private static final int READERS = 8;

  private final List<SiteRelay> relays =
      IntStream.range(0, 100).mapToObj(i -> new SiteRelay(id(i), 100_000)).toList();

  private static Bytes id(int relay) {
    return SiteRelay.idOf("relay" + relay);
  }

  private static Map<Bytes, List<Bytes>> read(List<SiteRelay> relays) {
    Map<Bytes, List<Bytes>> read = new HashMap<>();
    relays.forEach(relay -> read.put(relay.id(), new LogReaders(relay, relays, READERS).of(PATH)));
    return read;
  }

  private static Set<Bytes> readers(Map<Bytes, List<Bytes>> read) {
    Set<Bytes> readers = new HashSet<>();
    read.forEach(
        (relay, at) -> {
          if (at.isEmpty()) {
            readers.add(relay);
          }
        });
    return readers;
  }

  @Test
  void eightReadAtEdgesAndAllOthersAtTwoOfThem() {
    Map<Bytes, List<Bytes>> read = read(relays);
    Set<Bytes> readers = readers(read);
    assertThat(readers).hasSize(READERS);
    Map<Bytes, Integer> followers = new HashMap<>();
    read.values().stream()
        .filter(at -> !at.isEmpty())
        .forEach(
            at -> {
              assertThat(at).hasSize(2).doesNotHaveDuplicates().isSubsetOf(readers);
              at.forEach(each -> followers.merge(each, 1, Integer::sum));
            });
    // 92 relays at two each: 23 a reader on average.
    assertThat(followers.values()).hasSize(READERS).allMatch(each -> each < 40);
  }

  @Test
  void whoFeedsAStreamReadsItsLogAtEdges() {
    StripeTrees trees = new StripeTrees(PATH.toString(), relays, Set.of());
    assertThat(readers(read(relays))).containsAll(trees.feeders().subList(0, 3));
  }

  @Test
  void fewRelaysAllReadAtEdges() {
    assertThat(read(relays.subList(0, READERS)).values()).allMatch(List::isEmpty);
    assertThat(new LogReaders(relays.getFirst(), relays.subList(0, 1), 1).of(PATH)).isEmpty();
  }

  @Test
  void lossOfAReaderMovesOnlyThoseWhoReadThere() {
    Map<Bytes, List<Bytes>> before = read(relays);
    Bytes lost = readers(before).iterator().next();
    Map<Bytes, List<Bytes>> after =
        read(relays.stream().filter(relay -> !relay.id().equals(lost)).toList());
    Bytes risen =
        readers(after).stream().filter(each -> !readers(before).contains(each)).findAny().get();
    after.forEach(
        (relay, at) -> {
          List<Bytes> was = before.getOrDefault(relay, List.of());
          if (!relay.equals(risen) && !was.contains(lost) && !at.contains(risen)) {
            assertThat(at).isEqualTo(was);
          }
        });
    assertThat(after.values().stream().filter(at -> at.contains(lost))).isEmpty();
  }
}

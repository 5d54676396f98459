package dev.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PathMapTest {
  @Test
  void isAMapWhoseEarlierCopiesStayAsTheyWere() {
    Random random = new Random(42);
    PathMap<Integer> map = PathMap.empty();
    Map<StreamPath, Integer> model = new HashMap<>();
    for (int round = 0; round < 400; round++) {
      PathMap<Integer> before = map;
      Map<StreamPath, Integer> modelBefore = Map.copyOf(model);
      boolean growing = round < 200;
      PathMap.Change<Integer> change = map.change();
      for (int i = 0; i < 20; i++) {
        StreamPath path = new StreamPath("live", "s" + random.nextInt(2000));
        if (random.nextInt(10) < (growing ? 8 : 2)) {
          change.put(path, i);
          model.put(path, i);
        } else {
          change.remove(path);
          model.remove(path);
        }
      }
      map = change.done();
      assertSame(map, model);
      assertSame(before, modelBefore);
    }
    PathMap.Change<Integer> emptied = map.change();
    map.paths().forEach(emptied::remove);
    assertSame(emptied.done(), Map.of());
  }

  @Test
  void aChangeThatGoesOnDoesNotReachWhatWasDone() {
    PathMap.Change<Integer> change = PathMap.<Integer>empty().change();
    StreamPath path = new StreamPath("live", "a");
    change.put(path, 1);
    PathMap<Integer> done = change.done();
    change.put(path, 2);
    assertThat(done.get(path)).isEqualTo(1);
  }

  @Test
  void givesTheSameObjectForEqualPaths() {
    PathMap.Change<Integer> change = PathMap.<Integer>empty().change();
    StreamPath path = new StreamPath("live", "a");
    change.put(path, 1);
    assertThat(change.done().canonical(new StreamPath("live", "a"))).isSameAs(path);
  }

  private static void assertSame(PathMap<Integer> map, Map<StreamPath, Integer> model) {
    Map<StreamPath, Integer> all = new HashMap<>();
    map.forEach(all::put);
    assertThat(all).isEqualTo(model);
    assertThat(map.size()).isEqualTo(model.size());
    assertThat(map.paths()).isEqualTo(model.keySet());
    for (int i = 0; i < 2000; i += 97) {
      StreamPath path = new StreamPath("live", "s" + i);
      assertThat(map.get(path)).isEqualTo(model.get(path));
    }
  }
}

package dev.millrace.server.e2e;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Which video renditions the multivariant playlists of streams have offered, one after another. */
final class Offers implements AutoCloseable {
  private final NodeUnderTest node;
  private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();

  /** Guarded by itself. */
  private final Map<String, List<List<String>>> offered = new HashMap<>();

  Offers(NodeUnderTest node, List<String> names) {
    this.node = node;
    names.forEach(name -> offered.put(name, new ArrayList<>()));
    watch.scheduleWithFixedDelay(() -> names.forEach(this::look), 0, 100, TimeUnit.MILLISECONDS);
  }

  private void look(String name) {
    var answer = node.get("/hls/live/" + name + "/index.m3u8");
    if (answer.statusCode() != 200) {
      return;
    }
    List<String> now =
        Multivariant.parse(answer.body()).variants("URI").stream()
            .map(uri -> uri.substring(0, uri.indexOf('/')))
            .filter(rendition -> !rendition.startsWith("audio"))
            .toList();
    synchronized (offered) {
      List<List<String>> before = offered.getOrDefault(name, List.of());
      if (before.isEmpty() || !before.getLast().equals(now)) {
        before.add(now);
      }
    }
  }

  /** Each set that was offered, in order, from the first answered playlist on. */
  List<List<String>> of(String name) {
    synchronized (offered) {
      return List.copyOf(offered.getOrDefault(name, List.of()));
    }
  }

  /** What is offered now. */
  List<String> last(String name) {
    List<List<String>> all = of(name);
    return all.isEmpty() ? List.of() : all.getLast();
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}

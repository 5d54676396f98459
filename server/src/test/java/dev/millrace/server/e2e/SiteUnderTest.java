package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A site {@code campus}: a main cluster whose edges let relays in, and the relays, a cluster of
 * their own, which may read the streams live/show*. Both are without nodes at first; edges are
 * started before relays.
 */
final class SiteUnderTest implements AutoCloseable {
  private static final Pattern SECRET = Pattern.compile("(?ms)^([a-z2-7]{56})$.*");
  private static final String UPSTREAMS = "MILLRACE_RELAY_UPSTREAMS";

  private final ClusterUnderTest main;
  private final ClusterUnderTest relays;
  private final Map<String, String> ofRelays = new ConcurrentHashMap<>();

  /**
   * @param subnets of the site's viewers
   * @param settings environment of all its relays, beside what makes them relays of the site
   */
  SiteUnderTest(Path folder, String subnets, Map<String, String> settings) throws IOException {
    main =
        new ClusterUnderTest(
            folder.resolve("main"),
            "prod",
            Map.of(
                "MILLRACE_RELAY_SITES", "campus=" + subnets,
                "MILLRACE_RELAY_SITE_STREAMS", "campus=live/show*",
                "MILLRACE_HTTP_METRICS", "public"));
    ChildProcess command = main.command("secret", "--site", "campus", "--cluster", "prod");
    assertThat(command.awaitExit(Duration.ofSeconds(20))).isZero();
    Matcher text = SECRET.matcher(command.output());
    assertThat(text.find()).as(command.output()).isTrue();
    Path file = Files.writeString(folder.resolve("campus"), text.group());
    ofRelays.putAll(settings);
    ofRelays.put("MILLRACE_CLUSTER_SECRET_FILE", file.toString());
    ofRelays.put("MILLRACE_CLUSTER_SECRET", text.group(1));
    relays = new ClusterUnderTest(folder.resolve("site"), "mr-campus", ofRelays);
  }

  /** Nodes with these roles, edge among them, at which the relays read that are started later. */
  NodeUnderTest startEdge(String node, String roles) {
    return startEdge(node, roles, Map.of());
  }

  /** The same with more environment. */
  NodeUnderTest startEdge(String node, String roles, Map<String, String> more) {
    int port = ClusterUnderTest.freePort();
    Map<String, String> own = new HashMap<>(more);
    own.put("MILLRACE_RELAY_SITE_PORT", Integer.toString(port));
    NodeUnderTest edge = main.start(node, roles, own);
    String upstream = "https://" + edge.http("").getHost() + ":" + port;
    ofRelays.merge(UPSTREAMS, upstream, (before, next) -> before + "," + next);
    return edge;
  }

  /** The cluster of the edges. */
  ClusterUnderTest main() {
    return main;
  }

  /** The relays' cluster; each is started with the role {@code relay}. */
  ClusterUnderTest relays() {
    return relays;
  }

  @Override
  public void close() {
    relays.close();
    main.close();
  }
}

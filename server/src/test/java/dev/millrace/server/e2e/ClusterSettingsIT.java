package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The settings of a whole cluster, changed at run time by the command at any node: kept, told to
 * who joins, effective without dropping a stream, and taken back.
 */
class ClusterSettingsIT {
  private static final String KEY = "a-key-for-everyone";

  private static final String PLAYLIST = "/hls/live/everyone/index.m3u8";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void start() {
    cluster = new ClusterUnderTest(folder, "settings", Map.of("MILLRACE_TRANSCODE_LADDER", "none"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("edge", "edge");
    roles.put("ingest", "ingest,origin,transcoder");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static String run(String... arguments) {
    ChildProcess command = cluster.command(arguments);
    assertThat(command.awaitExit(Duration.ofSeconds(60))).as(command.output()).isZero();
    String output = command.output(); // its first line is the command
    return output.substring(output.indexOf('\n') + 1);
  }

  private static String url(String node) {
    return cluster.node(node).http("").toString();
  }

  private static boolean isTaken(String node, String key) {
    try (LoopingPublisher publisher =
        LoopingPublisher.start(List.of(cluster.node(node).rtmp(key)), 200)) {
      cluster.await(
          "an answer to a publisher", () -> publisher.isConnected() || publisher.wasRefused());
      return publisher.connections() > 0;
    }
  }

  @Test
  void changeReachesAllAndWhoComesLaterAndIsTakenBack() {
    try (LoopingPublisher first =
        LoopingPublisher.start(List.of(cluster.node("ingest").rtmp("first")), 500)) {
      cluster.node("edge").awaitPlayable("first");
      try (PlayerUnderTest player = PlayerUnderTest.start("first", cluster.node("edge"))) {
        cluster.await("the player", () -> player.parts() >= 4);

        assertThat(
                run(
                    "config",
                    "set",
                    "publish.open=false",
                    "publish.keys=live/everyone=" + KEY,
                    "transcode.ladder=360p",
                    "--url",
                    url("edge")))
            .startsWith("revision 1,");
        cluster.await("the key to be wanted", () -> !isTaken("ingest", "second"));
        try (LoopingPublisher everyone =
            LoopingPublisher.start(List.of(cluster.node("ingest").rtmp(KEY)), 500)) {
          cluster.await(
              "the new ladder", () -> cluster.node("edge").get(PLAYLIST).body().contains("x360"));
          assertThat(everyone.connections()).isEqualTo(1);
        }

        // By its own configuration it would let everybody in; three copies, the others have two.
        cluster.start("later", "ingest,origin,edge", Map.of("MILLRACE_ORIGIN_REPLICAS", "3"));
        assertThat(isTaken("later", "second")).isFalse();
        assertThat(run("config", "get", "transcode.ladder", "--url", url("later")))
            .isEqualTo("transcode.ladder=360p\n");
        String nodes = run("nodes", "--url", url("edge"));
        assertThat(nodes).contains("origin.replicas is not the same everywhere: ingest | later");
        run("config", "set", "origin.replicas=3", "--url", url("later"));
        cluster.await(
            "the nodes to agree",
            () ->
                cluster.node("edge").get("/api/v1/cluster").body().contains("\"differences\":[]"));

        cluster.node("later").process().kill();
        cluster.restart("later");
        assertThat(run("config", "get", "--url", url("later"))).contains("origin.replicas=3");

        assertThat(run("config", "rollback", "0", "--url", url("edge"))).startsWith("revision 3,");
        cluster.await("all to be let in", () -> isTaken("later", "third"));
        assertThat(
                run("config", "history", "--url", url("edge"))
                    .lines()
                    .map(ClusterSettingsIT::number))
            .containsExactly("REVISION", "3", "2", "1");

        int parts = player.parts();
        cluster.await("more parts", () -> player.parts() > parts + 2);
        System.out.println("MEASURED settings changed under a stream: " + player.report());
        assertThat(player.faults()).isEmpty();
        assertThat(player.discontinuities()).isZero();
        assertThat(player.gaps()).isZero();
        assertThat(first.connections()).isEqualTo(1);
      }
    }
  }

  private static String number(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  @Test
  void whatMakesNoSenseIsRefusedByName() {
    ChildProcess wrong =
        cluster.command("config", "set", "origin.replicas=none", "--url", url("edge"));
    assertThat(wrong.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
    assertThat(wrong.output()).contains("origin.replicas is 'none', expected a number, 1 to 16");
    ChildProcess unknown =
        cluster.command("config", "set", "origin.replica=3", "--url", url("edge"));
    assertThat(unknown.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
    assertThat(unknown.output()).contains("origin.replicas");
    assertThat(run("config", "get", "--url", url("edge"))).doesNotContain("origin.replica=");
  }
}

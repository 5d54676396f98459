package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The node that encodes a stream's rungs dies at once. Budget: the source is undisturbed, and rungs
 * are back within 5 s at the current numbers.
 */
@Isolated("needs the processors, or measures what having them costs")
class TranscoderFailoverIT {
  private static final long BUDGET_MILLIS = 5000;
  private static final String RUNG = "120p";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static ClusterUnderTest cluster;

  @BeforeAll
  static void startTwoTranscoders() {
    cluster =
        new ClusterUnderTest(
            folder,
            "transcoders",
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "120p:100k",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast"));
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put("main", "ingest,origin,edge");
    roles.put("transcoder1", "transcoder");
    roles.put("transcoder2", "transcoder");
    cluster.startAll(roles);
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void rungsComeBackFromAnotherNodeAndTheSourceNeverNotices() {
    NodeUnderTest main = cluster.node("main");
    try (LoopingPublisher publisher = LoopingPublisher.start(List.of(main.rtmp("show")), 500)) {
      main.awaitPlayable("show");
      cluster.await(
          "the rung to be offered", () -> !Streams.playlist(main, "show", RUNG).isEmpty());
      try (PlayerUnderTest source = PlayerUnderTest.start("show", main);
          PlayerUnderTest rung = PlayerUnderTest.start("show", List.of(RUNG), main)) {
        cluster.await("parts of source and rung", () -> source.parts() >= 8 && rung.parts() >= 8);
        String victim = ClusterJson.encoder(main, "show");
        long killed = System.nanoTime();
        cluster.node(victim).process().kill();
        int before = rung.parts();
        cluster.await("the rung to come back", () -> rung.parts() >= before + 4);
        // Parts that the dead worker had sent may have been on the way; four cannot.
        long backMillis = (System.nanoTime() - killed) / 1_000_000;
        long behind = source.rendition("video").nextMsn() - rung.rendition(RUNG).nextMsn();
        System.out.printf(
            "MEASURED transcoder kill -9: rung back in %d ms (budget %d), %d segments behind the"
                + " source; source stalled %d ms (budget 0); %s%s%n",
            backMillis,
            BUDGET_MILLIS,
            behind,
            source.stalledMillis(),
            source.report(),
            rung.report());
        assertThat(source.faults()).isEmpty();
        assertThat(rung.faults()).isEmpty();
        assertThat(source.stalledMillis())
            .as(source.report())
            .isLessThan(ClusterUnderTest.FRAME_MILLIS);
        assertThat(source.discontinuities()).isZero();
        assertThat(source.gaps()).isZero();
        assertThat(rung.discontinuities()).isZero();
        assertThat(behind).isBetween(-1L, 2L);
        assertThat(backMillis).isLessThan(BUDGET_MILLIS);
      }
      assertThat(publisher.connections()).isEqualTo(1);
    }
  }
}

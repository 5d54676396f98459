package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.server.config.Assignment;
import dev.millrace.server.config.ClusterKeys;
import dev.millrace.server.config.NodeConfig;
import dev.millrace.server.config.Settings;
import dev.millrace.server.identity.SiteFile;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final PrintStream standardOut = System.out;
  private final PrintStream standardErr = System.err;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(standardOut);
    System.setErr(standardErr);
  }

  @Test
  void suggestsTheCommandAndTheOptionThatWereMeant() {
    assertThat(Main.execute("rnu")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("did you mean run?");
    assertThat(Main.execute("run", "--rtmp-prot", "1")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("did you mean --rtmp-port?");
  }

  @Test
  void refusesAnIllTypedFlagWithOneLineAndStatus2() {
    assertThat(Main.execute("config", "--rtmp-port", "many")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "millrace: --rtmp-port: rtmp.port is 'many', expected a port, 0 to 65535, where 0"
                + " means any free one");
  }

  @Test
  void refusesWrongPublisherOptionsWithStatus2() {
    assertThat(Main.execute("publish", "test", "http://127.0.0.1/live/x")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("must begin with rtmp://");
  }

  @Test
  void saysInOneLineThatAPortIsInUse(@TempDir Path data) throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = String.valueOf(taken.getLocalPort());
      int status =
          Main.execute(
              "run", "--log-level", "error", "--http-port", port, "--data", data.toString());
      assertThat(status).isEqualTo(2);
      assertThat(err.toString(StandardCharsets.UTF_8).lines())
          .containsExactly(
              "millrace: HTTP port "
                  + port
                  + " is in use by another program; choose another with --http-port N");
    }
  }

  @Test
  void keysAreTheSameEachTimeAndShownInTheWordsOfObs(@TempDir Path data) {
    assertThat(Main.execute("keys", "--data", data.toString(), "--rtmp-port", "19350")).isZero();
    String first = out.toString(StandardCharsets.UTF_8);
    assertThat(first).contains("Server:     rtmp://127.0.0.1:19350/live").contains("Stream key: ");
    out.reset();
    assertThat(Main.execute("keys", "--data", data.toString(), "--rtmp-port", "19350")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(first);
  }

  @Test
  void configPrintsWhatIsInEffect(@TempDir Path data) {
    assertThat(Main.execute("config", "--data", data.toString(), "--http-port", "0")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("port: 0  # from --http-port")
        .contains("part-duration: 500ms  # in effect: PART-TARGET 0.512");
  }

  @Test
  void siteIsGivenItsSecretAndTheAuthorityOfEdges(@TempDir Path data) throws Exception {
    Path main = data.resolve("main");
    Files.writeString(main, "0f".repeat(32));
    assertThat(
            Main.execute(
                "secret", "--site", "campus", "--cluster", "prod", "--secret-file", "" + main))
        .isZero();
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text.lines().findFirst())
        .contains(ClusterSecret.parse("0f".repeat(32)).keys("prod").siteSecret("campus").text());
    Path file = data.resolve("site");
    Files.writeString(file, text);
    NodeConfig relay =
        NodeConfig.of(
            Settings.of(List.of(Assignment.flag(ClusterKeys.SECRET_FILE, "" + file, "--f"))),
            new NodeConfig.Host("h", Map.of(), 1 << 30));
    assertThat(SiteFile.authority(relay).der().toArray())
        .isEqualTo(
            ClusterSecret.parse("0f".repeat(32))
                .keys("prod")
                .authority()
                .certificate()
                .getEncoded());
  }
}

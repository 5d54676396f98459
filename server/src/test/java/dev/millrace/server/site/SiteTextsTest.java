package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cluster.Holding;
import dev.millrace.edge.ClusterNode;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What relays and edges tell each other, written and read. */
class SiteTextsTest {
  private static final SiteReport REPORT =
      new SiteReport(
          "id-1",
          "hall",
          URI.create("http://10.20.0.1:8080"),
          0.25,
          7,
          125_000,
          true,
          Map.of("mesh.late", 3L, "served.bytes", 1L << 40));

  @Test
  void reportIsReadAsItWasWritten() {
    assertThat(SiteReport.parse(REPORT.text())).isEqualTo(REPORT);
    assertThat(SiteReport.parse(REPORT.text() + "mood fine\n")).isEqualTo(REPORT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "relay id-1 hall http://10.20.0.1:8080\n",
        "relay id-1 hall javascript:alert(1)\nload 0 0 0\n",
        "relay id-1 hall http://10.20.0.1:8080/path\nload 0 0 0\n",
        "relay ../etc hall http://10.20.0.1:8080\nload 0 0 0\n",
        "relay id-1 <b> http://10.20.0.1:8080\nload 0 0 0\n",
        "relay id-1 hall http://10.20.0.1:8080\nload much 0 0\n",
        "relay id-1 hall http://10.20.0.1:8080\nload 0 0 0\ncounter a.b many\n",
      })
  void whatIsNoReportIsRefused(String text) {
    assertThatThrownBy(() -> SiteReport.parse(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void reportIsBounded() {
    Map<String, Long> counters = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      counters.put("c" + i, 1L);
    }
    SiteReport large =
        new SiteReport("i", "n", URI.create("http://h:1"), 9e9, 1, -5, false, counters);
    SiteReport read = SiteReport.parse(large.text());
    assertThat(read.counters()).hasSize(64);
    assertThat(read.share()).isEqualTo(100);
    assertThat(read.bytesPerSecond()).isZero();
  }

  @Test
  void newsAreReadAsTheyWereWritten() {
    SiteNews news =
        new SiteNews(
            Map.of(
                new StreamPath("live", "show"),
                new SiteNews.Stream(Holding.State.LIVE, 1838432592114023L)),
            List.of());
    assertThat(SiteNews.parse(news.text())).isEqualTo(news);
    String key = "ab".repeat(32);
    SiteNews signed = SiteNews.parse("signer " + key + " " + key + "\nmood fine\n");
    assertThat(signed.signers()).hasSize(1);
    assertThat(SiteNews.parse(signed.text())).isEqualTo(signed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stream live/show MAYBE 1",
        "stream live/show LIVE soon",
        "stream show LIVE 1",
        "signer abcd abcd",
        "signer zz zz",
      })
  void whatIsNoNewsIsRefused(String line) {
    assertThatThrownBy(() -> SiteNews.parse(line)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void mapIsReadAsItWasWritten() {
    String text =
        "edge e1 one http://one:8080 0.5 serving\nrelay id-1 hall http://10.20.0.1:8080 0.25"
            + " draining\n";
    SiteMap map = SiteMap.parse(text + "moon m1\n");
    assertThat(map.text()).isEqualTo(text);
    assertThat(map.relays()).containsExactly(SiteMap.relay(REPORT));
    assertThat(map.edges()).extracting(ClusterNode::name).containsExactly("one");
    assertThatThrownBy(() -> SiteMap.parse("edge e1 one http://one:8080 half serving"))
        .isInstanceOf(ProtocolException.class);
  }
}

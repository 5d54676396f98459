package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsAccessTest {
  @Test
  void tellsThisMachineInPrometheusTextFormat() {
    try (EdgeFixture edge = new EdgeFixture()) {
      edge.metrics.set("millrace_streams 3\n");
      HttpResponse<byte[]> answer = edge.get("/metrics", "Origin", "https://page.example");
      assertThat(EdgeFixture.text(answer)).isEqualTo("millrace_streams 3\n");
      assertThat(answer.headers().firstValue("content-type"))
          .hasValue("text/plain; version=0.0.4; charset=utf-8");
      assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
      assertThat(answer.headers().firstValue("access-control-allow-origin"))
          .as("not to be read by a page of elsewhere")
          .isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"})
  void refusesWhatCameThroughAProxy(String header) {
    try (EdgeFixture edge = new EdgeFixture()) {
      HttpResponse<byte[]> answer = edge.get("/metrics", header, "for=203.0.113.7");
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(EdgeFixture.text(answer)).contains("http.metrics");
    }
    try (EdgeFixture edge = new EdgeFixture(EdgeFixture.config(MetricsAccess.PUBLIC))) {
      assertThat(edge.get("/metrics", header, "for=203.0.113.7").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void tellsNobodyWhereItIsOff() {
    try (EdgeFixture edge = new EdgeFixture(EdgeFixture.config(MetricsAccess.OFF))) {
      assertThat(edge.get("/metrics").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void countsWhatItAnswers() {
    try (EdgeFixture edge = new EdgeFixture()) {
      MemorySource.Stream stream = edge.stream(8);
      edge.get("/hls/live/main/video/index.m3u8?viewer=a");
      edge.get("/hls/live/main/video/1000-500.m4s");
      edge.get("/hls/live/main/video/1000-500.m4s", "Range", "bytes=0-99");
      edge.get("/hls/live/main/video/1000-400.m4s");
      stream.end();
      EdgeFacts facts = edge.server.facts();
      assertThat(facts.playlists()).isEqualTo(1);
      assertThat(facts.mediaFiles()).isEqualTo(2);
      assertThat(facts.refused()).isEqualTo(1);
      assertThat(facts.bodyBytes()).isBetween(4100L, 10_000L);
      assertThat(facts.viewers()).containsEntry(MemorySource.PATH, 1);
      assertThat(facts.heldRequests()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.0.9",
        "169.254.1.1",
        "fe80::1",
        "fd12:3456::1",
        "::ffff:10.0.0.1"
      })
  void takesAddressesOfPrivateNetworks(String address) {
    assertThat(MetricsAccess.isPrivate(address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.32.0.1",
        "192.169.0.1",
        "100.64.0.1",
        "2001:db8::1",
        "::ffff:8.8.8.8",
        "localhost",
        "",
        "unknown"
      })
  void takesNoOthers(String address) {
    assertThat(MetricsAccess.isPrivate(address)).isFalse();
  }
}

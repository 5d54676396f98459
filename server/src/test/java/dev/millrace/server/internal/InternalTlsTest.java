package dev.millrace.server.internal;

import static dev.millrace.server.internal.InternalFixture.EPOCH;
import static dev.millrace.server.internal.InternalFixture.PATH;
import static dev.millrace.server.internal.InternalFixture.description;
import static dev.millrace.server.internal.InternalFixture.entry;
import static dev.millrace.server.internal.TestCertificates.authority;
import static dev.millrace.server.internal.TestCertificates.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Internal HTTP with the certificates of a cluster. */
class InternalTlsTest {
  @Test
  void whoKnowsTheAuthorityReadsAndWrites() throws Exception {
    try (InternalFixture fixture = new InternalFixture(Duration.ofMinutes(1), node())) {
      assertThat(fixture.server.address()).hasScheme("https").hasHost("127.0.0.1");
      try (var sink = fixture.sink(authority("authority"))) {
        Bytes data = Bytes.utf8("a part");
        assertThat(sink.describe(PATH, EPOCH, description("720p")))
            .isEqualTo(AppendResult.ACCEPTED);
        assertThat(sink.append(PATH, "720p", entry(0, data), data))
            .isEqualTo(AppendResult.ACCEPTED);
        assertThat(fixture.log("720p")).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "node, other-authority, unable to find valid certification path",
    "elsewhere, authority, No subject alternative names matching IP address 127.0.0.1"
  })
  void whoDoesNotBelieveItSaysNothing(String shown, String trusted, String why) {
    try (InternalFixture fixture =
        new InternalFixture(Duration.ofMinutes(1), Optional.of(tls(shown)))) {
      assertThatThrownBy(() -> status(fixture.server.feedAddress(PATH), authority(trusted)))
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining(why);
    }
  }

  @Test
  void cleartextIsNotAnswered() {
    try (InternalFixture fixture = new InternalFixture(Duration.ofMinutes(1), node())) {
      URI cleartext = URI.create("http://127.0.0.1:" + fixture.server.address().getPort() + "/");
      assertThatThrownBy(() -> status(cleartext, TrustedAuthority.NONE))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void isFoundWhereItSays() throws IOException {
    InternalConfig config =
        InternalConfig.clustered(
            "127.0.0.1",
            0,
            new InternalConfig.Advertised("node-1.example", 7443),
            tls("elsewhere"),
            1);
    try (InternalServer server =
        new InternalServer(config, new InternalToken("a-token"), List.of())) {
      server.start();
      assertThat(server.feedAddress(PATH))
          .hasToString("https://node-1.example:7443/internal/v1/feed/" + PATH);
    }
  }

  private static Optional<InternalTls> node() {
    return Optional.of(tls("node"));
  }

  private static int status(URI address, TrustedAuthority authority)
      throws IOException, InterruptedException {
    try (HttpClient client = authority.client().build()) {
      return client
          .send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }
}

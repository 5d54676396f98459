package dev.millrace.relay.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwarmTokenTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final InetAddress HERE = InetAddress.ofLiteral("10.20.3.4");

  private final SwarmToken tokens = new SwarmToken(new byte[32]);

  @Test
  void letsItsBearerIntoItsSwarmAsLongAsItLasts() {
    String token = tokens.issue("live/main 17 campus", HERE, NOW);
    assertThat(tokens.check(token, HERE, NOW)).contains("live/main 17 campus");
    InetAddress neighbour = InetAddress.ofLiteral("10.20.3.200");
    assertThat(tokens.check(token, neighbour, NOW.plus(SwarmToken.LIFETIME).minusSeconds(1)))
        .isPresent();
    assertThat(tokens.check(token, HERE, NOW.plus(SwarmToken.LIFETIME))).isEmpty();
    assertThat(tokens.check(token, InetAddress.ofLiteral("10.20.4.4"), NOW)).isEmpty();
    assertThat(tokens.check(token, InetAddress.ofLiteral("::1"), NOW)).isEmpty();
  }

  @Test
  void ofAnotherKeyOrChangedItIsNone() {
    String token = tokens.issue("live/main", HERE, NOW);
    byte[] other = new byte[32];
    other[31] = 1;
    assertThat(new SwarmToken(other).check(token, HERE, NOW)).isEmpty();
    for (int i = 0; i < token.length(); i++) {
      char changed = token.charAt(i) == 'A' ? 'B' : 'A';
      String forged = token.substring(0, i) + changed + token.substring(i + 1);
      assertThat(tokens.check(forged, HERE, NOW)).as(forged).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.b", "....", "%%%.%%%", "MTIz.", "\u0000"})
  void nonsenseIsNone(String text) {
    assertThat(tokens.check(text, HERE, NOW)).isEmpty();
    assertThat(tokens.check(text.repeat(2000), HERE, NOW)).isEmpty();
  }

  @Test
  void theNarrowestSubnetTellsTheSite() {
    Sites sites =
        new Sites(
            Map.of(
                "campus", List.of(Subnet.parse("10.20.0.0/16"), Subnet.parse("2001:db8:7::/48")),
                "library", List.of(Subnet.parse("10.20.3.0/24"))));
    assertThat(sites.of(HERE)).contains("library");
    assertThat(sites.of(InetAddress.ofLiteral("10.20.4.1"))).contains("campus");
    assertThat(sites.of(InetAddress.ofLiteral("2001:db8:7:ffff::1"))).contains("campus");
    assertThat(sites.of(InetAddress.ofLiteral("2001:db8:8::1"))).isEmpty();
    assertThat(sites.of(InetAddress.ofLiteral("10.21.0.1"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0", "10.0.0.0/33", "10.0.0/8", "::/129", "/8", "host/8", "1.2.3.4/"})
  void whatIsNoSubnetIsToldSo(String text) {
    assertThatThrownBy(() -> Subnet.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected a subnet like 10.20.0.0/16 or 2001:db8:7::/48, found '");
  }
}

package dev.millrace.cluster.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ClusterSecretTest {
  private static final String HEX =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  @Test
  void textIsReadBack() {
    ClusterSecret secret = ClusterSecret.generate();

    assertThat(secret.text()).matches("[a-z2-7]{56}");
    assertThat(ClusterSecret.parse(secret.text()).text()).isEqualTo(secret.text());
    assertThat(ClusterSecret.generate().text()).isNotEqualTo(secret.text());
  }

  @Test
  void blanksAndCapitalsOfCopyingDoNotMatter() {
    ClusterSecret secret = ClusterSecret.parse(HEX);
    String text = secret.text();

    String copied =
        "  " + text.substring(0, 20).toUpperCase(Locale.ROOT) + "\n" + text.substring(20) + "\r\n";

    assertThat(ClusterSecret.parse(copied).text()).isEqualTo(text);
  }

  @Test
  void slipOfThePenIsToldWithoutTellingTheSecret() {
    String text = ClusterSecret.parse(HEX).text();
    char other = text.charAt(7) == 'a' ? 'b' : 'a';
    String slip = text.substring(0, 7) + other + text.substring(8);

    assertThatThrownBy(() -> ClusterSecret.parse(slip))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("check letters")
        .hasMessageNotContaining(slip.substring(8, 20));
    assertThatThrownBy(() -> ClusterSecret.parse("hunter2-hunter2"))
        .hasMessageContaining("56 letters")
        .hasMessageContaining("15 characters")
        .hasMessageNotContaining("hunter2");
  }

  /** The figures are those of another implementation of RFC 5869: see the command below. */
  @Test
  void derivesWhatTheRfcSays() {
    // python3: prk = HMAC-SHA256("millrace cluster prod", bytes(range(32)));
    // HMAC-SHA256(prk, b"http bearer" + b"\1")
    ClusterKeys keys = ClusterSecret.parse(HEX).keys("prod");

    assertThat(keys.bearerToken())
        .isEqualTo("7a5e29ff6fdcf6d41cf60793e473d0403c9452c603b474f1c011b853613d4433");
    assertThat(keys.adminToken())
        .isEqualTo("8163f2db02ada343f4f2ce01d25746783e77ddca0f56296f0aab9397067f4742");
  }

  @Test
  void everyClusterAndPurposeHasItsOwnKeys() {
    ClusterSecret secret = ClusterSecret.parse(HEX);
    ClusterKeys one = secret.keys("one");
    ClusterKeys two = secret.keys("two");
    Bytes text = Bytes.utf8("hello");

    assertThat(one.bearerToken()).isNotEqualTo(two.bearerToken()).isNotEqualTo(one.adminToken());
    assertThat(one.sign(text))
        .isNotEqualTo(two.sign(text))
        .isEqualTo(secret.keys("one").sign(text));
    assertThat(one.authority().certificate().getPublicKey())
        .isNotEqualTo(two.authority().certificate().getPublicKey());
  }

  @Test
  void neverShowsInPrint() {
    ClusterSecret secret = ClusterSecret.generate();
    ClusterKeys keys = secret.keys("prod");

    assertThat(secret.toString()).isEqualTo("ClusterSecret(hidden)");
    assertThat(keys.toString()).isEqualTo("ClusterKeys(prod, hidden)");
  }

  @Test
  void siteHasASecretOfItsOwnThatFollowsFromTheClusters() {
    ClusterKeys keys = ClusterSecret.parse(HEX).keys("prod");
    ClusterSecret campus = keys.siteSecret("campus");

    assertThat(campus.text())
        .isEqualTo(ClusterSecret.parse(HEX).keys("prod").siteSecret("campus").text())
        .isNotEqualTo(keys.siteSecret("hotel").text())
        .isNotEqualTo(ClusterSecret.parse(HEX).keys("lab").siteSecret("campus").text());
    assertThat(keys.siteToken("campus"))
        .isEqualTo(ClusterSecret.parse(campus.text()).keys("mr-campus").upstreamToken())
        .isNotEqualTo(campus.keys("mr-campus").bearerToken())
        .isNotEqualTo(keys.siteToken("hotel"));
  }
}

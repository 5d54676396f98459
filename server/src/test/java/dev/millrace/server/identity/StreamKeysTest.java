package dev.millrace.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.media.live.Grant;
import dev.millrace.server.config.PublishKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamKeysTest {
  private static final StreamPath MAIN = StreamPath.parse("live/main");
  private static final List<PublishKey> KEYS =
      List.of(new PublishKey(MAIN, "first-key"), new PublishKey(MAIN, "second-key"));

  private final StreamKeys closed = new StreamKeys(KEYS, false);
  private final StreamKeys open = new StreamKeys(KEYS, true);

  @Test
  void givesSeveralKeysOfOnePathDifferentCredentials() {
    Grant first = closed.authorize("live", "first-key").orElseThrow();
    Grant second = closed.authorize("live", "second-key").orElseThrow();
    assertThat(first.path()).isEqualTo(MAIN).isEqualTo(second.path());
    assertThat(first.credential()).isNotEqualTo(second.credential()).doesNotContain("first");
    assertThat(closed.authorize("live", "first-key")).contains(first);
  }

  @Test
  void refusesOtherKeysNamesAndApplications() {
    assertThat(closed.authorize("live", "third-key")).isEmpty();
    assertThat(closed.authorize("live", "main")).isEmpty();
    assertThat(closed.authorize("other", "first-key")).isEmpty();
    assertThat(closed.authorize("live", "")).isEmpty();
  }

  @Test
  void takesAnyValidKeyForTheNameWhereOpen() {
    assertThat(open.authorize("lab", "anything").map(Grant::path))
        .contains(StreamPath.parse("lab/anything"));
    assertThat(open.authorize("lab", "../etc")).isEmpty();
    assertThat(open.authorize("lab", "a%2Fb")).isEmpty();
    assertThat(open.authorize("a/b", "c")).isEmpty();
  }

  @Test
  void neverMakesASecretKeyAPublicNameEvenWhereOpen() {
    Optional<Grant> grant = open.authorize("live", "first-key");
    assertThat(grant.map(Grant::path)).contains(MAIN);
  }
}

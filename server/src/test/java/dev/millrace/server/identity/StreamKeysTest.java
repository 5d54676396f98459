package dev.millrace.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.server.config.PublishKey;
import dev.millrace.server.identity.StreamKeys.Permission;
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
    Permission first = closed.permission("live", "first-key").orElseThrow();
    Permission second = closed.permission("live", "second-key").orElseThrow();
    assertThat(first.path()).isEqualTo(MAIN).isEqualTo(second.path());
    assertThat(first.credential()).isNotEqualTo(second.credential()).doesNotContain("first");
    assertThat(closed.permission("live", "first-key")).contains(first);
  }

  @Test
  void refusesOtherKeysNamesAndApplications() {
    assertThat(closed.permission("live", "third-key")).isEmpty();
    assertThat(closed.permission("live", "main")).isEmpty();
    assertThat(closed.permission("other", "first-key")).isEmpty();
    assertThat(closed.permission("live", "")).isEmpty();
  }

  @Test
  void takesAnyValidKeyForTheNameWhereOpen() {
    assertThat(open.permission("lab", "anything").map(Permission::path))
        .contains(StreamPath.parse("lab/anything"));
    assertThat(open.permission("lab", "../etc")).isEmpty();
    assertThat(open.permission("lab", "a%2Fb")).isEmpty();
    assertThat(open.permission("a/b", "c")).isEmpty();
  }

  @Test
  void neverMakesASecretKeyAPublicNameEvenWhereOpen() {
    Optional<Permission> permission = open.permission("live", "first-key");
    assertThat(permission.map(Permission::path)).contains(MAIN);
  }
}

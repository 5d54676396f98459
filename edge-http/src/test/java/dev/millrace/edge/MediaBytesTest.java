package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import io.netty.util.LeakPresenceDetector;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediaBytesTest {
  @Test
  void isGoneAfterTheLastRelease() {
    MediaBytes bytes = MediaBytes.copyOf(Bytes.of(1, 2, 3));
    assertThat(bytes.tryRetain()).isTrue();
    bytes.release();
    bytes.release();
    assertThat(bytes.tryRetain()).isFalse();
    assertThatThrownBy(bytes::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void joinedWholeKeepsItsParts() {
    MediaBytes first = MediaBytes.copyOf(Bytes.of(1, 2));
    MediaBytes second = MediaBytes.copyOf(Bytes.of(3));
    MediaBytes whole = MediaBytes.join(List.of(first, second));
    assertThat(whole.length()).isEqualTo(3);
    whole.release();
    assertThat(first.tryRetain()).isFalse();
    assertThat(second.tryRetain()).isFalse();
  }

  /** What the fixture relies on: a lost count fails the test that lost it. */
  @Test
  void lostCountIsFound() {
    MediaBytes lost = MediaBytes.copyOf(Bytes.of(1));
    assertThatThrownBy(LeakPresenceDetector::check).hasMessageContaining("memory leak");
    // The check has written it off, so that it is not released any more.
    assertThat(lost.length()).isEqualTo(1);
  }
}

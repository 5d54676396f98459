package dev.millrace.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartFetcherTest {
  private static final Bytes FIRST =
      Bytes.concat(List.of(box("styp", 4), box("moof", 20), box("mdat", 7)));
  private static final Bytes SECOND = Bytes.concat(List.of(box("moof", 9), box("mdat", 0)));

  @Test
  void segmentIsItsParts() {
    assertThat(PartFetcher.parts(Bytes.concat(List.of(FIRST, SECOND))))
        .containsExactly(FIRST, SECOND);
  }

  @Test
  void whatIsNoBoxIsNotLost() {
    Bytes rest = Bytes.of(0, 0, 0, 200, 'm', 'd', 'a', 't', 1);
    assertThat(PartFetcher.parts(Bytes.concat(List.of(FIRST, rest)))).containsExactly(FIRST, rest);
    Bytes nothing = Bytes.of(0, 0, 0, 0, 'f', 'r', 'e', 'e');
    assertThat(PartFetcher.parts(nothing)).containsExactly(nothing);
    assertThat(PartFetcher.parts(Bytes.of(1, 2))).containsExactly(Bytes.of(1, 2));
  }

  private static Bytes box(String type, int content) {
    return Bytes.concat(
        List.of(Bytes.of(0, 0, 0, 8 + content), Bytes.utf8(type), Bytes.wrap(new byte[content])));
  }
}

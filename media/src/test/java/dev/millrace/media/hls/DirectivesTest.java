package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.ProtocolException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectivesTest {
  @Test
  void readsAllThreeAndIgnoresOthers() {
    Directives read =
        parse(Map.of("_HLS_msn", "12", "_HLS_part", "3", "_HLS_skip", "v2", "_HLS_new", "x"));

    assertThat(read).isEqualTo(new Directives(OptionalLong.of(12), OptionalInt.of(3), true));
    assertThat(parse(Map.of())).isEqualTo(Directives.NONE);
    assertThat(parse(Map.of("_HLS_skip", "YES")).skip()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc", "-1", "+1", "1.0", "", " 1", "0x10", "99999999999999999999999", "١٢"})
  void refusesWhatIsNotANumber(String number) {
    assertThatThrownBy(() -> parse(Map.of("_HLS_msn", number)))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> parse(Map.of("_HLS_msn", "1", "_HLS_part", number)))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void refusesAPartWithoutASegmentAndAnUnknownSkip() {
    assertThatThrownBy(() -> parse(Map.of("_HLS_part", "0")))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("_HLS_part needs _HLS_msn");
    assertThatThrownBy(() -> parse(Map.of("_HLS_skip", "maybe")))
        .isInstanceOf(ProtocolException.class);
  }

  private static Directives parse(Map<String, String> query) {
    return Directives.parse(name -> Optional.ofNullable(query.get(name)));
  }
}

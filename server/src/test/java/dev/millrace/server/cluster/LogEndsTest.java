package dev.millrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.StreamView;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogEndsTest {
  private static final LogEnds ENDS =
      new LogEnds(Map.of("video", new LogPosition(0, 17, 0), "audio", new LogPosition(0, 16, 3)));

  @Test
  void isReadAsItWasWritten() {
    assertThat(ENDS.toText()).isEqualTo("audio 16 3\nvideo 17 0\n");
    assertThat(LogEnds.parse(ENDS.toText())).isEqualTo(ENDS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"video", "video 1", "video 1 x", "video 1 2 3", "<html>"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> LogEnds.parse(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void isNotInALogThatLacksARendition() {
    assertThat(ENDS.areIn(StreamView.empty())).isFalse();
    assertThat(new LogEnds(Map.of()).areIn(StreamView.empty())).isTrue();
  }
}

package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
  @Test
  void readsWhatItWrites() {
    for (FileName name :
        new FileName[] {
          new FileName.Segment(1_795_253_400_123L, 897_626_700L),
          new FileName.Part(new LogPosition(1_795_253_400_123L, 0, 17)),
          FileName.Init.of(Bytes.of(1, 2, 3))
        }) {
      assertThat(FileName.parse(name.toString())).contains(name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-2",
        "1-2.m4v",
        "-1-2.m4s",
        "1-2.3.4.m4s",
        "01-2.m4s",
        "1-02.m4s",
        "1-2.00.m4s",
        "1-2.1234567.m4s",
        "1234567890123456789-1.m4s",
        "1-2.m4s ",
        " 1-2.m4s",
        "../1-2.m4s",
        "init-.mp4",
        "init-0123456789ABCDEF.mp4",
        "init-0123456789abcdef.mp4.gz",
        "index.m3u8"
      })
  void hasOneNameForEachFileAndNoneForAnythingElse(String text) {
    assertThat(FileName.parse(text)).isEmpty();
  }
}

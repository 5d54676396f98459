package dev.millrace.transcoder.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PublishOptionsTest {
  private static PublishOptions parse(String arguments) {
    return PublishOptions.parse(List.of(arguments.split(" ")));
  }

  @Test
  void readsWhatItWrites() {
    PublishOptions options =
        parse(
            "a.mp4 rtmp://h/live/k --from-parent --once --duration 2.5 --start-timestamp 4294967295"
                + " --retry 0 --no-audio --video-codec hevc --audio-codec mp3 --size 320x180 --fps 25"
                + " --gop 50 --bitrate 300000");
    assertThat(options.duration()).contains(Duration.ofMillis(2500));
    assertThat(options.tracks().audio()).isFalse();
    assertThat(options.tracks().size()).contains(new PublishOptions.Size(320, 180));
    assertThat(PublishOptions.parse(options.toArguments())).isEqualTo(options);
    PublishOptions numbered = parse("test rtmp://h/live/k --bar-code --fps 25");
    assertThat(numbered.tracks().barCode()).isTrue();
    assertThat(PublishOptions.parse(numbered.toArguments())).isEqualTo(numbered);
    PublishOptions plain = parse("test rtmp://h/live/k");
    assertThat(PublishOptions.parse(plain.toArguments())).isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          test                                    ; expected FILE|test and an address, in that order
          test http://h/x                         ; the address must begin with rtmp://
          test rtmp://h/a/k --fsp 3               ; unknown option --fsp
          test rtmp://h/a/k --fps                 ; --fps needs a value
          test rtmp://h/a/k --fps 0               ; --fps takes 1 to 240, found '0'
          test rtmp://h/a/k --duration 1h         ; --duration takes seconds, found '1h'
          test rtmp://h/a/k --size 321x180        ; --size takes even numbers from 16 to 8192, as 1280x720
          test rtmp://h/a/k --video-codec vp9     ; --video-codec takes one of h264, hevc, found 'vp9'
          a.mp4 rtmp://h/a/k --bar-code           ; --bar-code is for test pictures, not for files
          test rtmp://h/a/k --no-video --no-audio ; --no-video and --no-audio leave nothing to publish
          """)
  void refusesWithALineForTheUser(String arguments, String message) {
    assertThatThrownBy(() -> parse(arguments))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void showsAnAddressWithoutTheKey() {
    assertThat(parse("test rtmp://h:1935/live/hush-hush").shownUrl())
        .isEqualTo("rtmp://h:1935/live/***");
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.server.e2e.DecodedMedia.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The measure for everything else: what a numbered publisher sends comes out of the source
 * rendition picture for picture and second for second, and the pulses of its sound stand where its
 * pictures say they should.
 */
class NumberedSourceIT {
  private static final int FPS = 30;

  @TempDir Path folder;

  @Test
  void picturesAndSecondsComeThroughExactly() {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher =
            Publisher.libav(
                folder, "test", node.rtmp("numbers"), "--size", "320x180", "--bar-code")) {
      Renditions stream = new Renditions(node, "numbers", folder);
      stream.awaitMedia(4, List.of("video", "audio"));
      List<Segment> segments = stream.playlist("video").segments();
      long first = segments.getFirst().msn();
      long last = first + 3;
      DecodedMedia video = stream.decode("video", first, last);
      DecodedMedia audio = stream.decode("audio", first, last);

      List<Picture> pictures = video.pictures();
      int firstNumber = pictures.getFirst().number();
      long firstUs = pictures.getFirst().ptsUs();
      for (int i = 0; i < pictures.size(); i++) {
        assertThat(pictures.get(i).number())
            .as("number of picture %s", i)
            .isEqualTo(firstNumber + i);
        assertThat(pictures.get(i).ptsUs() - firstUs)
            .as("time of picture %s", i)
            .isBetween(i * 1_000_000L / FPS - 1100, i * 1_000_000L / FPS + 1100);
      }
      assertThat(audio.sampleRate()).isEqualTo(48_000);
      Map<Long, Integer> seconds = audio.seconds();
      assertThat(seconds).hasSizeBetween(6, 9);
      seconds.forEach(
          (mediaUs, second) -> {
            // The publisher's AAC begins one encoder frame (21.3 ms) late.
            long pictureUs = mediaUs - 1024L * 1_000_000 / 48_000 - firstUs;
            double number = firstNumber + pictureUs * FPS / 1e6;
            assertThat(number % (8 * FPS))
                .as("number of the picture at the pulse of second %s", second)
                .isBetween(second * FPS - 0.07, second * FPS + 0.07);
          });
      assertThat(publisher.isAlive()).isTrue();
    }
  }
}

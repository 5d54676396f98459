package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StoryboardTest {
  private static final long EPOCH = (LogScript.START_US / 1000) << 10;
  private static final long DAY_US = 86_400_000_000L;

  @Test
  void hasACueForEachCompleteSegmentOfTheWindowThatHasAPicture() {
    StreamView view =
        LogScript.open(EPOCH, Targets.DEFAULT).video().audio().segments(4).part(500_000).view();
    assertThat(Storyboard.render(view, List.of(thumbnail(703), thumbnail(700), thumbnail(701))))
        .isEqualTo(
            """
            WEBVTT
            X-PROGRAM-DATE-TIME:2026-11-21T00:00:00.000Z

            09:30:00.000 --> 09:30:02.000
            thumbnails/%1$d-700.jpg

            09:30:02.000 --> 09:30:04.000
            thumbnails/%1$d-701.jpg

            09:30:06.000 --> 09:30:08.000
            thumbnails/%1$d-703.jpg
            """
                .formatted(EPOCH));
  }

  @Test
  void leavesOutWhatThePlaylistsDoNotList() {
    StreamView view = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(40).view();
    List<Thumbnail> all = LongStream.range(690, 760).mapToObj(StoryboardTest::thumbnail).toList();
    String text = Storyboard.render(view, all);
    assertThat(text.lines().filter(line -> line.contains("-->"))).hasSize(15);
    assertThat(text).contains("\n09:31:18.000 --> 09:31:20.000\nthumbnails/" + EPOCH + "-739.jpg");
  }

  @Test
  void keepsCueTimesWhenTheWindowSlidesAndThePublisherReturns() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(2);
    String cue = Storyboard.render(script.view(), List.of(thumbnail(701))).split("\n\n", 2)[1];
    script.discontinuity(EPOCH + 90_000, 3_000_000).segments(3);
    String later = Storyboard.render(script.view(), List.of(thumbnail(701), thumbnail(702)));
    assertThat(later).contains(cue).contains("09:30:07.000 --> 09:30:09.000");
  }

  @Test
  void countsHoursBeyondTwoDigits() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    script.discontinuity(EPOCH + 1, 360_000_000_000L).segments(1);
    assertThat(Storyboard.render(script.view(), List.of(thumbnail(701))))
        .contains("\n109:30:02.000 --> 109:30:04.000\n");
  }

  @Test
  void hasNoCueForTimesBeforeItsZero() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    script.discontinuity(EPOCH + 1, -DAY_US).segments(1);
    assertThat(Storyboard.render(script.view(), List.of(thumbnail(701)))).doesNotContain("-->");
  }

  @Test
  void tellsTheMidnightBeforeTheFirstListedSegment() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    script.discontinuity(EPOCH + 1, DAY_US).segments(40);
    assertThat(Storyboard.render(script.view(), List.of(thumbnail(740))))
        .contains("X-PROGRAM-DATE-TIME:2026-11-22T00:00:00.000Z")
        .contains("\n09:31:20.000 --> 09:31:22.000\n");
  }

  private static Thumbnail thumbnail(long msn) {
    return new Thumbnail(EPOCH, msn, 0, new Picture(160, 90, Bytes.EMPTY));
  }
}

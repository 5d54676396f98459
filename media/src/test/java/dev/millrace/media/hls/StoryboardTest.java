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
  /** 1.5 s before the first segment begins. */
  private static final long EPOCH = LogScript.START_US / 1000 - 1500;

  @Test
  void hasACueForEachCompleteSegmentOfTheWindowThatHasAPicture() {
    StreamView view =
        LogScript.open(EPOCH, Targets.DEFAULT).video().audio().segments(4).part(500_000).view();
    assertThat(Storyboard.render(view, List.of(thumbnail(703), thumbnail(700), thumbnail(701))))
        .isEqualTo(
            """
            WEBVTT
            X-PROGRAM-DATE-TIME:2026-11-21T09:29:58.500Z

            00:00:01.500 --> 00:00:03.500
            thumbnails/%1$d-700.jpg

            00:00:03.500 --> 00:00:05.500
            thumbnails/%1$d-701.jpg

            00:00:07.500 --> 00:00:09.500
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
    assertThat(text).contains("\n00:01:19.500 --> 00:01:21.500\nthumbnails/" + EPOCH + "-739.jpg");
  }

  @Test
  void keepsCueTimesWhenTheWindowSlidesAndThePublisherReturns() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(2);
    String cue = Storyboard.render(script.view(), List.of(thumbnail(701))).split("\n\n", 2)[1];
    script.discontinuity(EPOCH + 90_000, 3_000_000).segments(3);
    String later = Storyboard.render(script.view(), List.of(thumbnail(701), thumbnail(702)));
    assertThat(later).contains(cue).contains("00:00:08.500 --> 00:00:10.500");
  }

  @Test
  void countsHoursBeyondTwoDigits() {
    LogScript script = LogScript.open(EPOCH, Targets.DEFAULT).video().segments(1);
    script.discontinuity(EPOCH + 1, 360_000_000_000L).segments(1);
    assertThat(Storyboard.render(script.view(), List.of(thumbnail(701))))
        .contains("\n100:00:03.500 --> 100:00:05.500\n");
  }

  @Test
  void hasNoCueForTimesBeforeItsZero() {
    StreamView view = LogScript.open(EPOCH + 10_000, Targets.DEFAULT).video().segments(2).view();
    assertThat(Storyboard.render(view, List.of(thumbnail(700)))).doesNotContain("-->");
  }

  private static Thumbnail thumbnail(long msn) {
    return new Thumbnail(EPOCH, msn, 0, new Picture(160, 90, Bytes.EMPTY));
  }
}

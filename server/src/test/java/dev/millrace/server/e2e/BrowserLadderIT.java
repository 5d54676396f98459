package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.e2e.WatchPage.Seen;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A source and two encoded rungs in a real Chromium, judged by what is seen and heard there: every
 * picture with the number in it, the sound, stalls, seeks, and what each SourceBuffer holds.
 */
@Isolated("needs the processors, or measures what having them costs")
class BrowserLadderIT {
  private static final String NAME = "ladder";
  private static final int RENDITIONS = 3;
  private static final int FPS = 30;

  /**
   * Longest time without a new picture or without sound, milliseconds. Two quiet cores need 100; a
   * switch that is seen takes half a second and more.
   */
  private static final double UNNOTICED_MS = 450;

  @TempDir static Path folder;
  private static Chromium chromium;
  private static NodeUnderTest node;
  private static ChildProcess publisher;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
    node =
        NodeUnderTest.start(
            folder, Map.of("MILLRACE_TRANSCODE_LADDER", "240p:400k,180p:200k"), "--open");
    publisher =
        Publisher.libav(
            folder,
            "test",
            node.rtmp(NAME),
            "--size",
            "640x360",
            "--bitrate",
            "1500000",
            "--bar-code");
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable each : new AutoCloseable[] {chromium, publisher, node}) {
      if (each != null) {
        try {
          each.close();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Test
  void switchesWithoutAGlitchInPictureOrSound() {
    try (WatchPage page = watch()) {
      page.listen();
      page.awaitPlayed(1);
      double since = page.now();
      double stalledBefore = page.millrace("stallMs");
      double switchesBefore = page.millrace("switches");
      for (String choice : List.of("180p", "240p", "360p", "180p", "360p")) {
        page.choose(choice);
        page.awaitWidth(widthOf(choice));
        page.awaitPlayed(1.5);
      }

      Seen seen = page.since(since);
      // The first may be what is playing already.
      assertThat(page.millrace("switches") - switchesBefore).isGreaterThanOrEqualTo(4);
      assertThat(page.millrace("stallMs") - stalledBefore).as("stalls").isLessThan(UNNOTICED_MS);
      assertUndisturbed(page, seen);
      assertThat(seen.number("silentMs")).as("silence: %s", seen).isLessThan(UNNOTICED_MS);
      assertThat(seen.number("heardMs")).as("sound: %s", seen).isGreaterThan(7_000);
    }
  }

  @Test
  void takesASmallerRungOnAThinLineAndTheLargeOneAgain() {
    try (WatchPage page = watch()) {
      page.awaitWidth(640);
      double since = page.now();
      page.line(900_000);
      page.await("a smaller picture", () -> page.millrace("width") < 640);
      page.awaitPlayed(5);
      assertThat(page.millrace("width")).as("width on a thin line").isLessThan(640);
      assertThat(page.millrace("longestStallMs")).as("stalls").isLessThan(1_000);

      page.line(WatchPage.UNBOUNDED);
      page.awaitWidth(640);
      page.awaitPlayed(1);
      Seen seen = page.since(since);
      assertThat(seen.number("unread")).as("pictures without a number: %s", seen).isZero();
      assertThat(seen.number("backwards")).as("pictures that go back: %s", seen).isZero();
      assertThat((List<?>) seen.get("offsets")).as("in step: %s", seen).hasSizeBetween(1, 2);
      assertThat(page.millrace("loads")).as("loads of the source").isEqualTo(1);
    }
  }

  @Test
  void playsSoundAloneAndThePictureAgain() {
    try (WatchPage page = watch()) {
      page.choose("audio");
      page.await(
          "sound alone",
          () -> (boolean) page.evaluate("millrace.audioOnly && millrace.state === 'playing'"));
      page.awaitPlayed(2);
      assertThat(page.evaluate("Object.keys(millrace.tracks)")).isEqualTo(List.of("audio"));

      page.choose("180p");
      page.awaitWidth(320);
      page.awaitPlayed(1);
      assertThat(page.evaluate("Object.keys(millrace.tracks).sort()"))
          .isEqualTo(List.of("audio", "video"));
    }
  }

  @Test
  void showsThePictureOfTheMomentUnderThePointer() {
    try (WatchPage page = watch()) {
      page.await("a seek bar", () -> (boolean) page.evaluate("Boolean(millrace.seekable)"));
      page.hover("[role=slider]");
      page.await("a thumbnail", () -> page.number("thumbnail()?.naturalWidth") == 160);
      double offset = ((Number) ((List<?>) page.since(0).get("offsets")).getFirst()).doubleValue();
      // The pointer is in the middle of a window that moves on; a thumbnail is its segment's first.
      double pointed = page.number("(millrace.seekable.start + millrace.seekable.end) / 2");
      double behind = pointed * FPS + offset - page.number("thumbnailNumber()");
      assertThat(behind).as("pictures between thumbnail and pointer").isBetween(-30.0, 100.0);
    }
  }

  @Test
  void leavesARungWhoseWorkerIsKilledAndReturnsToIt() {
    try (WatchPage page = watch()) {
      page.choose("240p");
      page.awaitWidth(426);
      page.awaitPlayed(2);
      double since = page.now();
      WorkerProcesses.awaitOne(node).destroyForcibly();

      page.await("the rung to be left", () -> page.millrace("withdrawals") >= 1);
      page.awaitWidth(640);
      page.awaitPlayed(2);
      Seen seen = page.since(since);
      assertThat(page.millrace("longestStallMs")).as("stalls").isLessThan(2_500);
      assertThat(seen.number("longestMs")).as("without a picture: %s", seen).isLessThan(2_500);
      assertThat(page.millrace("loads")).as("loads of the source").isEqualTo(1);

      page.awaitWidth(426);
      page.awaitPlayed(2);
    }
  }

  private static void assertUndisturbed(WatchPage page, Seen seen) {
    assertThat(seen.get("seeks")).as("seeks: %s", seen).isEqualTo(List.of());
    assertThat(seen.number("longestMs")).as("still picture: %s", seen).isLessThan(UNNOTICED_MS);
    assertThat(seen.number("drift"))
        .as("jumps of the position, s: %s", seen)
        .isLessThan(UNNOTICED_MS / 1e3);
    assertThat(seen.number("backwards")).as("pictures that go back: %s", seen).isZero();
    assertThat(seen.number("unread")).as("pictures without a number: %s", seen).isZero();
    assertThat((List<?>) seen.get("offsets"))
        .as("picture number against media time: %s", seen)
        .hasSizeBetween(1, 2);
    assertThat(page.evaluate("[millrace.tracks.video.length, millrace.tracks.audio.length]"))
        .as("stretches of buffered picture and sound")
        .isEqualTo(List.of(1, 1));
    assertThat(page.millrace("loads")).as("loads of the source").isEqualTo(1);
  }

  private static int widthOf(String label) {
    return switch (label) {
      case "360p" -> 640;
      case "240p" -> 426;
      case "180p" -> 320;
      default -> throw new IllegalArgumentException(label);
    };
  }

  /** A watch page that plays with all renditions of the ladder. */
  private static WatchPage watch() {
    awaitLadder();
    WatchPage page = WatchPage.open(chromium, node, NAME);
    page.await(
        "source and two rungs to be offered", () -> page.millrace("offered.length") == RENDITIONS);
    page.awaitPlayed(3);
    return page;
  }

  /** Waits until the server offers all renditions: workers start late, and are killed here. */
  private static void awaitLadder() {
    Streams.await(
        node,
        publisher,
        NAME,
        "the ladder",
        () -> {
          String listed = node.get("/hls/live/" + NAME + "/index.m3u8").body();
          return listed.contains("\n240p/") && listed.contains("\n180p/");
        });
  }
}

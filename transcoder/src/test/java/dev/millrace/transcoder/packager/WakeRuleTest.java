package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Track;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What gathers changes neither the log nor the moment at which a part goes out. */
class WakeRuleTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "24, 48, 0",
    "30, 60, 0",
    "29.97, 60, 2",
    "60, 120, 2",
    "12.5, 25, 0",
    "30, 250, 0",
    "25, 720, 0",
    "5, 10, 0",
    "0, 0, 0",
    "30, 60, -1"
  })
  void partsGoOutAtTheSameMomentWithFewerWakes(double fps, int gop, int depth) {
    Rig each = play(new Rig(folder.resolve("each")), fps, gop, depth);
    Rig few = play(new Rig(folder.resolve("few")).gathering(), fps, gop, depth);

    few.rules.coarseGrid();
    few.checked();
    for (String name : each.log.lines.keySet()) {
      List<Line> expected = each.log.lines.getOrDefault(name, List.of());
      assertThat(few.log.lines.get(name)).containsExactlyElementsOf(expected);
    }
    if (fps >= 24 || fps == 0) {
      assertThat(few.wakes).isLessThan(each.wakes / 3);
    }
  }

  private static Rig play(Rig rig, double fps, int gop, int depth) {
    List<Timed> audio = depth < 0 ? List.of() : Sources.audio(48_000, 0, 40);
    if (fps == 0) {
      return rig.start(Rig.audioTrack(48_000)).play(audio);
    }
    Track[] tracks =
        depth < 0
            ? new Track[] {Rig.videoTrack(fps)}
            : new Track[] {Rig.videoTrack(fps), Rig.audioTrack(48_000)};
    return rig.start(tracks)
        .play(Sources.video(fps, 0, 40, i -> i % gop == 0, Math.max(0, depth)), audio);
  }
}

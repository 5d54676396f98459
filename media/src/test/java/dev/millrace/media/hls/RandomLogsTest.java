package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every log, tried on logs with gaps, discontinuities and end markers at random. */
class RandomLogsTest {
  private static final Pattern HEADER =
      Pattern.compile("#EXT-X-MEDIA-SEQUENCE:(\\d+)\n#EXT-X-DISCONTINUITY-SEQUENCE:(\\d+)\n");
  private static final Pattern SKIP = Pattern.compile("#EXT-X-SKIP:SKIPPED-SEGMENTS=(\\d+)\n");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void windowIsTheShortestThatKeepsItsPromises(long seed) {
    StreamView view = StreamView.empty();
    for (LogRecord record : randomLog(seed)) {
      view = view.apply(record);
      for (RenditionView rendition : view.renditions()) {
        assertWindow(rendition, view.targets());
      }
    }
    assertThat(view.renditions().getFirst().segments().getFirst().msn()).isGreaterThan(720);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void whoeverJoinsLaterListsTheSame(long seed) {
    List<LogRecord> log = randomLog(seed);
    Random random = new Random(seed);
    StreamView origin = StreamView.empty();
    List<StreamView> joined = new ArrayList<>();
    for (LogRecord record : log) {
      origin = origin.apply(record);
      joined.replaceAll(edge -> edge.apply(record));
      if (random.nextInt(100) == 0) {
        joined.add(applied(origin.replay()));
      }
      for (StreamView edge : joined) {
        assertThat(texts(edge)).isEqualTo(texts(origin));
      }
    }
    assertThat(joined).hasSizeGreaterThan(3);
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24})
  void sequencesFollowWhatLeavesThePlaylist(long seed) {
    StreamView view = StreamView.empty();
    List<String> before = List.of();
    for (LogRecord record : randomLog(seed)) {
      view = view.apply(record);
      if (view.renditions().isEmpty() || view.renditions().getFirst().segments().isEmpty()) {
        continue;
      }
      List<String> now = segmentIdentities(MediaPlaylist.render(view, "video", false));
      if (!before.isEmpty()) {
        int removed = before.indexOf(now.getFirst());
        if (removed < 0) {
          removed = before.size();
        }
        assertThat(now).startsWith(before.subList(removed, before.size()).toArray(String[]::new));
      }
      before = now.getFirst().startsWith("open") ? List.of() : closed(now);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {31, 32, 33, 34})
  void deltaMergesIntoTheFullPlaylist(long seed) {
    StreamView view = StreamView.empty();
    int deltas = 0;
    for (LogRecord record : randomLog(seed)) {
      view = view.apply(record);
      for (RenditionView rendition : view.renditions()) {
        if (!rendition.segments().isEmpty()) {
          deltas += assertDelta(view, rendition) ? 1 : 0;
        }
      }
    }
    assertThat(deltas).isGreaterThan(100);
  }

  private static boolean assertDelta(StreamView view, RenditionView rendition) {
    String name = rendition.description().name();
    String full = MediaPlaylist.render(view, name, false);
    String delta = MediaPlaylist.render(view, name, true);
    Matcher skip = SKIP.matcher(delta);
    if (!skip.find()) {
      assertThat(delta).isEqualTo(full);
      return false;
    }
    int skipped = Integer.parseInt(skip.group(1));
    List<Segment> segments = rendition.completeSegments();
    long keptUs =
        segments.subList(skipped, segments.size()).stream().mapToLong(Segment::durationUs).sum();
    assertThat(keptUs).isGreaterThanOrEqualTo(24_000_000);
    assertThat(segmentIdentities(delta.replace(skip.group(), "")).size())
        .isEqualTo(segmentIdentities(full).size() - skipped);
    assertThat(delta.length()).isLessThan(full.length());
    String kept = delta.substring(delta.indexOf("#EXT-X-PROGRAM-DATE-TIME", skip.end()));
    assertThat(full).endsWith(kept);
    assertThat(delta.substring(skip.end())).contains("#EXT-X-MAP");
    return true;
  }

  /** Per segment its number, its discontinuity sequence and its own lines without parts. */
  private static List<String> segmentIdentities(String playlist) {
    Matcher header = HEADER.matcher(playlist);
    assertThat(header.find()).isTrue();
    long msn = Long.parseLong(header.group(1));
    long discontinuities = Long.parseLong(header.group(2));
    List<String> identities = new ArrayList<>();
    StringBuilder own = new StringBuilder();
    for (String line : playlist.substring(header.end()).split("\n", -1)) {
      discontinuities += line.equals("#EXT-X-DISCONTINUITY") ? 1 : 0;
      if (line.startsWith("#EXT-X-PROGRAM")
          || line.startsWith("#EXTINF")
          || line.equals("#EXT-X-GAP")) {
        own.append(line);
      }
      if (!line.isEmpty() && !line.startsWith("#")) {
        identities.add(msn++ + " " + discontinuities + " " + own + line);
        own.setLength(0);
      }
    }
    if (!own.isEmpty()) {
      identities.add("open " + own);
    }
    return identities;
  }

  private static List<String> closed(List<String> identities) {
    return identities.stream().filter(each -> !each.startsWith("open")).toList();
  }

  private static void assertWindow(RenditionView rendition, Targets targets) {
    List<Segment> complete = rendition.completeSegments();
    long sumUs = complete.stream().mapToLong(Segment::durationUs).sum();
    assertThat(rendition.completeUs()).isEqualTo(sumUs);
    for (int i = 1; i < rendition.segments().size(); i++) {
      assertThat(rendition.segments().get(i).msn())
          .isEqualTo(rendition.segments().get(i - 1).msn() + 1);
    }
    boolean trimmed = !complete.isEmpty() && complete.getFirst().msn() > 700;
    if (trimmed) {
      assertThat(complete.size()).isGreaterThanOrEqualTo(6);
      assertThat(sumUs).isGreaterThanOrEqualTo(targets.windowUs());
    }
    if (complete.size() > 6) {
      assertThat(sumUs - complete.getFirst().durationUs())
          .as("one segment less would be too short")
          .isLessThan(targets.windowUs());
    }
  }

  private static StreamView applied(List<LogRecord> records) {
    StreamView view = StreamView.empty();
    for (LogRecord record : records) {
      view = view.apply(record);
    }
    return view;
  }

  private static List<String> texts(StreamView view) {
    List<String> texts = new ArrayList<>();
    for (RenditionView rendition : view.renditions()) {
      if (!rendition.segments().isEmpty()) {
        texts.add(MediaPlaylist.render(view, rendition.description().name(), false));
        texts.add(MediaPlaylist.render(view, rendition.description().name(), true));
      }
    }
    if (!texts.isEmpty()) {
      texts.add(MultivariantPlaylist.render(view));
    }
    return texts;
  }

  private static List<LogRecord> randomLog(long seed) {
    Random random = new Random(seed);
    LogScript script = LogScript.open(1000, Targets.DEFAULT).video().audio();
    long epoch = 1000;
    for (int i = 0; i < 80; i++) {
      switch (random.nextInt(8)) {
        case 0 -> script.gap(durations(random));
        case 1 -> {
          for (long durationUs : durations(random)) {
            script.part(durationUs);
          }
          script.endMarker();
        }
        case 2 -> {
          if (random.nextBoolean()) {
            script.video("avc1.4d401" + random.nextInt(10), "init-" + random.nextInt(4) + ".mp4");
          }
          script.discontinuity(++epoch, random.nextInt(5_000_000)).segment(durations(random));
        }
        default -> script.segment(durations(random));
      }
    }
    return random.nextBoolean() ? script.end().records() : script.records();
  }

  private static long[] durations(Random random) {
    long[] durations = new long[1 + random.nextInt(7)];
    Arrays.setAll(durations, i -> 1 + random.nextInt(512_000));
    return durations;
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.server.e2e.EncodedTrack.Kind;
import dev.millrace.server.e2e.EncodedTrack.Video;
import dev.millrace.server.e2e.MultitrackTags.Form;
import dev.millrace.server.e2e.MultitrackTags.Piece;
import dev.millrace.server.e2e.RawPublisher.Timed;
import dev.millrace.testkit.Damage;
import dev.millrace.testkit.SharedMedia;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishers whose media break, change and jump in mid-stream: their rungs have the source's
 * pictures again from the next key frame on, the log has a line of each thing that happened, and a
 * stream beside them never notices.
 */
class DamageIT {
  private static final int GOP = 2 * EncodedTrack.FPS;
  private static final long LENGTH_MS = 120_000;

  /** Something happens from here, */
  private static final long FROM_MS = 4_000;

  /** to here, where a key frame comes. */
  private static final long TO_MS = 8_000;

  /** Segments that must be right again, and are judged. */
  private static final int JUDGED = 2;

  /** Of an AVC tag's body (FLV §E.4.3): codec, packet type, composition time. */
  private static final int VIDEO_TAG_HEADER = 5;

  /** With the length of a NAL unit and its type: damage behind them only a decoder can find. */
  private static final int NAL_UNIT_HEADER = VIDEO_TAG_HEADER + 5;

  private static final int AUDIO_TAG_HEADER = 2;

  @TempDir static Path folder;
  private static NodeUnderTest node;
  private static EncodedTrack plain;
  private static EncodedTrack narrow;
  private static EncodedTrack halfRate;
  private static EncodedTrack hevc;
  private static EncodedTrack sound;
  private static RawPublisher publisher;
  private static Renditions good;

  @BeforeAll
  static void start() {
    List<EncodedTrack> encoded =
        EncodedTrack.encode(
            folder,
            List.of(
                new Video(Kind.AVC, 640, 360, GOP, 600),
                new Video(Kind.AVC, 480, 360, GOP, 600),
                new Video(Kind.AVC, 640, 360, GOP, 600, 2),
                new Video(Kind.HEVC, 640, 360, GOP, 600)));
    plain = encoded.get(0);
    narrow = encoded.get(1);
    halfRate = encoded.get(2);
    hevc = encoded.get(3);
    sound = encoded.get(4);
    node =
        NodeUnderTest.start(
            folder,
            Map.of(
                "MILLRACE_TRANSCODE_LADDER", "160p:200k",
                "MILLRACE_TRANSCODE_PRESET", "ultrafast",
                "MILLRACE_TRANSCODE_MAX_WORKERS", "16",
                "MILLRACE_PUBLISH_RECONNECT_WINDOW", "2s",
                "MILLRACE_TRANSCODE_POSTER_INTERVAL", "0s"),
            "--open");
    publisher = RawPublisher.start(node, "good", unbroken());
    good = new Renditions(node, "good", folder);
    good.awaitMedia(1, List.of("video", "160p", "audio-64k"));
  }

  @AfterAll
  static void stop() {
    publisher.close();
    node.close();
  }

  @AfterEach
  void theGoodStreamWentOnUndisturbed() {
    assertThat(publisher.isRefused()).isFalse();
    for (String rendition : List.of("video", "audio", "160p", "audio-64k")) {
      List<Segment> segments = good.playlist(rendition).segments();
      assertThat(segments)
          .as("segments of the good stream in " + rendition)
          .noneMatch(Segment::gap);
      assertThat(segments.stream().map(Segment::discontinuity).distinct()).hasSize(1);
    }
    assertThat(good.ladder("restarts")).isEqualTo("0");
    assertThat(node.process().output()).doesNotContain("ERROR").doesNotContain("\tat ");
  }

  @Test
  void rungsRecoverFromDamagedBits() {
    Map<String, List<Timed>> cases = new HashMap<>();
    for (Damage damage : Damage.values()) {
      cases.put("bits-" + damage.name().toLowerCase(Locale.ROOT), damaged(damage));
    }
    assertRecover(cases, 1);
    assertThat(lines("bits-cut"))
        .anyMatch(line -> line.contains("a damaged video frame was dropped"));
    assertThat(lines("bits-repeat"))
        .anyMatch(line -> line.contains("a damaged video frame was dropped"));
    // Which of both depends on how much of the clip is over when the worker begins.
    assertThat(lines("bits-flip"))
        .anyMatch(line -> line.matches(".*the source's (video|audio) is damaged.*"));
  }

  /** High profile with B-frames breaks in more ways than what the other cases send. */
  @Test
  void rungsGoOnAfterAllKindsOfDamageToRealFootage() {
    List<Timed> once =
        RawPublisher.read(SharedMedia.require("media/bbb_480p_gop2s.flv")); // key frames each 2 s
    List<Timed> film = new ArrayList<>();
    for (int loop = 0; loop < 4; loop++) {
      int byMs = loop * 30_000;
      once.stream()
          .filter(timed -> byMs == 0 || isFrame(timed.tag()))
          .forEach(timed -> film.add(later(timed, byMs)));
    }
    try (RawPublisher publishing = RawPublisher.start(node, "film", damaged(film, new Random(1)))) {
      Renditions stream = awaitCalm("film");
      assertThat(publishing.isRefused()).isFalse();
      assertTold("film", 1);
      assertThat(stream.ladder("restarts")).as("workers replaced").isEqualTo("0");
    }
  }

  @Test
  void rungsFollowChangesOfSizeRateAndCodec() {
    assertRecover(
        Map.of(
            "size", changing(narrow),
            "rate", changing(halfRate),
            "codec", changing(hevc)),
        3);
    assertThat(
            new Renditions(node, "size", folder)
                .playlist("160p").segments().stream().map(Segment::map).distinct())
        .as("initialization sections of the two shapes")
        .hasSize(2);
  }

  @Test
  void rungsFollowJumpsOfTimeAndTracksThatStopAndReturn() {
    assertRecover(
        Map.of(
            "jumps", edited(unbroken(), DamageIT::shifted),
            "silent", without(FlvTag.AUDIO),
            "blind", without(FlvTag.VIDEO)),
        1);
    assertThat(lines("jumps")).anyMatch(line -> line.contains("clock has jumped by +3600.0 s"));
    assertThat(lines("silent")).anyMatch(line -> line.contains("no audio comes"));
    assertThat(lines("blind")).anyMatch(line -> line.contains("no video comes"));
  }

  /**
   * Publishes all at once; judges what comes after {@link #TO_MS}.
   *
   * @param states how many there are, each of which may be told
   */
  private static void assertRecover(Map<String, List<Timed>> cases, int states) {
    List<RawPublisher> publishers = new ArrayList<>();
    try {
      cases.forEach((name, tags) -> publishers.add(RawPublisher.start(node, name, tags)));
      cases.keySet().forEach(DamageIT::assertRecovers);
      cases.keySet().forEach(name -> assertTold(name, states));
      assertThat(publishers).noneMatch(RawPublisher::isRefused);
    } finally {
      publishers.forEach(RawPublisher::close);
    }
  }

  private static void assertRecovers(String name) {
    Renditions stream = awaitCalm(name);
    List<Segment> segments = judged(stream);
    long first = segments.getFirst().msn();
    long last = segments.getLast().msn();
    DecodedMedia source = stream.decode("video", first, last);
    assertThat(source.pictures()).hasSize(JUDGED * GOP);
    Aligned.assertPictures(source, stream.decode("160p", first, last), 1, segments);
    assertThat(stream.ladder("restarts")).as("workers replaced").isEqualTo("0");
  }

  /** All renditions have the same segments again after {@link #TO_MS}, and no gap. */
  private static Renditions awaitCalm(String name) {
    Renditions stream = new Renditions(node, name, folder);
    Streams.await(node, name, "is there", () -> !stream.playlist("video").segments().isEmpty());
    List<String> all = List.of("video", "audio", "160p", "audio-64k");
    for (String rendition : all) {
      Streams.await(
          node,
          name,
          "has segments after the change in " + rendition,
          () -> calm(stream, rendition).size() >= JUDGED);
    }
    List<Segment> segments = judged(stream);
    long first = segments.getFirst().msn();
    long last = segments.getLast().msn();
    Aligned.assertSegments(stream, "video", List.of("160p"), first, last, Aligned.MILLISECOND_US);
    Aligned.assertSegments(
        stream, "video", List.of("audio", "audio-64k"), first, last, Aligned.SOUND_FRAME_US);
    assertThat(Streams.state(node, name)).as("state, with\n" + node.tails()).isEqualTo("live");
    for (String rendition : all) {
      assertThat(stream.segments(rendition, first, last))
          .as(name + " " + rendition)
          .noneMatch(Segment::gap);
    }
    return stream;
  }

  private static List<Segment> judged(Renditions stream) {
    return calm(stream, "160p").subList(0, JUDGED);
  }

  /** The segments that begin after all is good again. */
  private static List<Segment> calm(Renditions stream, String rendition) {
    // The window is longer than this test: the source's first segment is still listed.
    long startUs = stream.playlist("video").segments().getFirst().pdtUs();
    return stream.playlist(rendition).segments().stream()
        .filter(segment -> segment.pdtUs() >= startUs + TO_MS * 1000 - 100_000)
        .toList();
  }

  /** What happened is told, but not over and over. */
  private static void assertTold(String name, int states) {
    System.out.println("MEASURED log of " + name + ":\n  " + String.join("\n  ", lines(name)));
    lines(name).stream()
        .collect(Collectors.groupingBy(line -> line.replaceAll("\\d+", "#"), Collectors.counting()))
        .forEach(
            (line, count) ->
                assertThat(count).as("how often it is said: " + line).isLessThanOrEqualTo(states));
  }

  /** What the log says of a stream. */
  private static List<String> lines(String name) {
    return node.process()
        .output()
        .lines()
        .filter(line -> line.contains("live/" + name + " "))
        .map(line -> line.substring(line.indexOf("live/")))
        .toList();
  }

  private static List<Timed> unbroken() {
    return MultitrackTags.of(Form.ONE_TRACK, List.of(Piece.whole(0, plain)), sound, LENGTH_MS);
  }

  /** Another track for a while, then the first again. */
  private static List<Timed> changing(EncodedTrack other) {
    List<Piece> pieces =
        List.of(
            new Piece(0, plain, 0, FROM_MS),
            new Piece(0, other, FROM_MS, TO_MS),
            new Piece(0, plain, TO_MS, LENGTH_MS));
    return MultitrackTags.of(Form.ONE_TRACK, pieces, sound, LENGTH_MS);
  }

  private static List<Timed> damaged(Damage damage) {
    Random random = new Random(damage.name().hashCode());
    return edited(unbroken(), timed -> damaged(timed, damage, random));
  }

  private static List<Timed> damaged(List<Timed> tags, Random random) {
    Damage[] all = Damage.values();
    return edited(tags, timed -> damaged(timed, all[random.nextInt(all.length)], random));
  }

  private static Timed damaged(Timed timed, Damage damage, Random random) {
    FlvTag tag = timed.tag();
    int video = damage == Damage.FLIP ? NAL_UNIT_HEADER : VIDEO_TAG_HEADER;
    int keep = tag.type() == FlvTag.VIDEO ? video : AUDIO_TAG_HEADER;
    boolean hit = isFrame(tag) && isBetween(timed) && random.nextInt(4) == 0;
    if (!hit) {
      return timed;
    }
    Bytes body = Bytes.wrap(damage.apply(tag.body().toArray(), keep, random));
    return new Timed(timed.dueMs(), new FlvTag(tag.type(), tag.timestamp(), body));
  }

  /** An hour ahead for a while, then back to a little before where it was. */
  private static Timed shifted(Timed timed) {
    FlvTag tag = timed.tag();
    int by = timed.dueMs() < FROM_MS ? 0 : timed.dueMs() < TO_MS - 2_000 ? 3_600_000 : -1_000;
    return new Timed(timed.dueMs(), new FlvTag(tag.type(), tag.timestamp() + by, tag.body()));
  }

  private static Timed later(Timed timed, int ms) {
    FlvTag tag = timed.tag();
    return new Timed(timed.dueMs() + ms, new FlvTag(tag.type(), tag.timestamp() + ms, tag.body()));
  }

  private static List<Timed> without(int type) {
    Predicate<Timed> gone = timed -> timed.tag().type() == type && isFrame(timed.tag());
    return unbroken().stream().filter(timed -> !(gone.test(timed) && isBetween(timed))).toList();
  }

  private static List<Timed> edited(List<Timed> tags, UnaryOperator<Timed> edit) {
    return tags.stream().map(edit).toList();
  }

  private static boolean isBetween(Timed timed) {
    return timed.dueMs() >= FROM_MS && timed.dueMs() < TO_MS;
  }

  /** Neither metadata nor a sequence header. */
  private static boolean isFrame(FlvTag tag) {
    return tag.type() != FlvTag.SCRIPT && tag.body().length() > 1 && tag.body().u8(1) != 0;
  }
}

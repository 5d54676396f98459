package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.codec.Tracks;
import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Part;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.server.e2e.DecodedMedia.Picture;
import dev.millrace.server.e2e.EncodedTrack.Kind;
import dev.millrace.server.e2e.EncodedTrack.Video;
import dev.millrace.server.e2e.MultitrackTags.Form;
import dev.millrace.server.e2e.MultitrackTags.Piece;
import dev.millrace.testkit.BarCode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Publishers that have encoded several sizes of one picture themselves, as OBS does for "Enhanced
 * Broadcasting": the tracks become renditions, and nothing is encoded here. Tracks that misbehave
 * hurt themselves only.
 */
class MultitrackIT {
  private static final int GOP = 2 * EncodedTrack.FPS;
  private static final long LENGTH_MS = 150_000;
  private static final long STOPS_MS = 6_000;
  private static final long RETURNS_MS = 18_000;
  private static final int CHECK_SECONDS = 25;
  private static final List<String> THREE = List.of("video", "video-1", "video-2");
  private static final List<String> TWO = List.of("video", "video-1");

  @TempDir static Path folder;
  private static NodeUnderTest node;
  private static EncodedTrack large;
  private static EncodedTrack middle;
  private static EncodedTrack small;
  private static EncodedTrack smallHevc;
  private static EncodedTrack unaligned;
  private static EncodedTrack sound;
  private static Offers offers;
  private static final Map<String, RawPublisher> publishers = new HashMap<>();

  @BeforeAll
  static void publish() {
    List<EncodedTrack> encoded =
        EncodedTrack.encode(
            folder,
            List.of(
                new Video(Kind.AVC, 640, 360, GOP, 800),
                new Video(Kind.AVC, 426, 240, GOP, 400),
                new Video(Kind.AVC, 256, 144, GOP, 200),
                new Video(Kind.HEVC, 256, 144, GOP, 200),
                new Video(Kind.AVC, 426, 240, GOP * 6 / 5, 400)));
    large = encoded.get(0);
    middle = encoded.get(1);
    small = encoded.get(2);
    smallHevc = encoded.get(3);
    unaligned = encoded.get(4);
    sound = encoded.get(5);
    // With one track a worker would make this rung.
    node = NodeUnderTest.start(folder, Map.of("MILLRACE_TRANSCODE_LADDER", "120p:200k"), "--open");
    offers = new Offers(node, List.of("stops", "late"));
    Piece main = Piece.whole(0, large);
    start("obs", Form.ONE_TRACK, main, Piece.whole(1, middle), Piece.whole(2, small));
    start("many", Form.MANY_TRACKS, main, Piece.whole(1, middle), Piece.whole(2, smallHevc));
    start("unaligned", Form.ONE_TRACK, main, Piece.whole(1, unaligned));
    start(
        "stops",
        Form.ONE_TRACK,
        main,
        new Piece(1, middle, 0, STOPS_MS),
        new Piece(1, middle, RETURNS_MS, LENGTH_MS));
    start("late", Form.ONE_TRACK, main, new Piece(1, middle, STOPS_MS, LENGTH_MS));
    start(
        "resized",
        Form.ONE_TRACK,
        main,
        new Piece(1, middle, 0, STOPS_MS),
        new Piece(1, small, STOPS_MS, LENGTH_MS));
  }

  private static void start(String name, Form form, Piece... tracks) {
    publishers.put(
        name,
        RawPublisher.start(node, name, MultitrackTags.of(form, List.of(tracks), sound, LENGTH_MS)));
  }

  @AfterAll
  static void stop() {
    publishers.values().forEach(RawPublisher::close);
    offers.close();
    node.close();
  }

  @Test
  void tracksInMessagesOfTheirOwnBecomeRenditions() throws IOException {
    Renditions stream = stream("obs");
    assertSamePictures(stream, List.of(0, GOP, 2 * GOP));
    assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "RESOLUTION", "CODECS"))
        .containsExactly(
            "video/index.m3u8 640x360 " + codecs(large),
            "video-1/index.m3u8 426x240 " + codecs(middle),
            "video-2/index.m3u8 256x144 " + codecs(small),
            "audio/index.m3u8 - mp4a.40.2");
    assertBandwidths(stream);
    assertNothingIsEncoded(stream);
    assertPoster("obs");
  }

  @Test
  void tracksThatShareMessagesBecomeRenditionsWhateverTheirCodecs() {
    Renditions stream = stream("many");
    assertSamePictures(stream, List.of(0, GOP, 2 * GOP));
    assertThat(stream.decode("video-2", newest(stream, THREE), newest(stream, THREE)).codec())
        .isEqualTo("hevc");
    assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "RESOLUTION", "CODECS"))
        .containsExactly(
            "video/index.m3u8 640x360 " + codecs(large),
            "video-1/index.m3u8 426x240 " + codecs(middle),
            "video-2/index.m3u8 256x144 " + codecs(smallHevc),
            "audio/index.m3u8 - mp4a.40.2");
    assertNothingIsEncoded(stream);
  }

  @Test
  void conforms() {
    Streams.await(
        node,
        "obs",
        "has six segments in each rendition",
        () -> THREE.stream().allMatch(each -> stream("obs").playlist(each).segments().size() >= 6));
    try (ChildProcess check = HlsCheck.start(folder, node.playlist("obs"), CHECK_SECONDS)) {
      HlsCheck.assertNoFailure(check, CHECK_SECONDS);
      HlsCheck.assertJudged(check, HlsCheck.LADDER);
    }
  }

  @Test
  void keyFramesElsewhereAreToldAndNumbersStayRight() {
    Renditions stream = stream("unaligned");
    Streams.await(
        node, "unaligned", "is warned of", () -> stream.api().contains("multitrack-unaligned"));
    stream.awaitMedia(3, TWO);
    assertSegments(stream);
    assertThat(lines("unaligned", "key frames of video track 1 stand elsewhere")).hasSize(1);
  }

  @Test
  void aTrackThatStopsIsNotOfferedUntilItReturns() {
    Renditions stream = stream("stops");
    Streams.await(
        node,
        "stops",
        "offers one and both again",
        () -> offers.of("stops").equals(List.of(TWO, List.of("video"), TWO)));
    stream.awaitMedia(2, TWO);
    assertSourceUntouched(stream);
    assertSegments(stream);
  }

  @Test
  void aTrackThatAppearsLateTakesTheWorkersPlace() {
    Renditions stream = stream("late");
    stream.awaitMedia(3, TWO);
    Streams.await(node, "late", "offers its tracks", () -> offers.last("late").equals(TWO));
    assertSourceUntouched(stream);
    assertSegments(stream);
    Streams.await(node, "late", "has no worker", () -> WorkerProcesses.of(node).isEmpty());
  }

  @Test
  void aTrackThatChangesItsSizeGoesOnInTheNewOne() {
    Renditions stream = stream("resized");
    AtomicLong newest = new AtomicLong();
    Streams.await(
        node,
        "resized",
        "has three segments of the new size",
        () -> {
          MediaPlaylist playlist = stream.playlist("video-1");
          newest.set(playlist.newest());
          return maps(playlist, 3).size() == 1 && maps(playlist, 9).size() == 2;
        });
    assertThat(Multivariant.parse(stream.multivariant()).variants("URI", "RESOLUTION"))
        .contains("video-1/index.m3u8 256x144");
    assertThat(stream.playlist("video-1").segments()).noneMatch(Segment::gap);
    assertThat(stream.playlist("video-1").parts()).noneMatch(Part::gap);
    assertThat(stream.decode("video-1", newest.get() - 2, newest.get()).pictures())
        .hasSize(3 * GOP)
        .allMatch(picture -> picture.width() == 256 && picture.number() >= 0);
    assertSourceUntouched(stream);
    assertSegments(stream);
  }

  /** The initialization sections of the newest segments. */
  private static Set<String> maps(MediaPlaylist playlist, int count) {
    List<Segment> all = playlist.segments();
    return all.subList(Math.max(0, all.size() - count), all.size()).stream()
        .map(Segment::map)
        .collect(Collectors.toSet());
  }

  private static void assertSourceUntouched(Renditions stream) {
    List<Segment> source = stream.playlist("video").segments();
    assertThat(source).noneMatch(Segment::gap);
    assertThat(source.stream().map(Segment::discontinuity).distinct()).hasSize(1);
    assertThat(source.stream().map(Segment::map).distinct()).hasSize(1);
  }

  private static Renditions stream(String name) {
    RawPublisher publisher = Objects.requireNonNull(publishers.get(name));
    assertThat(publisher.isRefused()).as(name + " refused").isFalse();
    return new Renditions(node, name, folder);
  }

  private static long newest(Renditions stream, List<String> renditions) {
    return renditions.stream().mapToLong(each -> stream.playlist(each).newest()).min().orElse(0);
  }

  private static String codecs(EncodedTrack track) {
    return (track.kind() == Kind.AVC
                ? Tracks.avc(0, track.configuration(), OptionalDouble.empty())
                : Tracks.hevc(0, track.configuration(), OptionalDouble.empty()))
            .codecs()
        + ",mp4a.40.2";
  }

  /** All segments that both tracks list are the same. */
  private static void assertSegments(Renditions stream) {
    Aligned.assertCommonSegments(stream, "video", TWO, Aligned.MILLISECOND_US);
  }

  private static void assertSamePictures(Renditions stream, List<Integer> starts) {
    stream.awaitMedia(starts.size(), THREE);
    long last = newest(stream, THREE);
    long first = last - starts.size() + 1;
    Aligned.assertSegments(stream, "video", THREE, first, last, Aligned.MILLISECOND_US);
    List<Segment> segments = stream.segments("video", first, last);
    DecodedMedia source = stream.decode("video", first, last);
    assertThat(source.pictures()).hasSize(starts.size() * GOP);
    assertThat(source.pictures()).extracting(Picture::number).doesNotContain(-1);
    assertThat(source.pictures().getFirst().number() % GOP).isZero();
    for (String rendition : THREE) {
      Aligned.assertPictures(source, stream.decode(rendition, first, last), 1, segments);
    }
  }

  /** What is promised holds what is sent, sound included, and not much more. */
  private static void assertBandwidths(Renditions stream) {
    List<String> bandwidths = Multivariant.parse(stream.multivariant()).variants("BANDWIDTH");
    List<Long> found = new ArrayList<>();
    for (int i = 0; i < THREE.size(); i++) {
      long promised = Long.parseLong(bandwidths.get(i));
      long sent = stream.bitrate(THREE.get(i)) + stream.bitrate("audio");
      found.add(promised);
      System.out.printf("MEASURED %s: BANDWIDTH %d, peak %d%n", THREE.get(i), promised, sent);
      assertThat(promised).as("BANDWIDTH of " + THREE.get(i)).isBetween(sent, 2 * sent);
    }
    assertThat(found).isSortedAccordingTo((a, b) -> Long.compare(b, a));
  }

  private static void assertNothingIsEncoded(Renditions stream) {
    assertThat(stream.ladder("state")).isEqualTo("off");
    assertThat(stream.ladder("reason")).contains("the publisher sends 640x360");
    assertThat(stream.playlist("120p").segments()).isEmpty();
  }

  /** A key frame of the main track, decoded by the node itself. */
  private static void assertPoster(String name) throws IOException {
    String path = "/hls/live/" + name + "/poster.jpg";
    Streams.await(node, name, "has a poster", () -> node.get(path).statusCode() == 200);
    BufferedImage poster = ImageIO.read(new ByteArrayInputStream(node.bytes(path)));
    OptionalInt number =
        BarCode.read(
            (x, y) -> poster.getRGB(x, y) >> 8 & 0xFF, poster.getWidth(), poster.getHeight());
    assertThat(number).as("bar code of the poster").isPresent();
    assertThat(number.orElseThrow() % GOP).isZero();
  }

  private static List<String> lines(String name, String text) {
    return node.process()
        .output()
        .lines()
        .filter(line -> line.contains("live/" + name) && line.contains(text))
        .toList();
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import dev.millrace.server.e2e.DecodedMedia.Picture;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** What must be equal in all renditions of a stream. */
final class Aligned {
  /** Playlists tell times in milliseconds. */
  static final long MILLISECOND_US = 1_100;

  /** A frame of AAC at 44.1 kHz: audio is cut where a frame of it ends. */
  static final long SOUND_FRAME_US = 23_300 + MILLISECOND_US;

  /** Half a frame of 60 a second: two pictures nearer than this are the same. */
  private static final long SAME_PICTURE_US = 8_000;

  private static final long SAME_SOUND_US = 2_000;
  private static final int AAC_FRAME = 1024;

  private Aligned() {}

  /** Numbers, discontinuities, and within this bound the starts and durations of these segments. */
  static void assertSegments(
      Renditions stream, String source, List<String> rungs, long first, long last, long withinUs) {
    assertSegments(stream.playlists(source, rungs), source, first, last, withinUs);
  }

  /** The same of all segments that all of them list, more than two, from playlists loaded once. */
  static void assertCommonSegments(
      Renditions stream, String source, List<String> rungs, long withinUs) {
    Map<String, MediaPlaylist> playlists = stream.playlists(source, rungs);
    long first =
        playlists.values().stream()
            .mapToLong(each -> each.segments().getFirst().msn())
            .max()
            .orElseThrow();
    long last = playlists.values().stream().mapToLong(MediaPlaylist::newest).min().orElseThrow();
    assertThat(last - first).as("segments in all of %s", playlists.keySet()).isGreaterThan(1);
    assertSegments(playlists, source, first, last, withinUs);
  }

  private static void assertSegments(
      Map<String, MediaPlaylist> playlists, String source, long first, long last, long withinUs) {
    MediaPlaylist expected = Objects.requireNonNull(playlists.get(source));
    for (Map.Entry<String, MediaPlaylist> each : playlists.entrySet()) {
      String rung = each.getKey();
      for (long msn = first; msn <= last; msn++) {
        Segment right = segment(expected, source, msn);
        Segment left = segment(each.getValue(), rung, msn);
        assertThat(Math.abs(left.pdtUs() - right.pdtUs()))
            .as("microseconds between the starts of segment %s of %s and %s", msn, rung, source)
            .isLessThanOrEqualTo(withinUs);
        assertThat(left.discontinuity()).as("discontinuities").isEqualTo(right.discontinuity());
        assertThat(Math.abs(left.durationUs() - right.durationUs()))
            .as("difference of the durations of segment %s of %s and %s", msn, rung, source)
            .isLessThanOrEqualTo(durationWithinUs(each.getValue(), msn, withinUs));
      }
    }
  }

  /** A gap ends with the clock, and sound with its frame: both ends may differ then. */
  private static long durationWithinUs(MediaPlaylist playlist, long msn, long withinUs) {
    boolean besideGap =
        playlist.segments().stream()
            .anyMatch(segment -> segment.gap() && Math.abs(segment.msn() - msn) <= 1);
    return withinUs == SOUND_FRAME_US && besideGap ? 2 * withinUs : withinUs;
  }

  private static Segment segment(MediaPlaylist playlist, String rendition, long msn) {
    Optional<Segment> segment = playlist.segment(msn);
    assertThat(segment).as("segment %s of %s", msn, rendition).isPresent();
    return segment.orElseThrow();
  }

  /**
   * Every picture of a rung is the source's at the same media time, none is missing, and those that
   * a player can begin with are the first of their segments.
   *
   * @param divisor every so many-th picture of the source is in the rung
   */
  static void assertPictures(
      DecodedMedia source, DecodedMedia rung, int divisor, List<Segment> segments) {
    NavigableMap<Long, Picture> originals = new TreeMap<>();
    source.pictures().forEach(picture -> originals.put(picture.ptsUs(), picture));
    for (Picture picture : rung.pictures()) {
      Picture original = nearest(originals, picture.ptsUs());
      assertThat(Math.abs(original.ptsUs() - picture.ptsUs()))
          .as("microseconds between a picture of the rung and the source's nearest")
          .isLessThanOrEqualTo(MILLISECOND_US);
      assertThat(picture.number())
          .as("number in the picture at %s us", picture.ptsUs())
          .isEqualTo(original.number());
    }
    assertThat(rung.pictures().size())
        .as("pictures of the rung, of %s of the source", source.pictures().size())
        .isBetween(
            source.pictures().size() / divisor - segments.size(),
            source.pictures().size() / divisor + segments.size());
    if (divisor == 1) {
      assertThat(rung.pictures()).hasSameSizeAs(source.pictures());
    }
    assertKeyPictures(source.pictures().getFirst().ptsUs(), rung, segments);
  }

  private static void assertKeyPictures(long firstUs, DecodedMedia rung, List<Segment> segments) {
    List<Long> keys =
        rung.pictures().stream().filter(Picture::key).map(picture -> picture.ptsUs()).toList();
    assertThat(keys).as("key pictures").hasSameSizeAs(segments);
    for (int i = 0; i < keys.size(); i++) {
      long startUs = firstUs + segments.get(i).pdtUs() - segments.getFirst().pdtUs();
      assertThat(Math.abs(keys.get(i) - startUs))
          .as("microseconds from the start of segment %s to its key picture", i)
          .isLessThanOrEqualTo(SAME_PICTURE_US);
    }
  }

  private static Picture nearest(NavigableMap<Long, Picture> pictures, long us) {
    Map.Entry<Long, Picture> below = pictures.floorEntry(us);
    Map.Entry<Long, Picture> above = pictures.ceilingEntry(us);
    if (below == null) {
      return pictures.firstEntry().getValue();
    }
    return above == null || us - below.getKey() <= above.getKey() - us
        ? below.getValue()
        : above.getValue();
  }

  /** The publisher's seconds are heard at the same instants, and as much sound is there. */
  static void assertSound(DecodedMedia source, DecodedMedia rung) {
    assertThat(source.seconds()).as("full seconds heard in the source").hasSizeGreaterThan(2);
    assertThat(rung.seconds().size())
        .as("full seconds heard in the rung")
        .isBetween(source.seconds().size() - 1, source.seconds().size() + 1);
    rung.seconds()
        .forEach(
            (us, second) ->
                assertThat(source.seconds())
                    .as("second %s, heard in the rung at %s us", second, us)
                    .anySatisfy(
                        (sourceUs, sourceSecond) -> {
                          assertThat(sourceSecond).isEqualTo(second);
                          assertThat(Math.abs(us - sourceUs)).isLessThanOrEqualTo(SAME_SOUND_US);
                        }));
    assertThat(rung.sampleRate()).isEqualTo(source.sampleRate());
    assertThat(Math.abs(rung.samples() - source.samples()))
        .as("difference in samples, whole frames of which fall to one side of a border")
        .isLessThanOrEqualTo(2 * AAC_FRAME);
  }
}

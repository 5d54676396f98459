package dev.millrace.media.hls;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which renditions of a stream players are offered, and with which audio: the multivariant playlist
 * lists these, and media playlists report on these. A pure function of the log. Immutable.
 *
 * <p>A rendition is <em>withdrawn</em>, as long as another of its type is not, if it has no media
 * in its window, or none in the newest two segments before the one in which another has: its worker
 * was lost or gave up, or the packager leaves its place to an encoded one. Players that joined
 * before still find its gaps; new ones are not sent there. While a publisher is away all renditions
 * have the same gaps, and none is withdrawn.
 */
public final class Offer {
  /** The passthrough of the source's first video and audio track. */
  private static final String SOURCE_VIDEO = "video";

  private static final String SOURCE_AUDIO = "audio";
  private static final String AAC_LC = "mp4a.40.2";
  private static final int SEGMENTS_WITHOUT_MEDIA = 2;
  private static final long NO_MEDIA = Long.MIN_VALUE;

  private final List<RenditionView> videos;
  private final List<RenditionView> audios;
  private final List<AudioGroup> groups;
  private final List<RenditionView> withdrawn;

  private Offer(
      List<RenditionView> videos,
      List<RenditionView> audios,
      List<AudioGroup> groups,
      List<RenditionView> withdrawn) {
    this.videos = List.copyOf(videos);
    this.audios = List.copyOf(audios);
    this.groups = List.copyOf(groups);
    this.withdrawn = List.copyOf(withdrawn);
  }

  /** What the log offers now. */
  public static Offer of(StreamView view) {
    List<RenditionView> videos = new ArrayList<>(shown(view, MediaType.VIDEO));
    videos.sort(
        Comparator.comparing((RenditionView each) -> !isNamed(each, SOURCE_VIDEO))
            .thenComparing(Comparator.comparingLong(Offer::pixels).reversed())
            .thenComparing(Comparator.comparingLong(Offer::declaredBps).reversed()));
    List<RenditionView> sounds = shown(view, MediaType.AUDIO);
    List<AudioGroup> groups = groups(sounds);
    List<RenditionView> audios =
        groups.stream().flatMap(group -> group.members().stream()).distinct().toList();
    List<RenditionView> withdrawn =
        view.renditions().stream()
            .filter(each -> !each.segments().isEmpty())
            .filter(each -> !videos.contains(each) && !sounds.contains(each))
            .toList();
    return new Offer(videos, audios, groups, withdrawn);
  }

  /** The video renditions: the source first, then from the largest picture to the smallest. */
  List<RenditionView> videos() {
    return videos;
  }

  /** The audio renditions: the highest bit rate first, and last what only some players know. */
  List<RenditionView> audios() {
    return audios;
  }

  /** The audio groups in the order of {@link #audios}; none if there is no audio. */
  List<AudioGroup> groups() {
    return groups;
  }

  /** All renditions that have a media playlist which players may know. */
  Stream<RenditionView> renditions() {
    return Stream.concat(videos.stream(), audios.stream());
  }

  /** Whether players are offered the rendition of this name. */
  public boolean lists(String rendition) {
    return renditions().anyMatch(each -> isNamed(each, rendition));
  }

  /** Whether the rendition of this name has begun and is withdrawn. */
  public boolean isWithdrawn(String rendition) {
    return withdrawn.stream().anyMatch(each -> isNamed(each, rendition));
  }

  /** The video rendition for the weakest lines. */
  RenditionView lowestVideo() {
    return videos.stream()
        .min(Comparator.comparingLong(Offer::pixels).thenComparingLong(Offer::declaredBps))
        .orElseThrow();
  }

  /** The renditions of a type that have begun and are not withdrawn. */
  private static List<RenditionView> shown(StreamView view, MediaType type) {
    List<RenditionView> begun =
        view.renditions().stream()
            .filter(each -> each.description().type() == type && !each.segments().isEmpty())
            .toList();
    long newest = begun.stream().mapToLong(Offer::lastMsnWithMedia).max().orElse(NO_MEDIA);
    return newest == NO_MEDIA
        ? begun
        : begun.stream()
            .filter(each -> lastMsnWithMedia(each) >= newest - SEGMENTS_WITHOUT_MEDIA)
            .toList();
  }

  /**
   * Two groups of the same audio where there is AAC-LC stereo, which every player can switch to in
   * the middle; they may be one. MP3 beside it gets a group of its own, since not all browsers play
   * it in fragmented MP4. Without AAC-LC stereo, one group of whatever there is.
   */
  private static List<AudioGroup> groups(List<RenditionView> shown) {
    List<RenditionView> common = shown.stream().filter(Offer::isCommon).toList();
    if (common.isEmpty()) {
      return shown.isEmpty() ? List.of() : List.of(new AudioGroup(AudioGroup.ONLY, shown));
    }
    RenditionView high =
        common.stream()
            .filter(each -> isNamed(each, SOURCE_AUDIO))
            .findFirst()
            .orElseGet(
                () -> first(common, Comparator.comparingLong(Offer::declaredBps).reversed()));
    // What is declared of the source is a publisher's word on sound and picture together; the
    // encoded ones are what they say.
    RenditionView low =
        common.stream()
            .filter(each -> !isNamed(each, SOURCE_AUDIO))
            .min(Comparator.comparingLong(Offer::declaredBps))
            .orElse(high);
    List<AudioGroup> groups = new ArrayList<>();
    if (low == high) {
      groups.add(new AudioGroup(AudioGroup.ONLY, List.of(high)));
    } else {
      groups.add(new AudioGroup(AudioGroup.HIGH, List.of(high)));
      groups.add(new AudioGroup(AudioGroup.LOW, List.of(low)));
    }
    shown.stream()
        .filter(Offer::isMp3)
        .findFirst()
        .ifPresent(mp3 -> groups.add(new AudioGroup(AudioGroup.MP3, List.of(mp3))));
    return groups;
  }

  private static RenditionView first(
      List<RenditionView> renditions, Comparator<RenditionView> order) {
    return renditions.stream().min(order).orElseThrow();
  }

  private static boolean isCommon(RenditionView audio) {
    return audio.description().codecs().equals(AAC_LC) && audio.description().channels() == 2;
  }

  /** MPEG-1 or MPEG-2 audio by its object type indication (RFC 6381 §3.3). */
  private static boolean isMp3(RenditionView audio) {
    String codecs = audio.description().codecs();
    return codecs.equalsIgnoreCase("mp4a.6B") || codecs.equals("mp4a.69");
  }

  private static boolean isNamed(RenditionView rendition, String name) {
    return rendition.description().name().equals(name);
  }

  private static long pixels(RenditionView video) {
    return (long) video.description().width() * video.description().height();
  }

  private static long declaredBps(RenditionView rendition) {
    return rendition.description().declaredBitrateBps();
  }

  /** The newest segment with a part that is no gap. */
  private static long lastMsnWithMedia(RenditionView rendition) {
    for (Segment segment : rendition.segments().reversed()) {
      if (!segment.gap() || hasMedia(segment)) {
        return segment.msn();
      }
    }
    return NO_MEDIA;
  }

  static boolean hasMedia(Segment segment) {
    for (PartEntry part : segment.parts()) {
      if (!part.gap()) {
        return true;
      }
    }
    return false;
  }
}

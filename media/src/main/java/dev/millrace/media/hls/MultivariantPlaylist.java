package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import java.util.List;
import java.util.Optional;

/**
 * The multivariant playlist of a stream (RFC 8216bis §4.4.6), of what {@link Offer} lists: each
 * video rendition is a variant with an audio group, and beside two or more of them the sound alone
 * is one for the weakest lines; without video, each audio rendition is a variant.
 */
public final class MultivariantPlaylist {
  // EXT-X-MEDIA wants 4, fragmented MP4 behind it 6 (RFC 8216bis §8).
  private static final int VERSION = 6;
  private static final int FIRST_PARTS = 3;
  // A rendition that was promised and never got media must not keep the others from viewers.
  private static final int WAIT_FOR_SILENT_SEGMENTS = 3;

  private MultivariantPlaylist() {}

  /**
   * Writes the playlist; its URIs are relative to it, as {@code video/index.m3u8}.
   *
   * @throws IllegalArgumentException if no rendition has begun yet
   */
  public static String render(StreamView view) {
    return render(view, Optional.empty(), PlaylistSet.LOW_LATENCY);
  }

  /**
   * The same for one of several servers, or of other media playlists.
   *
   * @param steering empty if this server is the only one
   * @param set I-frame playlists are in that of low latency only
   * @throws IllegalArgumentException if no rendition has begun yet
   */
  public static String render(
      StreamView view, Optional<ContentSteering> steering, PlaylistSet set) {
    Offer offer = Offer.of(view);
    if (offer.renditions().findAny().isEmpty()) {
      throw new IllegalArgumentException("no rendition has media yet");
    }
    StringBuilder out = new StringBuilder(2048);
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(VERSION).append('\n');
    if (offer.videos().stream().allMatch(MultivariantPlaylist::hasIndependentSegments)) {
      out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    steering.ifPresent(tag -> tag.appendTo(out));
    if (offer.videos().isEmpty()) {
      offer
          .audios()
          .forEach(audio -> appendVariant(out, view, steering, set, audio, Optional.empty()));
      return out.toString();
    }
    offer.groups().forEach(group -> group.appendTo(out, steering, set));
    appendVariants(out, view, steering, set, offer);
    if (set == PlaylistSet.LOW_LATENCY) {
      offer.videos().forEach(video -> IFrameStreamInf.appendTo(out, video, steering));
    }
    return out.toString();
  }

  /**
   * Whether players can start: three parts of the first rendition with media exist, and each of the
   * others that were described or promised has begun, or has had its time to.
   */
  public static boolean isReady(StreamView view) {
    if (view.renditions().isEmpty()) {
      return false;
    }
    RenditionView first =
        view.renditions().stream()
            .filter(MultivariantPlaylist::hasMedia)
            .findFirst()
            .orElseGet(() -> view.renditions().getFirst());
    int parts = 0;
    for (Segment segment : first.segments()) {
      parts += segment.parts().size();
    }
    return parts >= FIRST_PARTS
        && (allBegan(view) || first.completeSegments().size() >= WAIT_FOR_SILENT_SEGMENTS);
  }

  /** Where a rendition's media playlist is, seen from the multivariant playlist. */
  static String mediaPlaylistUri(RenditionView rendition, PlaylistSet set) {
    return rendition.description().name() + "/" + set.file();
  }

  private static boolean allBegan(StreamView view) {
    return view.renditions().stream().noneMatch(each -> each.segments().isEmpty())
        && view.expected().stream()
            .allMatch(
                name -> view.rendition(name).filter(MultivariantPlaylist::hasMedia).isPresent());
  }

  private static void appendVariants(
      StringBuilder out,
      StreamView view,
      Optional<ContentSteering> steering,
      PlaylistSet set,
      Offer offer) {
    List<RenditionView> videos = offer.videos();
    Optional<AudioGroup> usual = offer.groups().stream().findFirst();
    Optional<AudioGroup> low = group(offer, AudioGroup.LOW).or(() -> usual);
    for (RenditionView video : videos) {
      boolean lowest = videos.size() > 1 && video == offer.lowestVideo();
      appendVariant(out, view, steering, set, video, lowest ? low : usual);
    }
    if (videos.size() > 1 && low.isPresent()) {
      appendVariant(out, view, steering, set, low.get().members().getFirst(), low);
    }
    Optional<AudioGroup> mp3 = group(offer, AudioGroup.MP3);
    if (mp3.isPresent()) {
      appendVariant(out, view, steering, set, videos.getFirst(), mp3);
    }
  }

  private static Optional<AudioGroup> group(Offer offer, String id) {
    return offer.groups().stream().filter(group -> group.id().equals(id)).findFirst();
  }

  private static void appendVariant(
      StringBuilder out,
      StreamView view,
      Optional<ContentSteering> steering,
      PlaylistSet set,
      RenditionView variant,
      Optional<AudioGroup> group) {
    Bandwidth own = Bandwidth.of(variant, view.targets());
    // A rendition that is its own group is loaded once.
    Bandwidth all =
        group
            .filter(audio -> !audio.members().contains(variant))
            .map(audio -> own.plus(audio.bandwidth(view.targets())))
            .orElse(own);
    new StreamInf(variant, group, all, steering, set).appendTo(out);
  }

  private static boolean hasMedia(RenditionView rendition) {
    return rendition.segments().stream().anyMatch(Offer::hasMedia);
  }

  /** Segments without media cannot fail to start with a key frame. */
  private static boolean hasIndependentSegments(RenditionView video) {
    return video.segments().stream()
        .allMatch(segment -> segment.startsIndependent() || segment.gap());
  }
}

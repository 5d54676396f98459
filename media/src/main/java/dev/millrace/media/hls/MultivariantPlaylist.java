package dev.millrace.media.hls;

import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import java.util.ArrayList;
import java.util.List;

/**
 * The multivariant playlist of a stream (RFC 8216bis §4.4.6): each video rendition is a variant
 * with the audio renditions as its group; without video, each audio rendition is a variant.
 * Renditions without media are left out.
 */
public final class MultivariantPlaylist {
  // EXT-X-MEDIA wants 4, fragmented MP4 behind it 6 (RFC 8216bis §8).
  private static final int VERSION = 6;
  private static final int FIRST_PARTS = 3;
  // A rendition that was described and never got media must not keep the others from viewers.
  private static final int WAIT_FOR_SILENT_SEGMENTS = 3;

  private MultivariantPlaylist() {}

  /**
   * Writes the playlist; its URIs are relative to it, as {@code video/index.m3u8}.
   *
   * @throws IllegalArgumentException if no rendition has media yet
   */
  public static String render(StreamView view) {
    List<RenditionView> videos = withMedia(view, MediaType.VIDEO);
    List<RenditionView> audios = withMedia(view, MediaType.AUDIO);
    if (videos.isEmpty() && audios.isEmpty()) {
      throw new IllegalArgumentException("no rendition has media yet");
    }
    StringBuilder out = new StringBuilder(1024);
    out.append("#EXTM3U\n#EXT-X-VERSION:").append(VERSION).append('\n');
    if (videos.stream().allMatch(MultivariantPlaylist::hasIndependentSegments)) {
      out.append("#EXT-X-INDEPENDENT-SEGMENTS\n");
    }
    if (videos.isEmpty()) {
      for (RenditionView audio : audios) {
        new StreamInf(audio, List.of(), Bandwidth.of(audio, view.targets())).appendTo(out);
      }
      return out.toString();
    }
    for (RenditionView audio : audios) {
      new MediaTag(audio, audio == audios.getFirst()).appendTo(out);
    }
    Bandwidth ofAudio = largest(audios, view);
    for (RenditionView video : videos) {
      Bandwidth bandwidth = Bandwidth.of(video, view.targets()).plus(ofAudio);
      new StreamInf(video, audios, bandwidth).appendTo(out);
    }
    return out.toString();
  }

  /**
   * Whether players can start: three parts of the first rendition exist, and each of the others has
   * begun, or has had its time to.
   */
  public static boolean isReady(StreamView view) {
    if (view.renditions().isEmpty()) {
      return false;
    }
    RenditionView first = view.renditions().getFirst();
    int parts = 0;
    for (Segment segment : first.segments()) {
      parts += segment.parts().size();
    }
    boolean allBegan = view.renditions().stream().noneMatch(each -> each.segments().isEmpty());
    return parts >= FIRST_PARTS
        && (allBegan || first.completeSegments().size() >= WAIT_FOR_SILENT_SEGMENTS);
  }

  /** Where a rendition's media playlist is, seen from the multivariant playlist. */
  static String mediaPlaylistUri(RenditionView rendition) {
    return rendition.description().name() + "/index.m3u8";
  }

  private static List<RenditionView> withMedia(StreamView view, MediaType type) {
    List<RenditionView> found = new ArrayList<>();
    for (RenditionView rendition : view.renditions()) {
      if (rendition.description().type() == type && !rendition.segments().isEmpty()) {
        found.add(rendition);
      }
    }
    return found;
  }

  /** Segments without media cannot fail to start with a key frame. */
  private static boolean hasIndependentSegments(RenditionView video) {
    return video.segments().stream()
        .allMatch(segment -> segment.startsIndependent() || segment.gap());
  }

  private static Bandwidth largest(List<RenditionView> audios, StreamView view) {
    Bandwidth largest = new Bandwidth(0, 0);
    for (RenditionView audio : audios) {
      Bandwidth each = Bandwidth.of(audio, view.targets());
      largest = each.peakBps() > largest.peakBps() ? each : largest;
    }
    return largest;
  }
}

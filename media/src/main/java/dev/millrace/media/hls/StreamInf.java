package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * EXT-X-STREAM-INF (RFC 8216bis §4.4.6.2) and the URI line after it.
 *
 * @param audioGroup empty if the variant has none
 * @param bandwidth of the variant with the largest of its audio renditions
 * @param steering empty if there is one server only
 */
record StreamInf(
    RenditionView variant,
    Optional<AudioGroup> audioGroup,
    Bandwidth bandwidth,
    Optional<ContentSteering> steering,
    PlaylistSet set) {

  void appendTo(StringBuilder out) {
    RenditionDescription description = variant.description();
    out.append("#EXT-X-STREAM-INF:BANDWIDTH=").append(bandwidth.peakBps());
    out.append(",AVERAGE-BANDWIDTH=").append(bandwidth.averageBps());
    out.append(",CODECS=\"").append(String.join(",", codecs())).append('"');
    if (description.width() > 0) {
      out.append(",RESOLUTION=").append(description.width());
      out.append('x').append(description.height());
    }
    if (description.frameRateMilli() > 0) {
      Decimal.appendMilli(out.append(",FRAME-RATE="), description.frameRateMilli());
    }
    audioGroup.ifPresent(group -> out.append(",AUDIO=\"").append(group.id()).append('"'));
    steering.ifPresent(tag -> tag.appendVariant(out, description.name()));
    out.append('\n').append(MultivariantPlaylist.mediaPlaylistUri(variant, set)).append('\n');
  }

  /** Every format in the window: while it slides over a change of codec, the old one as well. */
  private Set<String> codecs() {
    Set<String> codecs = codecsOf(variant);
    audioGroup.ifPresent(group -> group.members().forEach(each -> addCodecs(codecs, each)));
    return codecs;
  }

  static Set<String> codecsOf(RenditionView rendition) {
    Set<String> codecs = new LinkedHashSet<>();
    addCodecs(codecs, rendition);
    return codecs;
  }

  private static void addCodecs(Set<String> codecs, RenditionView rendition) {
    codecs.add(rendition.description().codecs());
    for (Segment segment : rendition.segments().reversed()) {
      rendition.descriptionOf(segment.init()).ifPresent(each -> codecs.add(each.codecs()));
    }
  }
}

package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import java.util.Optional;

/** EXT-X-MEDIA (RFC 8216bis §4.4.6.1) of TYPE=AUDIO. */
record MediaTag(String groupId, String name, RenditionView rendition, boolean isDefault) {
  void appendTo(StringBuilder out, Optional<ContentSteering> steering, PlaylistSet set) {
    RenditionDescription description = rendition.description();
    out.append("#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"").append(groupId);
    out.append("\",NAME=\"").append(name);
    // Publishers do not tell the language; the Apple authoring specification 8.10 wants one.
    out.append("\",LANGUAGE=\"und\",DEFAULT=").append(isDefault ? "YES" : "NO");
    out.append(",AUTOSELECT=YES");
    if (description.channels() > 0) {
      out.append(",CHANNELS=\"").append(description.channels()).append('"');
    }
    if (steering.isPresent()) {
      out.append(",STABLE-RENDITION-ID=\"");
      out.append(ContentSteering.stableId(description.name())).append('"');
    }
    out.append(",URI=\"")
        .append(MultivariantPlaylist.mediaPlaylistUri(rendition, set))
        .append("\"\n");
  }
}

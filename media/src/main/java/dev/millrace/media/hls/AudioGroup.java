package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Targets;
import java.util.List;
import java.util.Optional;

/**
 * A group of alternative audio renditions (RFC 8216bis §4.4.6.1.1).
 *
 * @param id GROUP-ID
 * @param members the first is the default
 */
record AudioGroup(String id, List<RenditionView> members) {
  /** Where there is one group. */
  static final String ONLY = "audio";

  /** The better of two encodings. */
  static final String HIGH = "audio-high";

  /** For weak lines. */
  static final String LOW = "audio-low";

  /** The source's MP3, beside AAC of it. */
  static final String MP3 = "audio-mp3";

  AudioGroup {
    members = List.copyOf(members);
  }

  void appendTo(StringBuilder out, Optional<ContentSteering> steering, PlaylistSet set) {
    for (RenditionView member : members) {
      // RFC 8216bis §4.4.6.1.1: groups of one type have the same members by the same names. hls.js
      // takes tracks of one name, codec and channel count for the same, so that it keeps what it
      // has buffered when a switch of the variant brings another group.
      String name = members.size() == 1 ? ONLY : member.description().name();
      new MediaTag(id, name, member, member == members.getFirst()).appendTo(out, steering, set);
    }
  }

  /** The largest of its members. */
  Bandwidth bandwidth(Targets targets) {
    Bandwidth largest = new Bandwidth(0, 0);
    for (RenditionView member : members) {
      Bandwidth each = Bandwidth.of(member, targets);
      largest = each.peakBps() > largest.peakBps() ? each : largest;
    }
    return largest;
  }
}

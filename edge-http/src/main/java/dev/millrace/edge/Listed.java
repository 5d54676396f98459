package dev.millrace.edge;

import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.StreamView;

/** Which files a stream's playlists list now, so that players have a right to them. */
final class Listed {
  private Listed() {}

  /** Whether a playlist lists these bytes; those of gaps are listed as missing. */
  static boolean contains(StreamView view, String rendition, FileName name) {
    return view.rendition(rendition).filter(each -> contains(each, name)).isPresent();
  }

  private static boolean contains(RenditionView rendition, FileName name) {
    return switch (name) {
      case FileName.Init init -> rendition.descriptionOf(init.toString()).isPresent();
      case FileName.Segment(long epoch, long msn) ->
          rendition.completeSegments().stream()
              .anyMatch(each -> each.msn() == msn && each.epoch() == epoch && !each.gap());
      case FileName.Part(var position) ->
          rendition.segments().stream()
              .filter(each -> each.msn() == position.msn())
              .flatMap(each -> each.parts().stream())
              .anyMatch(each -> each.position().equals(position) && !each.gap());
    };
  }
}

package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.Optional;

/** What a log says of the bytes of one name. Stateless. */
final class NamedBytes {
  private NamedBytes() {}

  /** What is known of a name. */
  enum Known {
    /** The log names it. */
    LISTED,
    /** The log names it as something without bytes. */
    GAP,
    /** It is what would come next. */
    NEXT,
    /** Nothing: it is gone, or belongs to another log. */
    NOTHING
  }

  static Known known(StreamView view, String rendition, FileName name) {
    Optional<RenditionView> of = view.rendition(rendition);
    if (of.isEmpty()) {
      return Known.NOTHING;
    }
    return switch (name) {
      case FileName.Init init ->
          of.get().descriptionOf(init.toString()).isPresent() ? Known.LISTED : Known.NOTHING;
      case FileName.Segment(long epoch, long msn) ->
          segment(of.get(), epoch, msn).isPresent() ? Known.LISTED : Known.NOTHING;
      case FileName.Part(LogPosition at) -> {
        Optional<PartEntry> entry = entry(of.get(), at);
        if (entry.isPresent()) {
          yield entry.get().gap() ? Known.GAP : Known.LISTED;
        }
        boolean next = !view.ended() && of.get().next().filter(at::equals).isPresent();
        yield next ? Known.NEXT : Known.NOTHING;
      }
    };
  }

  /** Whether the bytes are those that the log names; true if it does not know. */
  static boolean fit(StreamView view, String rendition, FileName name, Bytes bytes) {
    Optional<RenditionView> of = view.rendition(rendition);
    return switch (name) {
      case FileName.Init init -> FileName.Init.of(bytes).equals(init);
      case FileName.Part(LogPosition at) ->
          of.flatMap(it -> entry(it, at)).filter(entry -> !fits(entry, bytes)).isEmpty();
      case FileName.Segment(long epoch, long msn) ->
          of.flatMap(it -> segment(it, epoch, msn))
              .filter(Segment::complete)
              .filter(segment -> !fits(segment.parts(), bytes))
              .isEmpty();
    };
  }

  /** Whether these are the bytes of an entry. */
  static boolean fits(PartEntry entry, Bytes bytes) {
    return bytes.length() == entry.sizeBytes()
        && (bytes.isEmpty() || bytes.sha256().equals(entry.sha256()));
  }

  private static boolean fits(List<PartEntry> parts, Bytes bytes) {
    int at = 0;
    for (PartEntry part : parts) {
      if (bytes.length() - at < part.sizeBytes()
          || !fits(part, bytes.slice(at, part.sizeBytes()))) {
        return false;
      }
      at += part.sizeBytes();
    }
    return at == bytes.length();
  }

  private static Optional<PartEntry> entry(RenditionView of, LogPosition at) {
    return segment(of, at.epoch(), at.msn())
        .map(Segment::parts)
        .filter(parts -> at.part() < parts.size())
        .map(parts -> parts.get(at.part()));
  }

  private static Optional<Segment> segment(RenditionView of, long epoch, long msn) {
    List<Segment> all = of.segments();
    long index = all.isEmpty() ? -1 : msn - all.getFirst().msn();
    return index >= 0 && index < all.size() && all.get((int) index).epoch() == epoch
        ? Optional.of(all.get((int) index))
        : Optional.empty();
  }
}

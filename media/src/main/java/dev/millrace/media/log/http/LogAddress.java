package dev.millrace.media.log.http;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a writer of renditions reaches the origin, as the path of a URL ({@link Object#toString}). Every
 * name in it consists of characters that are never encoded (RFC 3986 §2.3).
 */
public sealed interface LogAddress {
  /** What all addresses begin with. */
  String ROOT = "/internal/v1/";

  /** Of which stream it speaks. */
  StreamPath path();

  /** PUT: the next entry of a rendition's log, {@code parts/APP/NAME/RENDITION/1-2.3.m4s}. */
  record Part(StreamPath path, String rendition, LogPosition position) implements LogAddress {
    @Override
    public String toString() {
      return parts(path, rendition) + new FileName.Part(position);
    }
  }

  /** PUT: what a rendition is, {@code parts/APP/NAME/RENDITION/init-0123456789abcdef.mp4}. */
  record Init(StreamPath path, String rendition, FileName.Init init) implements LogAddress {
    @Override
    public String toString() {
      return parts(path, rendition) + init;
    }
  }

  /** GET: where a rendition's log ends, {@code parts/APP/NAME/RENDITION/tail}. */
  record Tail(StreamPath path, String rendition) implements LogAddress {
    @Override
    public String toString() {
      return parts(path, rendition) + TAIL;
    }
  }

  /** PUT: the newest poster, {@code pictures/APP/NAME/poster.jpg}. */
  record Poster(StreamPath path) implements LogAddress {
    @Override
    public String toString() {
      return ROOT + "pictures/" + path + "/" + POSTER;
    }
  }

  /** PUT: the thumbnail of a segment, {@code pictures/APP/NAME/1-2.jpg}. */
  record Thumbnail(StreamPath path, long epoch, long msn) implements LogAddress {
    @Override
    public String toString() {
      return ROOT + "pictures/" + path + "/" + epoch + "-" + msn + ".jpg";
    }
  }

  /** The last step of the address of a log's end. */
  String TAIL = "tail";

  /** The last step of the address of a poster. */
  String POSTER = "poster.jpg";

  /** The form of a thumbnail's name. */
  Pattern THUMBNAIL = Pattern.compile("(0|[1-9]\\d{0,17})-(0|[1-9]\\d{0,17})\\.jpg");

  /** Reads the raw path of a URL; empty if it is none of these. */
  static Optional<LogAddress> parse(String path) {
    if (!path.startsWith(ROOT)) {
      return Optional.empty();
    }
    String[] steps = path.substring(ROOT.length()).split("/", -1);
    boolean picture = steps[0].equals("pictures") && steps.length == 4;
    boolean part = steps[0].equals("parts") && steps.length == 5;
    if (!(picture || part)
        || !StreamPath.isValidSegment(steps[1])
        || !StreamPath.isValidSegment(steps[2])) {
      return Optional.empty();
    }
    StreamPath stream = new StreamPath(steps[1], steps[2]);
    return picture ? picture(stream, steps[3]) : part(stream, steps[3], steps[4]);
  }

  private static Optional<LogAddress> picture(StreamPath stream, String name) {
    if (name.equals(POSTER)) {
      return Optional.of(new Poster(stream));
    }
    Matcher thumbnail = THUMBNAIL.matcher(name);
    return thumbnail.matches()
        ? Optional.of(
            new Thumbnail(
                stream, Long.parseLong(thumbnail.group(1)), Long.parseLong(thumbnail.group(2))))
        : Optional.empty();
  }

  private static Optional<LogAddress> part(StreamPath stream, String rendition, String name) {
    if (!StreamPath.isValidSegment(rendition)) {
      return Optional.empty();
    }
    if (name.equals(TAIL)) {
      return Optional.of(new Tail(stream, rendition));
    }
    return FileName.parse(name)
        .flatMap(
            file ->
                switch (file) {
                  case FileName.Part part ->
                      Optional.of(new Part(stream, rendition, part.position()));
                  case FileName.Init init -> Optional.of(new Init(stream, rendition, init));
                  case FileName.Segment ignored -> Optional.empty();
                });
  }

  private static String parts(StreamPath path, String rendition) {
    return ROOT + "parts/" + path + "/" + rendition + "/";
  }
}

package dev.millrace.media.log.http;

import dev.millrace.media.StreamPath;
import java.util.Optional;

/**
 * Where a reader reaches a node that holds streams, as the path of a URL ({@link Object#toString});
 * all are read by GET. Every name in it consists of characters that are never encoded (RFC 3986
 * §2.3).
 */
public sealed interface ReadAddress {
  /** The streamed log, {@code log/APP/NAME}; {@link LogStreamWriter} has its form. */
  record Log(StreamPath path) implements ReadAddress {
    @Override
    public String toString() {
      return LogAddress.ROOT + "log/" + path;
    }
  }

  /**
   * Bytes by name, {@code parts/APP/NAME/RENDITION/FILE}; the name is checked by whoever has files.
   */
  record File(StreamPath path, String rendition, String file) implements ReadAddress {
    @Override
    public String toString() {
      return LogAddress.ROOT + "parts/" + path + "/" + rendition + "/" + file;
    }
  }

  /** The newest poster, {@code pictures/APP/NAME/poster.jpg}. */
  record Poster(StreamPath path) implements ReadAddress {
    @Override
    public String toString() {
      return new LogAddress.Poster(path).toString();
    }
  }

  /** What can be read, {@code streams}: one path a line. */
  record Streams() implements ReadAddress {
    @Override
    public String toString() {
      return LogAddress.ROOT + "streams";
    }
  }

  /** Reads the raw path of a URL; empty if it is none of these. */
  static Optional<ReadAddress> parse(String path) {
    if (!path.startsWith(LogAddress.ROOT)) {
      return Optional.empty();
    }
    String[] steps = path.substring(LogAddress.ROOT.length()).split("/", -1);
    if (steps.length == 1 && steps[0].equals("streams")) {
      return Optional.of(new Streams());
    }
    boolean log = steps[0].equals("log") && steps.length == 3;
    boolean file = steps[0].equals("parts") && steps.length == 5;
    for (int i = 1; i < steps.length; i++) {
      if (!StreamPath.isValidSegment(steps[i])) {
        return Optional.empty();
      }
    }
    if (log) {
      return Optional.of(new Log(new StreamPath(steps[1], steps[2])));
    }
    boolean poster = steps[0].equals("pictures") && steps.length == 4;
    if (poster && steps[3].equals(LogAddress.POSTER)) {
      return Optional.of(new Poster(new StreamPath(steps[1], steps[2])));
    }
    // What a writer asks for stands under the same address.
    return file && !steps[4].equals(LogAddress.TAIL)
        ? Optional.of(new File(new StreamPath(steps[1], steps[2]), steps[3], steps[4]))
        : Optional.empty();
  }
}

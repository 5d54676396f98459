package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names under which bytes are kept everywhere. A name never means other bytes, so that every
 * cache may keep it for ever: segments {@code {epoch}-{msn}.m4s}, parts {@code
 * {epoch}-{msn}.{part}.m4s}, initialization sections {@code init-{sha256 prefix}.mp4}.
 */
public sealed interface FileName {
  /** A whole segment. */
  record Segment(long epoch, long msn) implements FileName {
    @Override
    public String toString() {
      return epoch + "-" + msn + ".m4s";
    }
  }

  /** A part of a segment. */
  record Part(LogPosition position) implements FileName {
    @Override
    public String toString() {
      return position + ".m4s";
    }
  }

  /** An initialization section. */
  record Init(String hash) implements FileName {
    /** Named after its content. */
    public static Init of(Bytes content) {
      return new Init(content.sha256().hex().substring(0, 16));
    }

    @Override
    public String toString() {
      return "init-" + hash + ".mp4";
    }
  }

  /**
   * The form of a media file name: up to 18 digits each, so that no number overflows, and no leading
   * zeros, so that a file has one name only.
   */
  Pattern MEDIA =
      Pattern.compile(
          "(0|[1-9]\\d{0,17})-(0|[1-9]\\d{0,17})(?:\\.(0|[1-9]\\d{0,5}))?\\.m4s");

  /** The form of an initialization section's name. */
  Pattern INIT = Pattern.compile("init-([0-9a-f]{16})\\.mp4");

  /** Reads a name; empty if it is none of these. */
  static Optional<FileName> parse(String text) {
    Matcher media = MEDIA.matcher(text);
    if (media.matches()) {
      long epoch = Long.parseLong(media.group(1));
      long msn = Long.parseLong(media.group(2));
      String part = media.group(3);
      return Optional.of(
          part == null
              ? new Segment(epoch, msn)
              : new Part(new LogPosition(epoch, msn, Integer.parseInt(part))));
    }
    Matcher init = INIT.matcher(text);
    return init.matches() ? Optional.of(new Init(init.group(1))) : Optional.empty();
  }
}

package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.StreamPictures;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a streamed log in pieces of any size ({@link LogStreamWriter} has its form), one line and
 * its bytes at a time. Strict: what it does not know ends the reading. It checks each record alone;
 * whether they follow each other is for whoever applies them. Single-threaded.
 */
public final class LogStreamReader {
  static final int MAX_LINE = 4096;
  static final int MAX_INIT_BYTES = 1 << 20;
  static final int MAX_PART_BYTES = 32 << 20;
  static final int MAX_RENDITIONS = 128;
  private static final int MAX_PIXELS = 16_384;

  private final LogWatcher watcher;

  /** The line that is being read, up to {@code filled}. */
  private byte[] line = new byte[512];

  private int filled;

  /** The line whose bytes are being read; null between records. */
  private @Nullable Fields described;

  private byte[] body = new byte[0];
  private int bodyFilled;
  private boolean opened;
  private final Set<String> renditions = new HashSet<>();

  /** Tells the watcher of records and of the window's end, within {@link #read}. */
  public LogStreamReader(LogWatcher watcher) {
    this.watcher = watcher;
  }

  /**
   * Reads all of a piece.
   *
   * @throws ProtocolException (malformed or limit) if it is no log; the reader is of no use then
   */
  public void read(ByteBuffer piece) {
    while (piece.hasRemaining()) {
      if (described == null) {
        readLine(piece);
      } else {
        readBody(piece, described);
      }
    }
  }

  private void readLine(ByteBuffer piece) {
    while (piece.hasRemaining()) {
      byte next = piece.get();
      if (next == '\n') {
        String text = new String(line, 0, filled, StandardCharsets.US_ASCII);
        filled = 0;
        take(text);
        return;
      }
      if (filled == MAX_LINE) {
        throw ProtocolException.limit("a line of a log is longer than " + MAX_LINE + " bytes");
      }
      if (filled == line.length) {
        line = Arrays.copyOf(line, Math.min(MAX_LINE, 2 * filled));
      }
      line[filled++] = next;
    }
  }

  private void readBody(ByteBuffer piece, Fields fields) {
    int more = Math.min(piece.remaining(), body.length - bodyFilled);
    piece.get(body, bodyFilled, more);
    bodyFilled += more;
    if (bodyFilled < body.length || !piece.hasRemaining()) {
      return;
    }
    if (piece.get() != '\n') {
      throw ProtocolException.malformed(
          "the bytes of '" + fields.header() + "' are more than told");
    }
    Bytes whole = Bytes.wrap(body);
    described = null;
    body = new byte[0];
    bodyFilled = 0;
    watcher.record(withBody(fields, whole));
  }

  private void take(String text) {
    int blank = text.indexOf(' ');
    String name = blank < 0 ? text : text.substring(0, blank);
    if (blank < 0) {
      bare(name);
      return;
    }
    Fields fields = Fields.parse(name, text.substring(blank + 1));
    if (!opened && !name.equals(LogStreamWriter.OPENED)) {
      throw ProtocolException.malformed("'" + name + "' before a presentation was opened");
    }
    switch (name) {
      case LogStreamWriter.OPENED -> {
        LogRecord.Opened record = new LogRecord.Opened(fields.count("epoch"), targets(fields));
        opened = true;
        renditions.clear();
        watcher.record(record);
      }
      case LogStreamWriter.EXPECTED -> watcher.record(new LogRecord.Expected(names(fields)));
      case LogStreamWriter.APPENDED ->
          watcher.record(new LogRecord.Appended(rendition(fields), entry(fields)));
      case LogStreamWriter.DESCRIBED -> begin(fields, MAX_INIT_BYTES);
      case LogStreamWriter.POSTER -> begin(fields, StreamPictures.MAX_POSTER_BYTES);
      case LogStreamWriter.THUMBNAIL -> begin(fields, StreamPictures.MAX_THUMBNAIL_BYTES);
      case LogStreamWriter.SIGNER ->
          watcher.record(new LogRecord.SignerTold(BlockLines.signer(fields)));
      case LogStreamWriter.SIGNED -> begin(fields, BlockLines.MAX_BODY_BYTES);
      default -> throw unknown(name);
    }
  }

  private void bare(String name) {
    switch (name) {
      case "alive" -> {}
      case "window" -> watcher.windowComplete();
      case LogStreamWriter.ENDED -> watcher.record(new LogRecord.Ended());
      default -> throw unknown(name);
    }
  }

  private void begin(Fields fields, int most) {
    int length = fields.size("bytes");
    if (length > most) {
      throw ProtocolException.limit(
          "'" + fields.header() + "' of " + length + " bytes, at most " + most);
    }
    described = fields;
    body = new byte[length];
  }

  private LogRecord withBody(Fields fields, Bytes bytes) {
    return switch (fields.header()) {
      case LogStreamWriter.DESCRIBED -> {
        String name = rendition(fields);
        if (renditions.add(name) && renditions.size() > MAX_RENDITIONS) {
          throw ProtocolException.limit("more than " + MAX_RENDITIONS + " renditions");
        }
        FileName.Init init =
            FileName.parse(fields.word("init"))
                .filter(FileName.Init.class::isInstance)
                .map(FileName.Init.class::cast)
                .orElseThrow(() -> fields.missing("init", "the name of an initialization section"));
        yield new LogRecord.Described(LogHeaders.description(name, init, fields, bytes));
      }
      case LogStreamWriter.POSTER -> new LogRecord.PosterTaken(picture(fields, bytes));
      case LogStreamWriter.SIGNED -> new LogRecord.Signed(BlockLines.signed(fields, bytes));
      default ->
          new LogRecord.ThumbnailTaken(
              new Thumbnail(
                  fields.count("epoch"),
                  fields.count("msn"),
                  fields.number("pdt-us"),
                  picture(fields, bytes)));
    };
  }

  private static Targets targets(Fields fields) {
    try {
      return new Targets(
          fields.count("segment-us"),
          fields.size("target-duration-s"),
          fields.count("part-target-us"),
          fields.count("window-us"));
    } catch (IllegalArgumentException e) {
      throw ProtocolException.malformed("targets: " + e.getMessage());
    }
  }

  private static List<String> names(Fields fields) {
    String names = fields.word("renditions");
    if (names.isEmpty()) {
      return List.of();
    }
    List<String> all = List.of(names.split(",", -1));
    if (all.size() > MAX_RENDITIONS || !all.stream().allMatch(StreamPath::isValidSegment)) {
      throw fields.missing("renditions", "names");
    }
    return all;
  }

  private static String rendition(Fields fields) {
    String name = fields.word("rendition");
    if (!StreamPath.isValidSegment(name)) {
      throw fields.missing("rendition", "a name");
    }
    return name;
  }

  private static PartEntry entry(Fields fields) {
    LogPosition at =
        FileName.parse(fields.word("at") + ".m4s")
            .filter(FileName.Part.class::isInstance)
            .map(name -> ((FileName.Part) name).position())
            .orElseThrow(() -> fields.missing("at", "a position"));
    PartEntry entry = LogHeaders.entry(at, fields);
    if (entry.sizeBytes() > MAX_PART_BYTES) {
      throw ProtocolException.limit("part " + at + " of " + entry.sizeBytes() + " bytes");
    }
    boolean hasBytes = entry.sizeBytes() > 0;
    if (hasBytes == entry.sha256().isEmpty() || (hasBytes && entry.gap())) {
      throw fields.missing("size", "0 without, more with bytes");
    }
    return entry;
  }

  private static Picture picture(Fields fields, Bytes jpeg) {
    int width = fields.size("width");
    int height = fields.size("height");
    if (width < 1 || height < 1 || width > MAX_PIXELS || height > MAX_PIXELS) {
      throw fields.missing("width", "of a picture");
    }
    return new Picture(width, height, jpeg);
  }

  private static ProtocolException unknown(String name) {
    return ProtocolException.malformed(
        "a log has no line '" + name.substring(0, Math.min(20, name.length())) + "'");
  }
}

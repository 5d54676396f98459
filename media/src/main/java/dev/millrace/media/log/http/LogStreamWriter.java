package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The streamed log, as {@link LogStreamReader} reads it: a line for each record, its name and
 * {@code field=value} separated by {@code "; "}; where it has {@code bytes=N}, as many bytes and a
 * line feed follow. Stateless.
 */
public final class LogStreamWriter {
  /** The present window has been told. */
  public static final Bytes WINDOW = Bytes.utf8("window\n");

  /** There is nothing new. */
  public static final Bytes ALIVE = Bytes.utf8("alive\n");

  static final String OPENED = "opened";
  static final String EXPECTED = "expected";
  static final String DESCRIBED = "described";
  static final String APPENDED = "appended";
  static final String ENDED = "ended";
  static final String POSTER = "poster";
  static final String THUMBNAIL = "thumbnail";
  static final String SIGNER = "signer";
  static final String SIGNED = "signed";

  private LogStreamWriter() {}

  /** The form of one record. */
  public static Bytes write(LogRecord record) {
    return switch (record) {
      case LogRecord.Opened(long epoch, Targets targets) -> line(opened(epoch, targets));
      case LogRecord.Expected(List<String> names) ->
          line(Fields.empty(EXPECTED).word("renditions", String.join(",", names)));
      case LogRecord.Described(RenditionDescription description) ->
          line(
              LogHeaders.description(
                  Fields.empty(DESCRIBED)
                      .word("rendition", description.name())
                      .word("init", description.init()),
                  description),
              description.initBytes());
      case LogRecord.Appended(String rendition, PartEntry entry) ->
          line(
              LogHeaders.entry(
                  Fields.empty(APPENDED)
                      .word("rendition", rendition)
                      .word("at", entry.position().toString()),
                  entry));
      case LogRecord.Ended ignored -> Bytes.utf8(ENDED + "\n");
      case LogRecord.PosterTaken(Picture poster) ->
          line(sized(Fields.empty(POSTER), poster), poster.jpeg());
      case LogRecord.ThumbnailTaken(Thumbnail thumbnail) ->
          line(
              sized(
                  Fields.empty(THUMBNAIL)
                      .number("epoch", thumbnail.epoch())
                      .number("msn", thumbnail.msn())
                      .number("pdt-us", thumbnail.pdtUs()),
                  thumbnail.picture()),
              thumbnail.picture().jpeg());
      case LogRecord.SignerTold(SignerKey key) -> line(BlockLines.signer(key));
      case LogRecord.Signed(SignedBlock block) -> line(BlockLines.signed(block), block.body());
    };
  }

  private static Fields opened(long epoch, Targets targets) {
    return Fields.empty(OPENED)
        .number("epoch", epoch)
        .number("segment-us", targets.segmentUs())
        .number("target-duration-s", targets.targetDurationS())
        .number("part-target-us", targets.partTargetUs())
        .number("window-us", targets.windowUs());
  }

  private static Fields sized(Fields fields, Picture picture) {
    return fields.number("width", picture.width()).number("height", picture.height());
  }

  private static Bytes line(Fields fields) {
    return Bytes.utf8(fields.header() + " " + fields.text() + "\n");
  }

  private static Bytes line(Fields fields, Bytes body) {
    byte[] line =
        (fields.header() + " " + fields.number("bytes", body.length()).text() + "\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[line.length + body.length() + 1];
    System.arraycopy(line, 0, whole, 0, line.length);
    body.copyTo(0, whole, line.length, body.length());
    whole[whole.length - 1] = '\n';
    return Bytes.wrap(whole);
  }
}

package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.log.AppendResult;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;

/**
 * The headers in which writer and origin tell each other of entries, descriptions and tails; the
 * bytes themselves are bodies. Each has a method that writes and one that reads. Stateless.
 */
public final class LogHeaders {
  /** Of every request: the writer's generation, a number. */
  public static final String GENERATION = "Millrace-Generation";

  /** Of a part: {@link PartEntry} without its position, which the address tells. */
  public static final String ENTRY = "Millrace-Entry";

  /** Of an initialization section: {@link RenditionDescription} and the epoch of its session. */
  public static final String DESCRIPTION = "Millrace-Description";

  /** Of a picture: its size, and the epoch or the wall time. */
  public static final String PICTURE = "Millrace-Picture";

  /** Of an answer 200: {@link LogTail}. */
  public static final String TAIL = "Millrace-Tail";

  /** Of an answer 409: the position that is expected, {@code epoch-msn.part}. */
  public static final String EXPECTED = "Millrace-Expected";

  /** Of an answer 410: the newest epoch that the origin knows. */
  public static final String NEWEST_EPOCH = "Millrace-Newest-Epoch";

  /** {@link AppendResult.Accepted}. */
  public static final int ACCEPTED_STATUS = 200;

  /** {@link AppendResult.Expected}. */
  public static final int EXPECTED_STATUS = 409;

  /** {@link AppendResult.Stale}. */
  public static final int STALE_STATUS = 410;

  private LogHeaders() {}

  /** {@link #ENTRY}. */
  public static String entry(PartEntry entry) {
    return entry(Fields.empty(ENTRY), entry).text();
  }

  static Fields entry(Fields fields, PartEntry entry) {
    return fields
        .number("duration-us", entry.durationUs())
        .number("size", entry.sizeBytes())
        .flag("independent", entry.independent())
        .flag("end-of-segment", entry.endOfSegment())
        .flag("gap", entry.gap())
        .number("discontinuity-sequence", entry.discontinuitySequence())
        .word("init", entry.init())
        .number("pdt-us", entry.programDateTimeUs())
        .number("key-frame-bytes", entry.keyFrameBytes())
        .word("sha256", entry.sha256().hex())
        .word("tree", entry.tree().hex());
  }

  /**
   * Reads {@link #ENTRY}.
   *
   * @throws ProtocolException (malformed) if it is no entry
   */
  public static PartEntry entry(LogPosition position, String header) {
    return entry(position, Fields.parse(ENTRY, header));
  }

  static PartEntry entry(LogPosition position, Fields fields) {
    Bytes sha256 = hash(fields, "sha256");
    Bytes tree = hash(fields, "tree");
    if (sha256.isEmpty() != tree.isEmpty()) {
      throw fields.missing("tree", "there where sha256 is");
    }
    int sizeBytes = fields.size("size");
    int keyFrameBytes = fields.size("key-frame-bytes");
    if (keyFrameBytes > sizeBytes) {
      throw fields.missing("key-frame-bytes", "at most the size");
    }
    return new PartEntry(
        position,
        fields.count("duration-us"),
        sizeBytes,
        fields.flag("independent"),
        fields.flag("end-of-segment"),
        fields.flag("gap"),
        fields.count("discontinuity-sequence"),
        init(fields),
        fields.number("pdt-us"),
        keyFrameBytes,
        sha256,
        tree);
  }

  private static Bytes hash(Fields fields, String name) {
    Bytes hash = fields.hex(name);
    if (hash.length() != 32 && !hash.isEmpty()) {
      throw fields.missing(name, "64 hexadecimal digits or none");
    }
    return hash;
  }

  /** {@link #DESCRIPTION}. */
  public static String description(long epoch, RenditionDescription description) {
    return description(Fields.empty(DESCRIPTION).number("epoch", epoch), description).text();
  }

  static Fields description(Fields fields, RenditionDescription description) {
    return fields
        .word("type", description.type() == MediaType.VIDEO ? "video" : "audio")
        .word("codecs", description.codecs())
        .number("width", description.width())
        .number("height", description.height())
        .number("frame-rate-milli", description.frameRateMilli())
        .number("channels", description.channels())
        .number("sample-rate", description.sampleRate())
        .number("declared-bps", description.declaredBitrateBps());
  }

  /**
   * Reads {@link #DESCRIPTION}.
   *
   * @param body the initialization section, whose name must be that of its content
   * @throws ProtocolException (malformed) if it is no description
   */
  public static RenditionDescription description(
      String rendition, FileName.Init init, String header, Bytes body) {
    return description(rendition, init, Fields.parse(DESCRIPTION, header), body);
  }

  static RenditionDescription description(
      String rendition, FileName.Init init, Fields fields, Bytes body) {
    if (body.isEmpty() || !FileName.Init.of(body).equals(init)) {
      throw ProtocolException.malformed(
          init + " has " + body.length() + " bytes of another content");
    }
    return new RenditionDescription(
        rendition,
        switch (fields.word("type")) {
          case "video" -> MediaType.VIDEO;
          case "audio" -> MediaType.AUDIO;
          default -> throw fields.missing("type", "video or audio");
        },
        fields.word("codecs"),
        fields.size("width"),
        fields.size("height"),
        fields.size("frame-rate-milli"),
        fields.size("channels"),
        fields.size("sample-rate"),
        fields.count("declared-bps"),
        init.toString(),
        body);
  }

  /**
   * The epoch in {@link #DESCRIPTION} or in the {@link #PICTURE} of a poster.
   *
   * @throws ProtocolException (malformed) if there is none
   */
  public static long epoch(String name, String header) {
    return Fields.parse(name, header).count("epoch");
  }

  /** {@link #TAIL}. */
  public static String tail(LogTail tail) {
    return Fields.empty(TAIL)
        .number("epoch", tail.next().epoch())
        .number("msn", tail.next().msn())
        .number("part", tail.next().part())
        .number("end-pdt-us", tail.endPdtUs())
        .number("discontinuity-sequence", tail.discontinuitySequence())
        .word("init", tail.init())
        .flag("has-media", tail.hasMedia())
        .text();
  }

  /**
   * Reads {@link #TAIL}.
   *
   * @throws ProtocolException (malformed) if it is none
   */
  public static LogTail tail(String header) {
    Fields fields = Fields.parse(TAIL, header);
    return new LogTail(
        new LogPosition(fields.count("epoch"), fields.count("msn"), fields.size("part")),
        fields.number("end-pdt-us"),
        fields.count("discontinuity-sequence"),
        init(fields),
        fields.flag("has-media"));
  }

  /** {@link #PICTURE} of a poster. */
  public static String poster(long epoch, int width, int height) {
    return Fields.empty(PICTURE)
        .number("epoch", epoch)
        .number("width", width)
        .number("height", height)
        .text();
  }

  /** {@link #PICTURE} of a thumbnail, whose segment the address tells. */
  public static String thumbnail(long pdtUs, int width, int height) {
    return Fields.empty(PICTURE)
        .number("pdt-us", pdtUs)
        .number("width", width)
        .number("height", height)
        .text();
  }

  /**
   * A number of {@link #PICTURE}: {@code width}, {@code height}, or {@code pdt-us}.
   *
   * @throws ProtocolException (malformed) if there is none
   */
  public static long picture(String name, String header) {
    return Fields.parse(PICTURE, header).number(name);
  }

  private static String init(Fields fields) {
    String init = fields.word("init");
    if (!FileName.INIT.matcher(init).matches()) {
      throw fields.missing("init", "the name of an initialization section");
    }
    return init;
  }
}

package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.List;

/** Writes FLV (§E.2 to §E.4.1). Stateless; any thread. */
public final class FlvTagWriter {
  private static final int TAG_HEADER_BYTES = 11;
  private static final int MAX_BODY_BYTES = 0xFFFFFF;

  private FlvTagWriter() {}

  /** What a file begins with: its header and the first back pointer. */
  public static Bytes fileHeader(boolean hasAudio, boolean hasVideo) {
    int flags = (hasAudio ? 4 : 0) | (hasVideo ? 1 : 0);
    return Bytes.of('F', 'L', 'V', 1, flags, 0, 0, 0, 9, 0, 0, 0, 0);
  }

  /**
   * One tag with the back pointer behind it.
   *
   * @throws ProtocolException (limit) if the body is longer than 16777215 bytes
   */
  public static Bytes write(FlvTag tag) {
    int size = tag.body().length();
    if (size > MAX_BODY_BYTES) {
      throw ProtocolException.limit(
          "FLV tag of " + size + " bytes, at most " + MAX_BODY_BYTES + " (FLV §E.4.1 DataSize)");
    }
    int time = tag.timestamp();
    int whole = TAG_HEADER_BYTES + size;
    return Bytes.concat(
        List.of(
            Bytes.of(tag.type(), size >> 16, size >> 8, size),
            Bytes.of(time >> 16, time >> 8, time, time >> 24, 0, 0, 0),
            tag.body(),
            Bytes.of(whole >> 24, whole >> 16, whole >> 8, whole)));
  }
}

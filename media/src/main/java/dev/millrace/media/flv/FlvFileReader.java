package dev.millrace.media.flv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.function.Consumer;

/**
 * Cuts an FLV byte stream (§E.2, §E.3), fed in pieces of any size, into tags. Back pointers
 * (PreviousTagSize) are passed over, because writers are known to get them wrong. One thread at a
 * time.
 */
public final class FlvFileReader {
  private static final int FILE_HEADER_BYTES = 9;
  private static final int TAG_HEADER_BYTES = 11;
  private static final int PREVIOUS_TAG_SIZE_BYTES = 4;
  private static final int MAX_FILE_HEADER_BYTES = 1024;

  private final int maxTagBytes;
  private final Consumer<FlvTag> sink;

  private Stage stage = Stage.FILE_HEADER;
  private byte[] pending = new byte[FILE_HEADER_BYTES];
  private int filled;
  private int type;
  private int timestamp;
  private long position;

  /** What is being collected, in the order in which it stands in a file. */
  private enum Stage {
    FILE_HEADER,
    FILE_HEADER_REST,
    PREVIOUS_TAG_SIZE,
    TAG_HEADER,
    BODY
  }

  /**
   * @param maxTagBytes the longest tag body accepted; memory is taken when its header has come
   * @param sink gets each tag on the thread that feeds
   */
  public FlvFileReader(int maxTagBytes, Consumer<FlvTag> sink) {
    this.maxTagBytes = maxTagBytes;
    this.sink = sink;
  }

  /**
   * Takes the next bytes in; the array is borrowed.
   *
   * @throws ProtocolException if they are not FLV, or a tag is longer than allowed; the reader is
   *     of no use afterwards
   */
  public void feed(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end) {
      int count = Math.min(end - at, pending.length - filled);
      System.arraycopy(bytes, at, pending, filled, count);
      at += count;
      filled += count;
      position += count;
      while (filled == pending.length) {
        complete();
      }
    }
  }

  /** Whether all input so far belongs to whole tags; if not, a file that ends here is cut off. */
  public boolean isBetweenTags() {
    return switch (stage) {
      case FILE_HEADER, TAG_HEADER -> filled == 0;
      // The last back pointer of a file may be missing or cut off.
      case PREVIOUS_TAG_SIZE -> true;
      case FILE_HEADER_REST, BODY -> false;
    };
  }

  /** The collected bytes are whole: acts on them and says what comes next. */
  private void complete() {
    Bytes whole = Bytes.wrap(pending);
    switch (stage) {
      case FILE_HEADER -> collect(Stage.FILE_HEADER_REST, fileHeaderRest(whole));
      case FILE_HEADER_REST, BODY -> {
        if (stage == Stage.BODY) {
          sink.accept(new FlvTag(type, timestamp, whole));
        }
        collect(Stage.PREVIOUS_TAG_SIZE, PREVIOUS_TAG_SIZE_BYTES);
      }
      case PREVIOUS_TAG_SIZE -> collect(Stage.TAG_HEADER, TAG_HEADER_BYTES);
      case TAG_HEADER -> collect(Stage.BODY, tagHeader(whole));
    }
  }

  private void collect(Stage next, int bytes) {
    stage = next;
    pending = new byte[bytes];
    filled = 0;
  }

  /** Checks the file header; gives the number of its bytes beyond the usual nine. */
  private static int fileHeaderRest(Bytes header) {
    if (header.u24(0) != 0x464C56 || header.u8(3) != 1) {
      throw ProtocolException.malformed(
          "FLV file begins with " + header.slice(0, 4).hex() + ", must be 464c5601 (FLV §E.2)");
    }
    long dataOffset = header.u32(5);
    if (dataOffset < FILE_HEADER_BYTES || dataOffset > MAX_FILE_HEADER_BYTES) {
      throw ProtocolException.malformed(
          "DataOffset " + dataOffset + ", must be 9.." + MAX_FILE_HEADER_BYTES + " (FLV §E.2)");
    }
    return (int) dataOffset - FILE_HEADER_BYTES;
  }

  private int tagHeader(Bytes header) {
    long at = position - TAG_HEADER_BYTES;
    if ((header.u8(0) & 0x20) != 0) {
      throw ProtocolException.unsupported("encrypted tag at byte " + at + " (FLV §E.4.1 Filter)");
    }
    type = header.u8(0) & 0x1F;
    int size = header.u24(1);
    if (size > maxTagBytes) {
      throw ProtocolException.limit(
          "tag of " + size + " bytes at byte " + at + ", at most " + maxTagBytes);
    }
    timestamp = header.u8(7) << 24 | header.u24(4);
    return size;
  }
}

package dev.millrace.edge;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A text as it is sent, plain and gzip, each made once and shared by all who ask. Any thread:
 * making the second form twice at the same time is prevented by a lock that is held for some 100
 * µs.
 */
final class RenderedText {
  private final byte[] bytes;
  private final Buffer plain;
  private @Nullable Buffer gzip;

  RenderedText(String text) {
    this(text.getBytes(StandardCharsets.UTF_8));
  }

  RenderedText(byte[] bytes) {
    this.bytes = bytes;
    this.plain = Buffer.buffer(bytes);
  }

  /** The form for a client that does or does not accept gzip. The buffer must not be changed. */
  Buffer body(boolean asGzip) {
    return asGzip ? gzip() : plain;
  }

  private synchronized Buffer gzip() {
    Buffer known = gzip;
    if (known != null) {
      return known;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 2 + 32);
    try (GZIPOutputStream compressor = new GZIPOutputStream(out)) {
      compressor.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Buffer made = Buffer.buffer(out.toByteArray());
    gzip = made;
    return made;
  }
}

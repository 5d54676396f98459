package dev.millrace.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.millrace.media.Bytes;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The player's pages and assets, from the class path below {@code web/}; each is read once. Reading
 * blocks: {@link #load} is called on worker threads and at start; the rest is for any thread.
 */
final class WebFiles {
  /** What is remembered, also of names that are not there, which strangers may make up. */
  private static final int MAX_FILES = 1000;

  /** A content hash in a file name, as esbuild writes it: {@code watch-4KXF2ZQA.js}. */
  private static final Pattern HASHED = Pattern.compile(".*-[A-Z0-9]{8}\\.[a-z0-9]+");

  private final ClassLoader loader;
  private final Cache<String, Lookup> files =
      Caffeine.newBuilder().maximumSize(MAX_FILES).executor(Runnable::run).build();

  /** What a look below {@code web/} gave. */
  sealed interface Lookup {
    /** A page or asset, ready to be sent. */
    record Found(CharSequence contentType, RenderedText content, String etag, CacheRule cache)
        implements Lookup {}

    /** There is no such file. */
    record Missing() implements Lookup {}
  }

  WebFiles(ClassLoader loader) {
    this.loader = loader;
  }

  /** What an earlier look gave; null if nobody has looked yet. */
  @Nullable Lookup known(String name) {
    return files.getIfPresent(name);
  }

  /** Looks for a file and remembers the answer; {@code name} is relative to {@code web/}. */
  Lookup load(String name) {
    Lookup file = read(name);
    files.put(name, file);
    return file;
  }

  private Lookup read(String name) {
    try (InputStream in = loader.getResourceAsStream("web/" + name)) {
      if (in == null) {
        return new Lookup.Missing();
      }
      byte[] bytes = in.readAllBytes();
      String etag = '"' + Bytes.wrap(bytes).sha256().hex().substring(0, 16) + '"';
      RenderedText content = new RenderedText(bytes);
      content.body(true);
      return new Lookup.Found(
          HttpHeaders.createOptimized(contentType(name)), content, etag, cacheRule(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CacheRule cacheRule(String name) {
    return HASHED.matcher(name).matches() ? CacheRule.IMMUTABLE : CacheRule.REVALIDATE;
  }

  private static String contentType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html" -> "text/html; charset=utf-8";
      case "js", "mjs" -> "text/javascript; charset=utf-8";
      case "css" -> "text/css; charset=utf-8";
      case "json", "map" -> "application/json";
      case "svg" -> "image/svg+xml";
      case "png" -> "image/png";
      case "ico" -> "image/x-icon";
      case "woff2" -> "font/woff2";
      case "txt" -> "text/plain; charset=utf-8";
      default -> "application/octet-stream";
    };
  }
}

package dev.millrace.transcoder.worker;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;

/**
 * What a worker is told on its standard input: {@link java.util.Properties} text, ended by an empty
 * line. The pipe stays open behind it; its end means that the node is gone and the worker must end.
 *
 * @param feed complete address of the feed
 * @param origin address of the internal server, without a path; parts and pictures go there
 * @param token for both. Secret: not in {@link #toString}, not on the command line
 * @param authority that must have signed the certificate of both; none for cleartext
 * @param generation of this writer; a later one is higher
 * @param path of the stream
 * @param encoder which H.264 encoder to try first
 * @param preset of the software encoders, in the words of libx264: {@code ultrafast} … {@code slow}
 * @param threads of each encoder; 0 leaves it to the worker
 * @param posterInterval between posters; zero for no pictures at all
 * @param thumbnailWidth in pixels
 * @param statusInterval between status lines
 * @param live the feed comes in real time and does not wait: the worker drops what it cannot do in
 *     time. Otherwise it takes its time and the feed waits, as for measuring
 */
public record WorkerJob(
    URI feed,
    URI origin,
    String token,
    TrustedAuthority authority,
    long generation,
    StreamPath path,
    EncoderPreference encoder,
    String preset,
    int threads,
    Duration posterInterval,
    int thumbnailWidth,
    Duration statusInterval,
    boolean live) {

  /** The text, with the empty line at its end. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "feed", feed.toString());
    line(text, "origin", origin.toString());
    line(text, "token", token);
    line(text, "authority", authority.toBase64());
    line(text, "generation", Long.toString(generation));
    line(text, "path", path.toString());
    line(text, "encoder", encoder.name().toLowerCase(Locale.ROOT));
    line(text, "preset", preset);
    line(text, "threads", Integer.toString(threads));
    line(text, "poster-interval-ms", Long.toString(posterInterval.toMillis()));
    line(text, "thumbnail-width", Integer.toString(thumbnailWidth));
    line(text, "status-interval-ms", Long.toString(statusInterval.toMillis()));
    line(text, "live", Boolean.toString(live));
    return text.append('\n').toString();
  }

  /** Values here are URLs, numbers and words; what Properties would need escaped is refused. */
  private static void line(StringBuilder text, String name, String value) {
    if (!value.matches("[\\x21-\\x7e&&[^\\\\]]*")) {
      throw new IllegalArgumentException(name + " of a job must be plain printable text");
    }
    text.append(name).append('=').append(value).append('\n');
  }

  /**
   * Reads up to the empty line; what follows stays unread.
   *
   * @throws EOFException if the text ends before the empty line
   * @throws IllegalArgumentException if a value is missing or malformed
   */
  public static WorkerJob read(BufferedReader in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line = in.readLine(); ; line = in.readLine()) {
      if (line == null) {
        throw new EOFException("the job ends before its empty line");
      }
      if (line.isEmpty()) {
        break;
      }
      text.append(line).append('\n');
    }
    Properties found = new Properties();
    found.load(new StringReader(text.toString()));
    return of(found);
  }

  private static WorkerJob of(Properties found) {
    return new WorkerJob(
        URI.create(get(found, "feed")),
        URI.create(get(found, "origin")),
        get(found, "token"),
        TrustedAuthority.parse(found.getProperty("authority", "")),
        number(found, "generation"),
        StreamPath.parse(get(found, "path")),
        EncoderPreference.valueOf(get(found, "encoder").toUpperCase(Locale.ROOT)),
        get(found, "preset"),
        Math.toIntExact(number(found, "threads")),
        Duration.ofMillis(number(found, "poster-interval-ms")),
        Math.toIntExact(number(found, "thumbnail-width")),
        Duration.ofMillis(number(found, "status-interval-ms")),
        Boolean.parseBoolean(get(found, "live")));
  }

  private static long number(Properties found, String name) {
    try {
      return Long.parseLong(get(found, name));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + " of the job must be a number, found " + found.getProperty(name), e);
    }
  }

  private static String get(Properties found, String name) {
    String value = found.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException("the job tells no " + name);
    }
    return value;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "job of " + path + ", generation " + generation;
  }
}

package dev.millrace.server.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.HdrHistogram.Histogram;

/**
 * Measures how long after a part's last frame was sent the whole part has been read from the edge:
 * a blocking reload and a GET over loopback, against the time the publisher wrote the frame.
 * Follows the video rendition from its first part, so that media time says which frame was the
 * last.
 */
final class PartProbe implements Runnable {
  private final HttpClient http;
  private final URI playlist;
  private final PacedPublisher publisher;
  private final BooleanSupplier running;
  private final Histogram latency = new Histogram(60_000_000, 3);
  private volatile String problem = "";

  PartProbe(HttpClient http, URI playlist, PacedPublisher publisher, BooleanSupplier running) {
    this.http = http;
    this.playlist = playlist;
    this.publisher = publisher;
    this.running = running;
  }

  @Override
  public void run() {
    try {
      List<MediaPlaylistReader.Part> parts =
          MediaPlaylistReader.parts(
              new String(get(playlist), java.nio.charset.StandardCharsets.UTF_8));
      double seconds = parts.stream().mapToDouble(MediaPlaylistReader.Part::seconds).sum();
      MediaPlaylistReader.Part last = parts.getLast();
      while (running.getAsBoolean()) {
        URI next =
            URI.create(playlist + "?_HLS_msn=" + last.msn() + "&_HLS_part=" + (last.index() + 1));
        String reloaded = new String(get(next), java.nio.charset.StandardCharsets.UTF_8);
        List<MediaPlaylistReader.Part> fresh = after(MediaPlaylistReader.parts(reloaded), last);
        for (MediaPlaylistReader.Part part : fresh) {
          get(playlist.resolve(part.uri()));
          seconds += part.seconds();
          record(Math.round(seconds * SyntheticSource.FRAMES_PER_SECOND) - 1);
          last = part;
        }
      }
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Microseconds; read it when the run is over. */
  Histogram latency() {
    return latency;
  }

  /** Why it ended early, empty if it did not. */
  String problem() {
    return problem;
  }

  private void record(long lastFrame) {
    long sent = publisher.sentNanos(lastFrame);
    if (sent != 0) {
      latency.recordValue(Math.clamp((System.nanoTime() - sent) / 1000, 0, 60_000_000));
    }
  }

  private static List<MediaPlaylistReader.Part> after(
      List<MediaPlaylistReader.Part> parts, MediaPlaylistReader.Part last) {
    return parts.stream()
        .filter(
            part ->
                part.msn() > last.msn()
                    || (part.msn() == last.msn() && part.index() > last.index()))
        .toList();
  }

  private byte[] get(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
            BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answered " + response.statusCode());
    }
    return response.body();
  }
}

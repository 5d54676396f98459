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

/**
 * One rendition as a low-latency player reads it: a blocking reload for the next part, then that
 * part. Runs on a virtual thread of its own.
 */
final class HlsViewer implements Runnable {
  private final HttpClient http;
  private final URI playlist;
  private final ViewerTally tally;
  private final BooleanSupplier running;

  HlsViewer(HttpClient http, URI playlist, ViewerTally tally, BooleanSupplier running) {
    this.http = http;
    this.playlist = playlist;
    this.tally = tally;
    this.running = running;
  }

  @Override
  public void run() {
    try {
      MediaPlaylistReader.Part last = newest(get(playlist));
      while (running.getAsBoolean()) {
        last = next(last);
      }
    } catch (IOException e) {
      tally.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private MediaPlaylistReader.Part next(MediaPlaylistReader.Part last)
      throws IOException, InterruptedException {
    URI blocking =
        URI.create(
            playlist
                + ("?_HLS_msn=" + last.msn() + "&_HLS_part=" + (last.index() + 1))
                + "&_HLS_skip=YES");
    MediaPlaylistReader.Part newest = newest(get(blocking));
    tally.playlistArrived(playlist, newest);
    if (!newest.gap()) {
      long from = System.nanoTime();
      get(playlist.resolve(newest.uri()));
      tally.partArrived((System.nanoTime() - from) / 1000);
    }
    return newest;
  }

  private byte[] get(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
            BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answered " + response.statusCode());
    }
    tally.delivered(response.body().length);
    return response.body();
  }

  private static MediaPlaylistReader.Part newest(byte[] playlist) throws IOException {
    List<MediaPlaylistReader.Part> parts =
        MediaPlaylistReader.parts(new String(playlist, java.nio.charset.StandardCharsets.UTF_8));
    if (parts.isEmpty()) {
      throw new IOException("a media playlist without parts");
    }
    return parts.getLast();
  }
}

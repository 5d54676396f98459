package dev.millrace.server.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** A page's connection to a tracker, without the page. */
final class TrackerVisit implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  TrackerVisit(URI tracker) {
    socket =
        http.newWebSocketBuilder()
            .buildAsync(
                tracker,
                new WebSocket.Listener() {
                  private final StringBuilder text = new StringBuilder();

                  @Override
                  public @Nullable CompletionStage<?> onText(
                      WebSocket from, CharSequence more, boolean last) {
                    text.append(more);
                    if (last) {
                      heard.add(text.toString());
                      text.setLength(0);
                    }
                    from.request(1);
                    return null;
                  }
                })
            .join();
  }

  /** Announces a page of this id, with an offer of this text; 20 characters each. */
  void announce(String id, String hash, String sdp) {
    String offer =
        "[{\"offer_id\":\"%s\",\"offer\":{\"type\":\"offer\",\"sdp\":\"%s\"}}]"
            .formatted(id.substring(0, 19) + "#", sdp);
    socket
        .sendText(
            "{\"action\":\"announce\",\"info_hash\":\"%s\",\"peer_id\":\"%s\",\"numwant\":1,\"offers\":%s}"
                .formatted(hash, id, offer),
            true)
        .join();
  }

  /** Whether a message with this in it has come since the last one that had. */
  boolean hasHeard(String text) {
    for (String next = heard.poll(); next != null; next = heard.poll()) {
      if (next.contains(text)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}

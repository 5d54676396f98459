package dev.millrace.server.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a player does about content steering (RFC 8216bis §7): it asks the edge that it is at which
 * one to use, and follows. An edge that it does not have among its own is passed over. A thread of
 * its own.
 */
final class Steering {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Pattern OFFER =
      Pattern.compile("#EXT-X-CONTENT-STEERING:SERVER-URI=\"([^\"]+)\",PATHWAY-ID=\"([^\"]+)\"");
  private static final Pattern PRIORITY =
      Pattern.compile("\"PATHWAY-PRIORITY\"\\s*:\\s*\\[([^\\]]*)\\]");
  private static final Pattern NAME = Pattern.compile("\"([^\"]+)\"");

  private final EdgeClient client;
  private final Map<String, URI> edges = new HashMap<>();
  private final Map<URI, Offer> offers = new HashMap<>();

  /** What the multivariant playlist of an edge says. */
  private record Offer(URI server, String pathway) {}

  Steering(EdgeClient client) {
    this.client = client;
  }

  /** Until the player is closed. */
  void follow() {
    while (!client.isClosed()) {
      try {
        for (URI edge : client.edges()) {
          learn(edge);
        }
        ask(client.current());
      } catch (IOException e) {
        // An edge that is dead: the next request for media turns to another one.
      } catch (InterruptedException closing) {
        return;
      }
      try {
        Thread.sleep(Player.STEERING);
      } catch (InterruptedException closing) {
        return;
      }
    }
  }

  private void learn(URI edge) throws InterruptedException {
    if (offers.containsKey(edge)) {
      return;
    }
    try {
      OFFER
          .matcher(text(edge.resolve("index.m3u8")))
          .results()
          .findFirst()
          .ifPresent(
              found -> {
                offers.put(edge, new Offer(edge.resolve(found.group(1)), found.group(2)));
                edges.put(found.group(2), edge);
              });
    } catch (IOException e) {
      // Tried again the next time.
    }
  }

  private void ask(URI edge) throws IOException, InterruptedException {
    Offer offer = offers.get(edge);
    if (offer == null) {
      return;
    }
    String manifest = text(URI.create(offer.server() + "?_HLS_pathway=" + offer.pathway()));
    PRIORITY
        .matcher(manifest)
        .results()
        .flatMap(list -> NAME.matcher(list.group(1)).results())
        .map(name -> edges.get(name.group(1)))
        .filter(Objects::nonNull)
        .findFirst()
        .filter(best -> !best.equals(edge))
        .ifPresent(client::turnTo);
  }

  private String text(URI address) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer = client.get(address, PATIENCE);
    return answer.statusCode() == 200 ? new String(answer.body(), StandardCharsets.UTF_8) : "";
  }
}

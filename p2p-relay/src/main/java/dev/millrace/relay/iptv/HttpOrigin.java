package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.TsPacket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A channel at the Millrace node that sends it: {@code GET /iptv/NAME/rtp} and {@code GET
 * /iptv/NAME.ts}. Any thread.
 */
final class HttpOrigin implements ChannelOrigin {
  private static final Duration REPAIR_TIMEOUT = Duration.ofMillis(500);
  private static final int OK = 200;

  /** 200 packets with their lengths, and some room. */
  private static final long MOST_REPAIR_BYTES = 400_000;

  private final URI channel;
  private final HttpClient http;

  HttpOrigin(URI channel, HttpClient http) {
    this.channel = channel;
    this.http = http;
  }

  @Override
  public void repair(long ssrc, int from, int count, Consumer<List<Bytes>> packets) {
    URI asked = URI.create("%s/rtp?ssrc=%d&from=%d&count=%d".formatted(channel, ssrc, from, count));
    http.sendAsync(
            HttpRequest.newBuilder(asked).timeout(REPAIR_TIMEOUT).build(),
            BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_REPAIR_BYTES))
        .thenAccept(
            answer -> {
              if (answer.statusCode() == OK) {
                packets.accept(RepairRing.read(Bytes.wrap(answer.body())));
              }
            });
  }

  @Override
  public Runnable stream(Consumer<Bytes> payload, Consumer<String> ended) {
    Packets packets = new Packets(payload);
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(
            HttpRequest.newBuilder(URI.create(channel + ".ts?join=anywhere")).build(),
            head -> head.statusCode() == OK ? packets.body() : BodySubscribers.discarding());
    answer.whenComplete(
        (done, failure) ->
            ended.accept(
                failure != null
                    ? String.valueOf(failure)
                    : done.statusCode() == OK
                        ? "it ended the stream"
                        : "it answered " + done.statusCode()));
    return () -> answer.cancel(true);
  }

  /** Whole packets of what comes in pieces of any size. */
  private static final class Packets {
    private final Consumer<Bytes> payload;
    private Bytes rest = Bytes.EMPTY;

    Packets(Consumer<Bytes> payload) {
      this.payload = payload;
    }

    BodySubscriber<Void> body() {
      return BodySubscribers.ofByteArrayConsumer(
          piece -> piece.ifPresent(bytes -> take(Bytes.wrap(bytes))));
    }

    private void take(Bytes piece) {
      Bytes all = Bytes.concat(List.of(rest, piece));
      int whole = all.length() - all.length() % TsPacket.SIZE;
      rest = all.slice(whole);
      if (whole > 0) {
        payload.accept(all.slice(0, whole));
      }
    }
  }
}

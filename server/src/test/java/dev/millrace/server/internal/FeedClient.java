package dev.millrace.server.internal;

import dev.millrace.media.feed.FeedReader;
import dev.millrace.media.feed.FeedRecord;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Reads a feed as a worker does, as slowly as the test wants. */
final class FeedClient implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Deque<FeedRecord> read = new ArrayDeque<>();
  private final FeedReader reader = new FeedReader(16 << 20, () -> 0, read::add);
  private final HttpResponse<InputStream> response;
  private final byte[] buffer = new byte[65536];

  FeedClient(InternalServer server) throws IOException, InterruptedException {
    response =
        client.send(
            HttpRequest.newBuilder(server.feedAddress(InternalFixture.PATH))
                .header("Authorization", "Bearer " + InternalFixture.TOKEN)
                .build(),
            BodyHandlers.ofInputStream());
  }

  HttpResponse<InputStream> response() {
    return response;
  }

  /** The next record, waited for. */
  FeedRecord next() throws IOException {
    while (read.isEmpty()) {
      int n = response.body().read(buffer);
      if (n < 0) {
        throw new IOException("the feed was cut off");
      }
      reader.feed(buffer, 0, n);
    }
    return read.removeFirst();
  }

  /** All records up to the end of the presentation and of the response. */
  List<FeedRecord> rest() throws IOException {
    List<FeedRecord> all = new ArrayList<>();
    while (!(all.isEmpty() ? false : all.getLast() instanceof FeedRecord.Ended)) {
      all.add(next());
    }
    if (response.body().read() >= 0) {
      throw new IOException("something behind the end");
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    response.body().close();
    client.shutdownNow();
    client.close();
  }
}

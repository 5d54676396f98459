package dev.millrace.server.chaos;

import java.util.ArrayList;
import java.util.List;

/**
 * What went wrong with one rendition of a player. The rendition's thread writes, any thread reads.
 */
final class Troubles implements PartFetcher.Trouble {
  private static final long RETRY_MILLIS = 100;

  private final String rendition;
  private final EdgeClient client;
  private final Lateness lateness = new Lateness(System.nanoTime() / 1000);

  // Both are guarded by this.
  private final List<String> faults = new ArrayList<>();
  private final List<String> retries = new ArrayList<>();

  Troubles(String rendition, EdgeClient client) {
    this.rendition = rendition;
    this.client = client;
  }

  @Override
  public synchronized void fault(String text) {
    faults.add(
        "%tT.%<tL %s at %s: %s"
            .formatted(System.currentTimeMillis(), rendition, client.current(), text));
  }

  @Override
  public void retry(String text) throws InterruptedException {
    if (client.isClosed()) {
      return;
    }
    synchronized (this) {
      retries.add("%tT.%<tL %s %s".formatted(System.currentTimeMillis(), rendition, text));
    }
    Thread.sleep(RETRY_MILLIS);
  }

  @Override
  public void answered() {
    lateness.answered(System.nanoTime() / 1000);
  }

  /** Of the rendition's thread alone. */
  Lateness lateness() {
    return lateness;
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized List<String> retries() {
    return List.copyOf(retries);
  }
}

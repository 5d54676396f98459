package dev.millrace.origin;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Those who wait for a part that a playlist has hinted and the log does not have yet. Registered
 * under the lock of the {@link StreamStore}, completed outside of it.
 */
final class HintedPart {
  private final LogPosition position;
  private final CompletableFuture<Bytes> bytes = new CompletableFuture<>();
  private int waiters;

  HintedPart(LogPosition position) {
    this.position = position;
  }

  LogPosition position() {
    return position;
  }

  int waiters() {
    return waiters;
  }

  CompletionStage<Bytes> join() {
    waiters++;
    return bytes.minimalCompletionStage();
  }

  void came(Bytes data) {
    bytes.complete(data);
  }

  void willNotCome() {
    bytes.completeExceptionally(new NoSuchFileException(position + ".m4s"));
  }
}

package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * An edge behind the site's line, which carries what is asked for at one time by turns, 16 KiB of
 * each. What is cancelled leaves the line, but for what is on it already.
 */
final class SimulatedEdge {
  static final long ONE_WAY = Ground.ms(5);
  private static final int SLICE = 16 * 1024;

  /** A part on its way. */
  private static final class Transfer {
    final Bytes part;
    final CompletableFuture<Bytes> answer;
    int sent;

    Transfer(Bytes part, CompletableFuture<Bytes> answer) {
      this.part = part;
      this.answer = answer;
    }
  }

  private final SimulatedMeshTime time;
  private final SimulatedParts parts;
  private final Map<LogPosition, List<CompletableFuture<Bytes>>> waiting = new HashMap<>();
  private final Deque<Transfer> transfers = new ArrayDeque<>();
  private boolean busy;
  private long kbit;
  private long bytes;
  private int longest;

  SimulatedEdge(SimulatedMeshTime time, SimulatedParts parts, long kbit) {
    this.time = time;
    this.parts = parts;
    this.kbit = kbit;
  }

  /** What the line carries from now on, kbit/s. */
  void line(long nowKbit) {
    kbit = nowKbit;
  }

  /** What went over the line so far. */
  long bytes() {
    return bytes;
  }

  /** How many parts at most were under way at the same time. */
  int longest() {
    return longest;
  }

  CompletableFuture<Bytes> fetch(String file) {
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    time.after(
        ONE_WAY,
        () -> {
          if (FileName.parse(file).orElseThrow() instanceof FileName.Part(LogPosition at)) {
            Bytes part = parts.part(at);
            if (part.isEmpty()) {
              waiting.computeIfAbsent(at, any -> new ArrayList<>()).add(answer);
            } else {
              send(part, answer);
            }
          } else {
            answer.completeExceptionally(new NoSuchFileException(file));
          }
        });
    return answer;
  }

  /** A part is there. */
  void made(LogPosition at) {
    List<CompletableFuture<Bytes>> asked = waiting.remove(at);
    if (asked != null) {
      asked.forEach(answer -> send(parts.part(at), answer));
    }
  }

  private void send(Bytes part, CompletableFuture<Bytes> answer) {
    transfers.add(new Transfer(part, answer));
    transfers.removeIf(each -> each.answer.isCancelled());
    longest = Math.max(longest, transfers.size());
    if (!busy) {
      busy = true;
      next();
    }
  }

  private void next() {
    Transfer transfer = transfers.poll();
    while (transfer != null && transfer.answer.isCancelled()) {
      transfer = transfers.poll();
    }
    if (transfer == null) {
      busy = false;
      return;
    }
    Transfer one = transfer;
    int slice = Math.min(SLICE, one.part.length() - one.sent);
    time.after(
        slice * 8_000_000L / kbit,
        () -> {
          bytes += slice;
          one.sent += slice;
          if (one.sent < one.part.length()) {
            transfers.add(one);
          } else {
            time.after(ONE_WAY, () -> one.answer.complete(one.part));
          }
          next();
        });
  }
}

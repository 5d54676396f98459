package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** An edge behind the site's line: one part after the other goes over it, each at its full rate. */
final class SimulatedEdge {
  static final long ONE_WAY = Ground.ms(5);

  private final SimulatedTime time;
  private final SimulatedParts parts;
  private final Map<LogPosition, List<CompletableFuture<Bytes>>> waiting = new HashMap<>();
  private long kbit;
  private long free;
  private long bytes;

  SimulatedEdge(SimulatedTime time, SimulatedParts parts, long kbit) {
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
    bytes += part.length();
    free = Math.max(free, time.nanoTime()) + transfer(part.length());
    time.at(free + ONE_WAY, () -> answer.complete(part));
  }

  /** How long so many bytes take over the line, nanoseconds. */
  long transfer(long count) {
    return count * Byte.SIZE * 1_000_000 / kbit;
  }
}

package dev.millrace.transcoder.packager;

import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.StreamEvent;
import dev.millrace.media.live.Subscription;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.Targets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Packages one live stream: reads its events and writes the part log, renditions {@code video} and
 * {@code audio}, until the stream ends, here or because another node goes on with it. Run it on a
 * virtual thread of its own; interrupting that thread ends it without an ENDLIST. Whatever goes
 * wrong ends this stream's presentation only; the next session of the publisher begins another.
 */
public final class StreamPackager implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(StreamPackager.class);

  /** No frame gathers longer than this. */
  private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

  private final LiveStream stream;
  private final LongSupplier nanoTime;
  private final Subscription subscription;
  private final Packager packager;

  /** Of a node by itself; parameters as below. */
  public StreamPackager(
      LiveStream stream,
      PartSink sink,
      Targets targets,
      SequenceNumbers numbers,
      InstantSource wall,
      LongSupplier nanoTime,
      Ladder ladder) {
    this(stream, sink, targets, numbers, wall, nanoTime, ladder, Adoptions.NONE);
  }

  /**
   * Subscribes at once, so that nothing is missed before {@link #run}, which must follow.
   *
   * @param sink where the parts go
   * @param targets durations, fixed for the life of the stream
   * @param numbers gives the first media sequence number
   * @param wall dates the media (EXT-X-PROGRAM-DATE-TIME)
   * @param nanoTime the monotonic clock of {@link dev.millrace.media.Frame#arrivalNanos}
   * @param ladder what is made beside the source; {@link Ladder#NONE} if nothing
   * @param adoptions what other nodes have written of the stream
   */
  public StreamPackager(
      LiveStream stream,
      PartSink sink,
      Targets targets,
      SequenceNumbers numbers,
      InstantSource wall,
      LongSupplier nanoTime,
      Ladder ladder,
      Adoptions adoptions) {
    this.stream = stream;
    this.nanoTime = nanoTime;
    this.subscription = stream.subscribe();
    this.packager =
        new Packager(
            stream.path(),
            sink,
            targets,
            numbers,
            wall,
            new StreamWarnings(stream),
            ladder,
            adoptions);
  }

  @Override
  public void run() {
    MDC.put("stream", stream.path().toString());
    try (subscription) {
      boolean ended = false;
      while (!ended) {
        Optional<StreamEvent> event = subscription.poll(untilNext(), packager.wakeRule());
        step(event);
        ended = event.filter(StreamEvent::isLast).isPresent();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      MDC.remove("stream");
    }
  }

  private void step(Optional<StreamEvent> event) {
    long now = nanoTime.getAsLong();
    try {
      if (event.isPresent()) {
        packager.on(event.get(), now);
      } else {
        packager.tick(now);
      }
    } catch (SupersededException e) {
      log.warn("packaging stops: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("packaging stops by a fault of the server", e);
      stream.setWarning("packager-failed", "the server failed to package this stream: " + e);
    }
  }

  private Duration untilNext() {
    long next = packager.nextNanos();
    long nanos = next == Long.MAX_VALUE ? IDLE_NANOS : next - nanoTime.getAsLong();
    return Duration.ofNanos(Math.clamp(nanos, 0, IDLE_NANOS));
  }

  /** Passes warnings to the stream, which logs their beginning, and logs their end. */
  private static final class StreamWarnings implements Warnings {
    private final LiveStream stream;
    private final Set<String> active = new HashSet<>();

    StreamWarnings(LiveStream stream) {
      this.stream = stream;
    }

    @Override
    public void set(String code, String text) {
      active.add(code);
      stream.setWarning(code, text);
    }

    @Override
    public void clear(String code) {
      if (active.remove(code)) {
        stream.clearWarning(code);
        log.info("warning {} is over", code);
      }
    }
  }
}

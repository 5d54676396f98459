package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.NamedBytes.Known;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request for bytes: the first holder is asked, the next one when it fails, or when it has not
 * answered 250 ms after the bytes were there to be had. When all have failed they are asked again,
 * as long as the log names the bytes. What does not fit the log is thrown away. Any thread; the
 * monitor guards the fields and is never held when holders are asked or the result is given.
 */
final class HedgedFetch {
  private static final long HEDGE_MS = 250;
  private static final long ROUND_PAUSE_MS = 60;

  /** A little less than players wait. */
  private static final int MAX_ROUNDS = 40;

  /** How long bytes wait for their entry in the log, which was sent at the same time. */
  private static final long ENTRY_MS = 150;

  private final StreamPath path;
  private final String rendition;
  private final String file;
  private final Supplier<List<PartSource>> candidates;
  private final @Nullable MergedStream stream;
  private final ScheduledExecutorService timer;
  private final SourceEvents events;
  private final CompletableFuture<Bytes> result = new CompletableFuture<>();
  private final Deque<PartSource> left = new ArrayDeque<>();
  private final List<CompletableFuture<Bytes>> asked = new ArrayList<>();
  private int outstanding;
  private int rounds;
  private Throwable failure;
  private @Nullable ScheduledFuture<?> hedge;

  HedgedFetch(
      StreamPath path,
      String rendition,
      String file,
      Supplier<List<PartSource>> candidates,
      @Nullable MergedStream stream,
      ScheduledExecutorService timer,
      SourceEvents events) {
    this.path = path;
    this.rendition = rendition;
    this.file = file;
    this.candidates = candidates;
    this.stream = stream;
    this.timer = timer;
    this.events = events;
    this.failure = new NoSuchFileException(file);
  }

  CompletableFuture<Bytes> start() {
    Optional<FileName> name = FileName.parse(file);
    if (name.isEmpty()) {
      return CompletableFuture.failedFuture(failure);
    }
    Optional<Bytes> known = alreadyHere(name.get());
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    result.whenComplete((bytes, failed) -> cancelAll());
    left.addAll(candidates.get());
    next(name.get());
    return result;
  }

  /** Initialization sections travel in the log itself, and gaps have no bytes. */
  private Optional<Bytes> alreadyHere(FileName name) {
    if (stream == null) {
      return Optional.empty();
    }
    if (name instanceof FileName.Init) {
      return stream
          .view()
          .rendition(rendition)
          .flatMap(it -> it.descriptionOf(file))
          .map(RenditionDescription::initBytes);
    }
    return known(name) == Known.GAP ? Optional.of(Bytes.EMPTY) : Optional.empty();
  }

  private Known known(FileName name) {
    return stream == null ? Known.NOTHING : NamedBytes.known(stream.view(), rendition, name);
  }

  private void next(FileName name) {
    PartSource source;
    synchronized (this) {
      source = left.poll();
      if (source != null) {
        outstanding++;
      }
    }
    if (source == null) {
      noneLeft(name);
      return;
    }
    PartSource holder = source;
    CompletableFuture<Bytes> answer = holder.bytes(path, rendition, file).toCompletableFuture();
    synchronized (this) {
      asked.add(answer);
      if (!left.isEmpty() && !answer.isDone()) {
        hedgeLater(name);
      }
    }
    answer.whenComplete((bytes, failed) -> answered(name, holder, bytes, failed));
    if (result.isDone()) {
      cancelAll();
    }
  }

  /** Under the monitor. */
  private void hedgeLater(FileName name) {
    if (hedge != null) {
      hedge.cancel(false);
    }
    try {
      hedge = timer.schedule(() -> hedge(name), HEDGE_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  private void hedge(FileName name) {
    if (result.isDone()) {
      return;
    }
    if (known(name) == Known.NEXT) {
      // It is not there yet: nobody is slow.
      synchronized (this) {
        hedgeLater(name);
      }
      return;
    }
    next(name);
  }

  @SuppressWarnings("NullAway") // One of bytes and failure is there, by the contract of a stage.
  private void answered(FileName name, PartSource holder, Bytes bytes, Throwable failed) {
    if (result.isDone()) {
      return;
    }
    if (failed != null) {
      failed(
          name,
          failed instanceof CompletionException e && e.getCause() != null ? e.getCause() : failed);
    } else if (stream != null
        && name instanceof FileName.Part(LogPosition at)
        && known(name) == Known.NEXT) {
      awaitEntry(name, at, holder, bytes);
    } else {
      came(name, holder, bytes);
    }
  }

  /** The bytes were faster than the line that names them. */
  private void awaitEntry(FileName name, LogPosition at, PartSource holder, Bytes bytes) {
    MergedStream of = Objects.requireNonNull(stream);
    AtomicBoolean once = new AtomicBoolean();
    Runnable check =
        () -> {
          if (once.compareAndSet(false, true)) {
            came(name, holder, bytes);
          }
        };
    try {
      timer.schedule(check, ENTRY_MS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
    of.whenTold(rendition, at, check);
  }

  private void came(FileName name, PartSource holder, Bytes bytes) {
    boolean fits =
        stream == null
            ? NamedBytes.fit(StreamView.empty(), rendition, name, bytes)
            : NamedBytes.fit(stream.view(), rendition, name, bytes);
    if (fits) {
      result.complete(bytes);
    } else {
      events.mismatch(path, holder, file);
      failed(name, new NoSuchFileException(file));
    }
  }

  private void failed(FileName name, Throwable why) {
    synchronized (this) {
      outstanding--;
      if (!(why instanceof NoSuchFileException)) {
        failure = why;
      }
    }
    next(name);
  }

  private void noneLeft(FileName name) {
    synchronized (this) {
      if (outstanding > 0 || result.isDone()) {
        return;
      }
      rounds++;
    }
    Known known = known(name);
    if (rounds > MAX_ROUNDS || known == Known.NOTHING) {
      result.completeExceptionally(failure);
      return;
    }
    try {
      timer.schedule(
          () -> {
            List<PartSource> again = candidates.get();
            synchronized (this) {
              left.clear();
              left.addAll(again);
            }
            next(name);
          },
          ROUND_PAUSE_MS,
          TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(failure);
    }
  }

  private void cancelAll() {
    List<CompletableFuture<Bytes>> all;
    synchronized (this) {
      all = List.copyOf(asked);
      if (hedge != null) {
        hedge.cancel(false);
      }
    }
    all.forEach(each -> each.cancel(true));
  }
}

package dev.millrace.media.log;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Several holders of each stream as one source, which goes on when one of them dies. The logs of
 * the first two are followed at once and merged by the rules of {@link LogMerge}, so that the loss
 * of either is not noticed; however many follow a path here, each holder is followed once. Bytes
 * are asked of one holder, and of the next when it has not answered soon or not well, and are
 * checked against the log. Any thread; nothing waits.
 */
public final class MergedPartSource implements PartSource, PictureSource, AutoCloseable {
  private final Function<StreamPath, List<PartSource>> holders;
  private final BiPredicate<StreamPath, PartSource> writer;
  private final Supplier<List<StreamPath>> paths;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final SourceEvents events;
  private final LogTrust trust;

  /** Those that somebody follows. */
  private final ConcurrentMap<StreamPath, MergedStream> streams = new ConcurrentHashMap<>();

  /**
   * @param holders who has a stream now, best first; asked often, must not block. The same holder
   *     must be an equal object each time
   * @param streams what {@link #streams} answers
   * @param nanoTime a monotonic clock
   * @param timer for time limits and pauses; tasks on it are short
   */
  public MergedPartSource(
      Function<StreamPath, List<PartSource>> holders,
      Supplier<List<StreamPath>> streams,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      SourceEvents events) {
    this(holders, (path, holder) -> false, streams, nanoTime, timer, events, LogTrust.ALL);
  }

  /**
   * For readers who are not to see what may be lost with the node where it is written.
   *
   * @param writer whether a holder is where a stream is written; asked like {@code holders}
   * @param trust how what holders tell is checked, each alone: who does not pass is left, and the
   *     next one followed
   */
  public MergedPartSource(
      Function<StreamPath, List<PartSource>> holders,
      BiPredicate<StreamPath, PartSource> writer,
      Supplier<List<StreamPath>> streams,
      LongSupplier nanoTime,
      ScheduledExecutorService timer,
      SourceEvents events,
      LogTrust trust) {
    this.holders = holders;
    this.trust = trust;
    this.writer = writer;
    this.paths = streams;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.events = events;
  }

  /** Asks for the holders of all followed streams anew, at once. */
  public void holdersChanged() {
    streams.values().forEach(MergedStream::reconcile);
  }

  /** Asks for the holders of one stream anew, at once, if it is followed. */
  public void holdersChanged(StreamPath path) {
    MergedStream stream = streams.get(path);
    if (stream != null) {
      stream.reconcile();
    }
  }

  /**
   * {@inheritDoc} Empty if nobody has the stream; otherwise the window may take a while to come,
   * and then comes at once.
   */
  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    return streams.containsKey(path) || !holders.apply(path).isEmpty()
        ? Optional.of(watch(path, follower::accept))
        : Optional.empty();
  }

  /** {@inheritDoc} It is never gone: who may have the stream is asked again and again. */
  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    while (true) {
      MergedStream stream = streams.computeIfAbsent(path, this::begin);
      Optional<Following> following = stream.watch(watcher);
      if (following.isPresent()) {
        return following.get();
      }
      streams.remove(path, stream);
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>May be cancelled, as a {@code CompletableFuture}. What the log of a followed stream names is
   * asked for again for a while when all holders fail.
   */
  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    return new HedgedFetch(
            path, rendition, file, () -> candidates(path), streams.get(path), timer, events)
        .start();
  }

  @Override
  public List<StreamPath> streams() {
    return paths.get();
  }

  /** {@inheritDoc} Known of streams that are followed here. */
  @Override
  public Optional<Picture> poster(StreamPath path) {
    MergedStream stream = streams.get(path);
    return stream == null ? Optional.empty() : stream.poster();
  }

  /** {@inheritDoc} One holder is asked after the other. */
  @Override
  public CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    Optional<Picture> here = poster(path);
    return here.isPresent()
        ? CompletableFuture.completedStage(here)
        : fetchPoster(path, new ArrayDeque<>(candidates(path)));
  }

  private static CompletionStage<Optional<Picture>> fetchPoster(
      StreamPath path, Deque<PartSource> left) {
    PartSource holder = left.poll();
    if (holder == null) {
      return CompletableFuture.completedStage(Optional.empty());
    }
    return holder
        .fetchPoster(path)
        .exceptionally(unreachable -> Optional.empty())
        .thenCompose(
            found ->
                found.isPresent()
                    ? CompletableFuture.completedStage(found)
                    : fetchPoster(path, left));
  }

  /** {@inheritDoc} Known of streams that are followed here. */
  @Override
  public List<Thumbnail> thumbnails(StreamPath path) {
    MergedStream stream = streams.get(path);
    return stream == null ? List.of() : stream.thumbnails();
  }

  /** How many streams are followed. */
  public int followed() {
    return streams.size();
  }

  /** What is known now of each stream that is followed. */
  public Map<StreamPath, StreamView> views() {
    Map<StreamPath, StreamView> views = new HashMap<>();
    streams.forEach((path, stream) -> views.put(path, stream.view()));
    return views;
  }

  /** Ends all followings. */
  @Override
  public void close() {
    streams.values().forEach(MergedStream::close);
    streams.clear();
  }

  private MergedStream begin(StreamPath path) {
    return new MergedStream(
        path,
        () -> holders.apply(path),
        holder -> writer.test(path, holder),
        nanoTime,
        timer,
        events,
        trust,
        stream -> streams.remove(path, stream));
  }

  /** Whom to ask for bytes. */
  private List<PartSource> candidates(StreamPath path) {
    MergedStream stream = streams.get(path);
    List<PartSource> listed = holders.apply(path);
    List<PartSource> ordered = stream == null ? listed : stream.inOrder(listed);
    return ordered.stream().filter(PartSource::givesBytes).toList();
  }
}

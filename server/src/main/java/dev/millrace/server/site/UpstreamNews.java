package dev.millrace.server.site;

import dev.millrace.cluster.Holding;
import dev.millrace.media.StreamPath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the edges of a relay told of late: which streams there are, and whose keys sign them. What
 * an edge said counts for ten seconds after it fell silent, so that the loss of all of them hides
 * no stream that is still being watched. Any thread.
 */
public final class UpstreamNews {
  private static final Logger log = LoggerFactory.getLogger(UpstreamNews.class);

  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final List<EdgeClient> edges;
  private final SignerBook signers;
  private final LongSupplier nanoTime;
  private final Map<EdgeClient, Told> told = new ConcurrentHashMap<>();
  private final Set<EdgeClient> asked = ConcurrentHashMap.newKeySet();

  private record Told(SiteNews news, long atNanos, boolean answers) {}

  /**
   * @param signers learns the keys that edges tell
   */
  public UpstreamNews(List<EdgeClient> edges, SignerBook signers, LongSupplier nanoTime) {
    this.edges = List.copyOf(edges);
    this.signers = signers;
    this.nanoTime = nanoTime;
  }

  /** Asks all edges that are not being asked; completes when these have answered or failed. */
  public CompletableFuture<Void> ask() {
    return CompletableFuture.allOf(
        edges.stream()
            .filter(asked::add)
            .map(edge -> edge.news().handle((news, failure) -> answered(edge, news, failure)))
            .toArray(CompletableFuture[]::new));
  }

  @SuppressWarnings("NullAway") // One of news and failure is there, by the contract of a stage.
  private Void answered(EdgeClient edge, SiteNews news, Throwable failure) {
    asked.remove(edge);
    Told before = told.getOrDefault(edge, new Told(SiteNews.NONE, nanoTime.getAsLong(), true));
    if (failure == null) {
      news.signers().forEach(signers::add);
      told.put(edge, new Told(news, nanoTime.getAsLong(), true));
      if (!before.answers) {
        log.info("{} answers", edge);
      }
    } else {
      told.put(edge, new Told(before.news, before.atNanos, false));
      if (before.answers) {
        log.warn("{} does not answer: {}", edge, failure.toString());
      }
    }
    return null;
  }

  /** The streams that one of the edges has. */
  public List<StreamPath> streams() {
    return present().flatMap(news -> news.streams().keySet().stream()).distinct().sorted().toList();
  }

  /** How a stream is doing, by who knows its newest session; empty if no edge has it. */
  public Optional<SiteNews.Stream> of(StreamPath path) {
    return present()
        .flatMap(news -> Optional.ofNullable(news.streams().get(path)).stream())
        .max(
            java.util.Comparator.comparingLong(SiteNews.Stream::epoch)
                .thenComparing(stream -> stream.state() == Holding.State.LIVE));
  }

  /** How many edges answer. */
  public int answering() {
    return (int) told.values().stream().filter(Told::answers).count();
  }

  private Stream<SiteNews> present() {
    long now = nanoTime.getAsLong();
    return told.values().stream().filter(each -> now - each.atNanos < KEPT_NANOS).map(Told::news);
  }
}

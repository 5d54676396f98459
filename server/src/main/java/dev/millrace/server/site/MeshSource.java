package dev.millrace.server.site;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.Segment;
import dev.millrace.media.log.StreamView;
import dev.millrace.relay.mesh.Mesh;
import dev.millrace.relay.mesh.MeshTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Streams whose parts are asked of the site's mesh, which asks an edge where the site has them not;
 * logs and initialization sections come from the merged source. Whole segments are put together
 * from parts. Whoever asks for a part of a rendition wants what follows for a while, so that its
 * parts come before they are asked for. Any thread.
 */
public final class MeshSource implements PartSource {
  /** Longer than players leave between two segments. */
  private static final long WANTED_NANOS = TimeUnit.SECONDS.toNanos(12);

  private final MergedPartSource source;
  private final Mesh mesh;
  private final MeshTime time;

  /** What players here ask for, and until when; of the mesh's executor. */
  private final Map<Wanted, Long> wanted = new HashMap<>();

  private record Wanted(StreamPath path, String rendition) {}

  public MeshSource(MergedPartSource source, Mesh mesh, MeshTime time) {
    this.source = source;
    this.mesh = mesh;
    this.time = time;
  }

  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    return source.follow(path, follower);
  }

  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    return source.watch(path, watcher);
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    Optional<FileName> name = FileName.parse(file);
    if (name.isPresent() && name.get() instanceof FileName.Part(LogPosition at)) {
      return part(path, rendition, at);
    }
    if (name.isPresent() && name.get() instanceof FileName.Segment segment) {
      List<PartEntry> parts = parts(path, rendition, segment);
      if (!parts.isEmpty()) {
        return whole(path, rendition, parts);
      }
    }
    return source.bytes(path, rendition, file);
  }

  private CompletionStage<Bytes> part(StreamPath path, String rendition, LogPosition at) {
    CompletableFuture<Bytes> result = new CompletableFuture<>();
    time.execute(
        () -> {
          Wanted key = new Wanted(path, rendition);
          if (wanted.put(key, time.nanoTime() + WANTED_NANOS) == null) {
            mesh.want(path, rendition);
          }
          mesh.part(path, rendition, at)
              .whenComplete(
                  (bytes, failure) -> {
                    if (failure == null) {
                      result.complete(bytes);
                    } else if (failure instanceof NoSuchFileException) {
                      result.completeExceptionally(failure);
                    } else {
                      fromEdge(path, rendition, at, result);
                    }
                  });
        });
    return result;
  }

  /**
   * What the mesh does not keep, or could not fetch for another reason than that it may not: all
   * relays of the site at once are too much for its line.
   */
  private void fromEdge(
      StreamPath path, String rendition, LogPosition at, CompletableFuture<Bytes> result) {
    source
        .bytes(path, rendition, new FileName.Part(at).toString())
        .whenComplete(
            (bytes, failure) -> {
              if (failure == null) {
                result.complete(bytes);
              } else {
                result.completeExceptionally(failure);
              }
            });
  }

  /** The parts of a segment that is complete; none if it is not, or has nothing to ask for. */
  private List<PartEntry> parts(StreamPath path, String rendition, FileName.Segment name) {
    StreamView view = source.views().get(path);
    return view == null
        ? List.of()
        : view.rendition(rendition).stream()
            .flatMap(it -> it.completeSegments().stream())
            .filter(segment -> segment.fileName().equals(name) && !segment.gap())
            .findFirst()
            .map(Segment::parts)
            .orElse(List.of());
  }

  private CompletionStage<Bytes> whole(StreamPath path, String rendition, List<PartEntry> parts) {
    List<CompletableFuture<Bytes>> asked =
        parts.stream()
            .map(part -> part(path, rendition, part.position()).toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .thenApply(all -> Bytes.concat(asked.stream().map(CompletableFuture::join).toList()));
  }

  /** Lets go of what nobody has asked for of late; on the mesh's executor. */
  public void sweep() {
    long now = time.nanoTime();
    wanted
        .entrySet()
        .removeIf(
            each -> {
              boolean over = each.getValue() - now < 0;
              if (over) {
                mesh.unwant(each.getKey().path(), each.getKey().rendition());
              }
              return over;
            });
  }

  @Override
  public CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    return source.fetchPoster(path);
  }

  @Override
  public List<StreamPath> streams() {
    return source.streams();
  }
}

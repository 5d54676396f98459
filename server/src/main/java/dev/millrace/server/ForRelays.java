package dev.millrace.server;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.PartSource.NoSuchFileException;
import dev.millrace.media.log.Picture;
import dev.millrace.origin.http.ReadSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * What the relays of one site read at an edge: what its viewers are shown, of the streams that are
 * for the site. The others are not there for it. Immutable; any thread.
 *
 * @param media from the edge's cache
 * @param allowed the streams for this site
 */
record ForRelays(
    ClusterRoom cluster, SharedStreams shared, SiteRoom.Media media, Predicate<StreamPath> allowed)
    implements ReadSource {
  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    if (!allowed.test(path)) {
      watcher.gone("the stream is not known there");
      return () -> {};
    }
    return shared.forViewers().watch(path, watcher);
  }

  @Override
  public boolean isReadable(StreamPath path) {
    return allowed.test(path) && !cluster.view().holders(path).isEmpty();
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    return allowed.test(path)
        ? media.bytes(path, rendition, file)
        : CompletableFuture.failedFuture(new NoSuchFileException(file));
  }

  @Override
  public Optional<Picture> poster(StreamPath path) {
    return allowed.test(path) ? shared.forViewers().poster(path) : Optional.empty();
  }

  @Override
  public List<StreamPath> streams() {
    return cluster.view().streams().stream().filter(allowed).toList();
  }
}

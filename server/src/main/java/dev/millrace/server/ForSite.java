package dev.millrace.server;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.Picture;
import dev.millrace.origin.http.ReadSource;
import dev.millrace.server.site.UpstreamNews;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What other relays of its site read at a relay: logs, which are signed. Immutable; any thread.
 *
 * @param news of the streams that edges have
 */
record ForSite(MergedPartSource source, UpstreamNews news) implements ReadSource {
  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    return source.watch(path, watcher);
  }

  @Override
  public boolean isReadable(StreamPath path) {
    return news.of(path).isPresent();
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    return source.bytes(path, rendition, file);
  }

  @Override
  public Optional<Picture> poster(StreamPath path) {
    return source.poster(path);
  }

  @Override
  public List<StreamPath> streams() {
    return news.streams();
  }
}

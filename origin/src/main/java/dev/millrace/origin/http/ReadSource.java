package dev.millrace.origin.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.PartSource.Following;
import dev.millrace.media.log.Picture;
import dev.millrace.origin.OriginStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What other nodes read of this one. Any thread; nothing waits. */
public interface ReadSource {
  /** As {@link PartSource#watch}: a stream that nobody knows yet is waited for. */
  Following watch(StreamPath path, LogWatcher watcher);

  /** Whether the stream is here, also if it has ended; asked four times a second for each log. */
  boolean isReadable(StreamPath path);

  /** As {@link PartSource#bytes}. */
  CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file);

  /** The newest poster. */
  Optional<Picture> poster(StreamPath path);

  /** The streams that can be read. */
  List<StreamPath> streams();

  /** A node's own store. */
  static ReadSource of(OriginStore store) {
    return new ReadSource() {
      @Override
      public Following watch(StreamPath path, LogWatcher watcher) {
        return store.watch(path, watcher);
      }

      @Override
      public boolean isReadable(StreamPath path) {
        return store.view(path).isPresent();
      }

      @Override
      public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
        return store.bytes(path, rendition, file);
      }

      @Override
      public Optional<Picture> poster(StreamPath path) {
        return store.poster(path);
      }

      @Override
      public List<StreamPath> streams() {
        return store.streams();
      }
    };
  }
}

package dev.millrace.server.site;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartSource;
import dev.millrace.relay.mesh.Mesh;
import dev.millrace.relay.mesh.MeshTime;
import java.util.HashMap;
import java.util.Map;

/** The signed logs that a mesh follows: what it is told of them. The mesh's executor. */
public final class MeshStreams {
  private final PartSource source;
  private final MeshTime time;
  private final Mesh mesh;
  private final Map<StreamPath, Watch> watched = new HashMap<>();

  /**
   * @param source tells what is signed only
   */
  public MeshStreams(PartSource source, MeshTime time, Mesh mesh) {
    this.source = source;
    this.time = time;
    this.mesh = mesh;
  }

  /** Tells the mesh of a log from now on. */
  public void follow(StreamPath path) {
    watched.computeIfAbsent(
        path,
        key -> {
          Watch watch = new Watch(key);
          watch.following = source.watch(key, watch);
          return watch;
        });
  }

  /** Tells no more of it. */
  public void unfollow(StreamPath path) {
    Watch watch = watched.remove(path);
    if (watch != null) {
      watch.following.close();
    }
  }

  /** Tells no more of any. */
  public void close() {
    watched.values().forEach(watch -> watch.following.close());
    watched.clear();
  }

  /** One log. Its methods are called on the source's thread, in order. */
  private final class Watch implements LogWatcher {
    private final StreamPath path;
    private PartSource.Following following = () -> {};

    /** Of the mesh's executor. */
    private boolean live;

    Watch(StreamPath path) {
      this.path = path;
    }

    @Override
    public void record(LogRecord record) {
      switch (record) {
        case LogRecord.Appended(String rendition, var entry) ->
            tell(() -> mesh.signed(path, rendition, entry, live));
        case LogRecord.Opened ignored -> tell(() -> mesh.ended(path));
        case LogRecord.Ended ignored -> tell(() -> mesh.ended(path));
        default -> {}
      }
    }

    @Override
    public void windowComplete() {
      tell(() -> live = true);
    }

    private void tell(Runnable news) {
      time.execute(
          () -> {
            if (watched.get(path) == this) {
              news.run();
            }
          });
    }
  }
}

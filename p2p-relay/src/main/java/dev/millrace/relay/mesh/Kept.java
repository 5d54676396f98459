package dev.millrace.relay.mesh;

import dev.millrace.relay.mesh.ObjectState.Phase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * How long parts are kept: their bytes for 60 s, fewer where there is no room, and that they were
 * for as long as a window lasts, so that none is taken twice. Mesh's executor.
 */
final class Kept {
  private static final long KEEP = TimeUnit.SECONDS.toNanos(60);
  private static final int MAX_KNOWN = 1200;

  private final Ground ground;
  private final Deque<ObjectState> whole = new ArrayDeque<>();
  private long bytes;

  Kept(Ground ground) {
    this.ground = ground;
  }

  void add(ObjectState object) {
    whole.add(object);
    bytes += object.size();
    while (bytes > ground.settings().keptBytes()) {
      release();
    }
  }

  private void release() {
    ObjectState object = whole.remove();
    bytes -= object.size();
    object.phase(Phase.EXPIRED);
  }

  /** Some four times a second. */
  void sweep(Iterable<Rendition> renditions) {
    long now = ground.now();
    while (!whole.isEmpty() && now - whole.getFirst().signedAt > KEEP) {
      release();
    }
    for (Rendition rendition : renditions) {
      while (rendition.objects.size() > MAX_KNOWN
          || (rendition.isIdle() && !rendition.objects.isEmpty())) {
        rendition.forgotten = rendition.objects.pollFirstEntry().getKey();
      }
    }
  }
}

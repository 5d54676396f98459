package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What all pieces of a mesh stand on. Mesh's executor. */
record Ground(
    SiteRelay self,
    MeshSettings settings,
    Controls controls,
    MeshTime time,
    RandomGenerator random,
    EdgeFetch edge,
    MeshHost host,
    Multicast multicast,
    PartCheck check,
    Counts counts) {

  static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** For so long neighbours are asked for a part for which players wait; nanoseconds. */
  static final long LATE = ms(3000);

  /** How long a part is asked for and sent: 2 D (section 7, control 2); nanoseconds. */
  long lifetime(Rendition rendition) {
    return controls.fresh() ? 2 * rendition.deadline() : TimeUnit.SECONDS.toNanos(10);
  }

  long now() {
    return time.nanoTime();
  }

  Bytes id() {
    return self.id();
  }

  void afterMs(long millis, Runnable task) {
    time.after(ms(millis), task);
  }
}

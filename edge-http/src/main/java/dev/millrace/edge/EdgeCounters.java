package dev.millrace.edge;

import java.util.concurrent.atomic.LongAdder;

/** What this edge has answered since it started. Any thread. */
final class EdgeCounters {
  final LongAdder bodyBytes = new LongAdder();
  final LongAdder playlists = new LongAdder();
  final LongAdder mediaFiles = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder unavailable = new LongAdder();
  final LongAdder failed = new LongAdder();

  /** An answer that says why it is not what was asked for. */
  void failure(int status) {
    if (status == 503) {
      unavailable.increment();
    } else if (status >= 500) {
      failed.increment();
    } else {
      refused.increment();
    }
  }
}

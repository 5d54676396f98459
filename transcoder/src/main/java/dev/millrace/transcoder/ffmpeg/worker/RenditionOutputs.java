package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.transcoder.packager.RungWriter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The renditions of one presentation that go to a sink. {@link #open}: any thread. */
final class RenditionOutputs implements AutoCloseable {
  private static final long MAX_END_MS = 10_000;

  private final RenditionSink sink;
  private final FeedRecord.Opened presentation;
  private final Failure failure;
  private final List<QueuedRung> rungs = new CopyOnWriteArrayList<>();

  RenditionOutputs(RenditionSink sink, FeedRecord.Opened presentation, Failure failure) {
    this.sink = sink;
    this.presentation = presentation;
    this.failure = failure;
  }

  /** Begins a rendition. */
  RungSink open(String name) {
    RungWriter writer =
        new RungWriter(
            sink, presentation.path(), presentation.epoch(), presentation.targets(), name);
    QueuedRung rung = new QueuedRung(name, writer, failure);
    rungs.add(rung);
    return rung;
  }

  /** Waits until all renditions, which have been ended, are written. */
  void finish() throws InterruptedException {
    for (QueuedRung rung : rungs) {
      if (!rung.awaitEnd(MAX_END_MS)) {
        failure.set(new IllegalStateException("the origin does not take the end of a rendition"));
      }
    }
    failure.check();
  }

  @Override
  public void close() {
    rungs.forEach(QueuedRung::stop);
  }
}

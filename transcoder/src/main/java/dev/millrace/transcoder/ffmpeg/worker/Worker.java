package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.feed.FeedReader;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.transcoder.packager.SupersededException;
import dev.millrace.transcoder.worker.WorkerStatus;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a feed to its end and writes the renditions that it asks for. {@link #run} once, on one
 * thread; {@link #look} and {@link #status} on another, at short intervals.
 */
public final class Worker {
  /** The largest frame that a feed may hold. */
  private static final int MAX_TAG_BYTES = 16 << 20;

  private static final int READ_BYTES = 64 << 10;

  private final PipelineSettings settings;
  private final RenditionSink parts;
  private final PictureSink pictures;
  private final Consumer<String> events;
  private final DoubleSupplier idleProcessors;
  private final LongSupplier nanoTime;

  /** Replaced by the thread that runs. */
  private volatile @Nullable Presentation current;

  private boolean ended;

  /** Everything that belongs to one presentation; closed from the top down. */
  private record Presentation(Pipeline pipeline, Downstream pictures, RenditionOutputs outputs)
      implements AutoCloseable {
    void end() throws InterruptedException {
      pipeline.end();
      outputs.finish();
    }

    @Override
    public void close() {
      pipeline.close();
      if (pictures instanceof PictureMaker maker) {
        maker.close();
      }
      outputs.close();
    }
  }

  /**
   * @param events hears what an operator should know, one sentence each, on any thread
   * @param idleProcessors how many processors of the machine have nothing to do
   */
  public Worker(
      PipelineSettings settings,
      RenditionSink parts,
      PictureSink pictures,
      Consumer<String> events,
      DoubleSupplier idleProcessors,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.parts = parts;
    this.pictures = pictures;
    this.events = events;
    this.idleProcessors = idleProcessors;
    this.nanoTime = nanoTime;
  }

  /**
   * Works until the feed says that the presentation is over, or the renditions have another writer.
   *
   * @throws IOException if the feed breaks off
   * @throws WorkerException if the work cannot go on
   */
  public void run(InputStream feed) throws IOException, InterruptedException {
    FeedReader reader = new FeedReader(MAX_TAG_BYTES, nanoTime, this::accept);
    byte[] buffer = new byte[READ_BYTES];
    try {
      for (int count = feed.read(buffer); count >= 0 && !ended; count = feed.read(buffer)) {
        reader.feed(buffer, 0, count);
      }
      if (!ended) {
        throw new IOException("the feed broke off");
      }
      Presentation last = current;
      if (last != null) {
        last.end();
      }
    } catch (WorkerException e) {
      if (!(e.getCause() instanceof SupersededException)) {
        throw e;
      }
      if (!ended) {
        events.accept("the worker ends: " + e.getMessage());
      } // else the presentation was closed before its last parts came, as it may
    } finally {
      closeCurrent();
    }
  }

  private void accept(FeedRecord record) {
    switch (record) {
      case FeedRecord.Opened opened -> {
        closeCurrent();
        current = open(opened);
      }
      case FeedRecord.Ended _ -> ended = true;
      default -> {
        Presentation open = current;
        if (open != null) {
          open.pipeline().accept(record);
        }
      }
    }
  }

  private Presentation open(FeedRecord.Opened opened) {
    Failure failure = new Failure();
    RenditionOutputs outputs = new RenditionOutputs(parts, opened, failure);
    Downstream end =
        settings.posterIntervalUs() > 0
            ? new PictureMaker(opened, pictures, settings, events)
            : new NoPictures();
    Pipeline pipeline =
        new Pipeline(settings, failure, outputs::open, end, events, idleProcessors, nanoTime);
    return new Presentation(pipeline, end, outputs);
  }

  private void closeCurrent() {
    Presentation open = current;
    current = null;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Looks whether the machine keeps up.
   *
   * @return what hangs, a sentence; then nothing but the end of the process helps
   */
  public Optional<String> look() {
    Presentation open = current;
    if (open == null) {
      return Optional.empty();
    }
    open.pipeline().look();
    return open.pipeline().stuck();
  }

  /** How it fares. */
  public WorkerStatus status() {
    Presentation open = current;
    return open == null ? new WorkerStatus(0, 0, 0, "", List.of()) : open.pipeline().status();
  }
}

package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.SegmentMark;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * One presentation from the feed to its encoded renditions. {@link #accept} on one thread; the
 * facts on any.
 */
final class Pipeline implements AutoCloseable {
  /** Frames of video that may wait for the decoder: ten seconds of 60 a second. */
  private static final int WAITING_VIDEO = 600;

  private final Failure failure = new Failure();
  private final Cascade cascade;
  private final VideoPath videoPath;
  private final Stage<VideoPath.Item> video;
  private boolean ended;

  /**
   * @param renditions gives the sink of a rendition when it is first needed
   * @param events hears what an operator should know, one sentence each, on any thread
   */
  Pipeline(
      PipelineSettings settings,
      Function<String, RungSink> renditions,
      Downstream pictures,
      Consumer<String> events,
      LongSupplier nanoTime) {
    cascade = new Cascade(settings, renditions, pictures, events, failure, nanoTime);
    videoPath = new VideoPath(cascade, settings, events);
    video = new Stage<>("decode", WAITING_VIDEO, failure, videoPath);
  }

  /**
   * Takes the next record; waits where the pipeline is slower than a source that can wait.
   *
   * @throws WorkerException if the pipeline cannot go on
   */
  void accept(FeedRecord record) {
    failure.check();
    switch (record) {
      case FeedRecord.Opened _, FeedRecord.Ended _ -> {}
      case FeedRecord.Mark(SegmentMark mark) -> video.put(new VideoPath.Item.Mark(mark));
      case FeedRecord.Tracks tracks ->
          video.put(new VideoPath.Item.Tracks(firstVideo(tracks.tracks()), tracks.plan()));
      case FeedRecord.Media(Frame frame) -> {
        if (frame.type() == MediaType.VIDEO) {
          video.put(new VideoPath.Item.Media(frame));
        } else {
          video.offer(new VideoPath.Item.Clock(frame.dtsUs()));
        }
      }
    }
  }

  private static Optional<Track.Video> firstVideo(List<Track> tracks) {
    return tracks.stream()
        .filter(Track.Video.class::isInstance)
        .map(Track.Video.class::cast)
        .findFirst();
  }

  /** The presentation is over: finishes all renditions. */
  void end() {
    if (!ended) {
      ended = true;
      video.end();
    }
    failure.check();
  }

  /** Stops; what is not finished stays so. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      failure.set(new IllegalStateException("stopped"));
      video.end();
    }
  }
}

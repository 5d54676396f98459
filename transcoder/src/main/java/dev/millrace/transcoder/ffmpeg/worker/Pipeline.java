package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
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
  private static final long NONE = Long.MIN_VALUE;

  /** Frames of video that may wait for the decoder: ten seconds of 60 a second. */
  private static final int WAITING_VIDEO = 600;

  private static final int WAITING_AUDIO = 600;

  /** How often each of audio and video hears of the other's time. */
  private static final long CLOCK_US = 100_000;

  private final Failure failure = new Failure();
  private final Cascade cascade;
  private final VideoPath videoPath;
  private final Stage<VideoPath.Item> video;
  private final Stage<AudioPath.Item> audio;
  private long videoClockUs = NONE;
  private long audioClockUs = NONE;
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
    audio = new Stage<>("audio", WAITING_AUDIO, failure, new AudioPath(renditions));
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
      case FeedRecord.Mark(SegmentMark mark) -> {
        video.put(new VideoPath.Item.Mark(mark));
        audio.put(new AudioPath.Item.Mark(mark));
        videoClockUs = NONE;
        audioClockUs = NONE;
      }
      case FeedRecord.Tracks(List<Track> tracks, long _, LadderPlan plan) -> {
        Optional<Track.Video> picture = first(tracks, Track.Video.class);
        Optional<Track.Audio> sound = first(tracks, Track.Audio.class);
        video.put(new VideoPath.Item.Tracks(picture, plan));
        audio.put(new AudioPath.Item.Tracks(sound, plan.audio(), picture.isPresent()));
      }
      case FeedRecord.Media(Frame frame) -> {
        if (frame.type() == MediaType.VIDEO) {
          video(frame);
        } else {
          audio(frame);
        }
      }
    }
  }

  private void video(Frame frame) {
    video.put(new VideoPath.Item.Media(frame));
    if (videoClockUs == NONE || frame.dtsUs() - videoClockUs >= CLOCK_US) {
      videoClockUs = frame.dtsUs();
      audio.put(new AudioPath.Item.Clock(videoClockUs));
    }
  }

  private void audio(Frame frame) {
    audio.put(new AudioPath.Item.Media(frame));
    if (audioClockUs == NONE || frame.dtsUs() - audioClockUs >= CLOCK_US) {
      audioClockUs = frame.dtsUs();
      video.offer(new VideoPath.Item.Clock(audioClockUs));
    }
  }

  private static <T extends Track> Optional<T> first(List<Track> tracks, Class<T> kind) {
    return tracks.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** The presentation is over: finishes all renditions. */
  void end() {
    if (!ended) {
      ended = true;
      video.end();
      audio.end();
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
      audio.end();
    }
  }
}

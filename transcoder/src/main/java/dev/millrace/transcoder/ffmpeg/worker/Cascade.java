package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Track;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.log.SegmentMark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The rungs of a plan, each scaled from the one before, the pictures at the end. A new plan ends
 * all encoders and begins new ones; renditions that stay keep their sinks. {@link #lanes}: any
 * thread; else the decoder's thread.
 */
final class Cascade {
  /** What is assumed where nobody says. */
  private static final double FRAME_RATE = 30;

  private final PipelineSettings settings;
  private final Function<String, RungSink> renditions;
  private final Downstream pictures;
  private final EncoderNews news;
  private final Failure failure;
  private final LongSupplier nanoTime;
  private final Map<String, RungSink> sinks = new HashMap<>();

  /** Replaced as a whole, so that other threads may look. */
  private volatile List<VideoLane> lanes = List.of();

  /** Frames encoded by lanes that have ended. */
  private volatile long framesBefore;

  private Downstream head;

  Cascade(
      PipelineSettings settings,
      Function<String, RungSink> renditions,
      Downstream pictures,
      Consumer<String> events,
      Failure failure,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.renditions = renditions;
    this.pictures = pictures;
    this.news = new EncoderNews(events);
    this.failure = failure;
    this.nanoTime = nanoTime;
    this.head = pictures;
  }

  /** From the largest to the smallest. */
  List<VideoLane> lanes() {
    return lanes;
  }

  /** Whether no rung is encoded at present: then key frames are enough, for the pictures. */
  boolean needsNothing() {
    return lanes.stream().allMatch(VideoLane::isShed);
  }

  /** Frames encoded by earlier plans. Any thread. */
  long framesBefore() {
    return framesBefore;
  }

  private void endLanes() {
    head.end();
    long before = framesBefore;
    for (VideoLane lane : lanes) {
      before += lane.meter().frames();
    }
    lanes = List.of();
    framesBefore = before;
  }

  /** Ends the encoders that run and begins those of the plan. */
  void build(Track.Video track, LadderPlan plan) {
    endLanes();
    List<String> names = plan.video().stream().map(VideoRung::name).toList();
    sinks.keySet().stream().filter(name -> !names.contains(name)).toList().forEach(this::endSink);
    double sourceRate = track.frameRate().orElse(FRAME_RATE);
    List<VideoLane> built = new ArrayList<>();
    Downstream below = pictures;
    for (VideoRung rung : plan.video().reversed()) {
      RungSink sink = sinks.computeIfAbsent(rung.name(), renditions);
      double rate = sourceRate / rung.frameDivisor();
      int threads =
          settings.encoderThreads(Math.round((double) rung.width() * rung.height() * rate));
      RungEncoder encoder =
          new RungEncoder(
              new EncoderSettings(rung, settings.preset(), rate, threads),
              EncoderSettings.candidates(rung.codec(), settings.encoder()),
              sink,
              news);
      VideoLane lane = new VideoLane(rung, encoder, sink, below, failure, nanoTime);
      built.addFirst(lane);
      below = lane;
    }
    head = below;
    lanes = List.copyOf(built);
  }

  private void endSink(String name) {
    RungSink sink = sinks.remove(name);
    if (sink != null) {
      sink.end();
    }
  }

  void mark(SegmentMark mark) {
    head.mark(mark);
  }

  /** Takes a frame. */
  void frame(VideoFrame frame) {
    if (head.wants(frame.ordinal())) {
      head.frame(frame);
    } else {
      head.progress(frame.ptsUs());
      frame.close();
    }
  }

  void progress(long sessionUs) {
    head.progress(sessionUs);
  }

  /** No more will come: finishes, then ends all renditions if {@code complete}. */
  void end(boolean complete) {
    endLanes();
    head = pictures;
    if (complete) {
      List.copyOf(sinks.keySet()).forEach(this::endSink);
    }
  }
}

package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.worker.WorkerStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * One presentation from the feed to its encoded renditions. {@link #accept}, {@link #end} and
 * {@link #close} on one thread; {@link #look}, {@link #stuck} and {@link #status} on another.
 */
final class Pipeline implements AutoCloseable {
  private static final long NONE = Long.MIN_VALUE;

  /** Frames of video that may wait for the decoder: ten seconds of 60 a second. */
  private static final int WAITING_VIDEO = 600;

  /** The same where the source waits: enough to keep the decoder busy. */
  private static final int WAITING_UNHURRIED = 30;

  private static final long WAITING_VIDEO_BYTES = 24 << 20;
  private static final int WAITING_AUDIO = 1_000;

  /** How often each of audio and video hears of the other's time. */
  private static final long CLOCK_US = 100_000;

  /** A difference of times that are not of one timeline. */
  private static final long IMPOSSIBLE_US = 60_000_000;

  /** Far longer than one picture takes on a machine that has too much to do. */
  private static final long STUCK_NANOS = 8_000_000_000L;

  private static final String TOO_SLOW = "the machine is too slow";

  private final boolean live;
  private final Failure failure;
  private final Cascade cascade;
  private final VideoPath videoPath;
  private final AudioPath audioPath;
  private final Stage<VideoPath.Item> video;
  private final Stage<AudioPath.Item> audio;
  private final LoadControl control;
  private final AtomicLong waitingBytes = new AtomicLong();

  // Of the feed's thread:
  private boolean keyAwaited;
  private long videoClockUs = NONE;
  private long audioClockUs = NONE;
  private boolean ended;

  // Written by the feed's thread, read by the other:
  private volatile LadderPlan plan = LadderPlan.NONE;
  private volatile long framesRead;
  private volatile long framesLost;
  private volatile long videoReadUs = NONE;

  /**
   * @param failure where this and everything around it says that it cannot go on
   * @param renditions gives the sink of a rendition when it is first needed
   * @param pictures the end of the cascade
   * @param events hears what an operator should know, one sentence each, on any thread
   * @param idleProcessors how many processors of the machine have nothing to do
   */
  Pipeline(
      PipelineSettings settings,
      Failure failure,
      Function<String, RungSink> renditions,
      Downstream pictures,
      Consumer<String> events,
      DoubleSupplier idleProcessors,
      LongSupplier nanoTime) {
    this.live = settings.live();
    this.failure = failure;
    cascade = new Cascade(settings, renditions, pictures, events, failure, nanoTime);
    videoPath = new VideoPath(cascade, events);
    audioPath = new AudioPath(renditions, events);
    video =
        new Stage<>(
            "decode",
            live ? WAITING_VIDEO : WAITING_UNHURRIED,
            failure,
            nanoTime,
            new Counted(videoPath, waitingBytes));
    audio = new Stage<>("audio", WAITING_AUDIO, failure, nanoTime, audioPath);
    control = new LoadControl(nanoTime, idleProcessors, events);
  }

  /** Keeps count of the bytes that wait. */
  private record Counted(VideoPath path, AtomicLong bytes) implements Stage.Work<VideoPath.Item> {
    @Override
    public void accept(VideoPath.Item item) {
      if (item instanceof VideoPath.Item.Media(Frame frame)) {
        bytes.addAndGet(-frame.data().length());
      }
      path.accept(item);
    }

    @Override
    public void discard(VideoPath.Item item) {
      path.discard(item);
    }

    @Override
    public void finish() {
      path.finish();
    }

    @Override
    public void close() {
      path.close();
    }
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
      case FeedRecord.Tracks(List<Track> tracks, long _, LadderPlan newPlan) -> {
        Optional<Track.Video> picture = first(tracks, Track.Video.class);
        Optional<Track.Audio> sound = first(tracks, Track.Audio.class);
        plan = newPlan;
        video.put(new VideoPath.Item.Tracks(picture, newPlan));
        audio.put(new AudioPath.Item.Tracks(sound, newPlan.audio(), picture.isPresent()));
      }
      case FeedRecord.Media(Frame frame) -> media(frame);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void media(Frame frame) {
    framesRead++;
    if (frame.type() == MediaType.VIDEO) {
      video(frame);
    } else {
      audio(frame);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void video(Frame frame) {
    videoReadUs = frame.dtsUs();
    if (keyAwaited && !frame.key()) {
      framesLost++;
    } else if (give(frame)) {
      keyAwaited = false;
    } else {
      keyAwaited = true;
      framesLost++;
    }
    if (videoClockUs == NONE || frame.dtsUs() - videoClockUs >= CLOCK_US) {
      videoClockUs = frame.dtsUs();
      audio.put(new AudioPath.Item.Clock(videoClockUs));
    }
  }

  /** False if there is no room: what cannot wait is lost up to the next key frame. */
  private boolean give(Frame frame) {
    VideoPath.Item item = new VideoPath.Item.Media(frame);
    waitingBytes.addAndGet(frame.data().length());
    if (!live) {
      video.put(item);
      return true;
    }
    if (waitingBytes.get() <= WAITING_VIDEO_BYTES && video.offer(item)) {
      return true;
    }
    waitingBytes.addAndGet(-frame.data().length());
    return false;
  }

  private void audio(Frame frame) {
    audio.put(new AudioPath.Item.Media(frame));
    if (audioClockUs == NONE || frame.dtsUs() - audioClockUs >= CLOCK_US) {
      audioClockUs = frame.dtsUs();
      var _ = video.offer(new VideoPath.Item.Clock(audioClockUs));
    }
  }

  private static <T extends Track> Optional<T> first(List<Track> tracks, Class<T> kind) {
    return tracks.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** Looks whether the machine keeps up, and leaves rungs out or takes them back. */
  void look() {
    if (live) {
      boolean firstIsSource = !plan.replacesVideo().isEmpty();
      control.look(cascade.lanes(), firstIsSource, lagUs(), framesLost);
    }
  }

  /**
   * What does not come to an end, a sentence; empty if all is well. A native codec that hangs would
   * look like a slow machine for ever.
   */
  Optional<String> stuck() {
    List<Stage<?>> stages = new ArrayList<>();
    cascade.lanes().reversed().forEach(lane -> stages.add(lane.stage()));
    stages.add(video);
    stages.add(audio);
    return stages.stream()
        .filter(stage -> stage.busyNanos() > STUCK_NANOS)
        .findFirst()
        .map(stage -> "\"" + stage.name() + "\" does not come to an end");
  }

  /** Media time that waits: for the decoder, and for the slowest rung behind it. */
  private long lagUs() {
    long slowest = 0;
    for (VideoLane lane : cascade.lanes()) {
      if (!lane.isShed()) {
        slowest = Math.max(slowest, behind(videoPath.presentedUs(), lane.meter().atUs()));
      }
    }
    return behind(videoReadUs, videoPath.decodedUs()) + slowest;
  }

  private static long behind(long firstUs, long secondUs) {
    long behind = firstUs == NONE || secondUs == NONE ? 0 : firstUs - secondUs;
    return behind < 0 || behind > IMPOSSIBLE_US ? 0 : behind;
  }

  /** How it fares. */
  WorkerStatus status() {
    List<VideoLane> lanes = cascade.lanes();
    List<WorkerStatus.Rung> rungs = new ArrayList<>();
    long encoded = 0;
    Set<String> encoders = new LinkedHashSet<>();
    for (VideoLane lane : lanes) {
      Meter meter = lane.meter();
      encoded += meter.frames();
      encoders.add(lane.encoderName());
      boolean shed = lane.shedWanted();
      rungs.add(
          new WorkerStatus.Rung(
              lane.rung().name(), meter.speed(), shed ? 0 : meter.fps(), shed ? TOO_SLOW : ""));
    }
    encoders.remove(""); // not opened yet
    plan.audio().forEach(rung -> rungs.add(new WorkerStatus.Rung(rung.name(), 0, 0, "")));
    return new WorkerStatus(
        framesRead,
        encoded + cascade.framesBefore() + audioPath.decodedFrames(),
        lagUs() / 1000,
        String.join(", ", encoders),
        rungs);
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

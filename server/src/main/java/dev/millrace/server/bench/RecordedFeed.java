package dev.millrace.server.bench;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Publication;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamEvent;
import dev.millrace.media.live.Subscription;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * An FLV file as the feed that a worker would get of it, with a segment at each key frame that is
 * far enough from the one before.
 */
final class RecordedFeed {
  static final StreamPath PATH = new StreamPath("bench", "transcode");

  /** Key frames may come a little early. */
  private static final long EARLY_US = 100_000;

  /** Records that begin a presentation, with some ten frames of video. */
  private static final int BEGINNING = 30;

  private final List<FeedRecord> records = new ArrayList<>();
  private final Function<List<Track>, LadderPlan> planner;
  private final List<Double> keyFrameSeconds = new ArrayList<>();
  private LadderPlan plan = LadderPlan.NONE;
  private long pdtUs;
  private long originUs = Long.MIN_VALUE;
  private long lastMarkUs;
  private long lastUs;
  private long msn;
  private long videoFrames;

  private RecordedFeed(Function<List<Track>, LadderPlan> planner) {
    this.planner = planner;
  }

  /**
   * Reads a file whole.
   *
   * @throws IOException if it cannot be read or has no video
   */
  static RecordedFeed read(Path flv, Function<List<Track>, LadderPlan> planner) throws IOException {
    RecordedFeed feed = new RecordedFeed(planner);
    List<FlvTag> tags = new ArrayList<>();
    byte[] file = Files.readAllBytes(flv);
    new FlvFileReader(16 << 20, tags::add).feed(file, 0, file.length);
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        LiveStreams streams =
            new LiveStreams(LiveConfig.DEFAULT, InstantSource.system(), System::nanoTime, timer)) {
      feed.collect(tags, streams);
      timer.shutdownNow(); // nobody comes back to this stream
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (feed.videoFrames == 0) {
      throw new IOException(flv + " has no video that can be published");
    }
    return feed;
  }

  private void collect(List<FlvTag> tags, LiveStreams streams)
      throws InterruptedException, IOException {
    PublishRequest request =
        new PublishRequest(
            new Grant(PATH, "bench"), new PublisherFacts("file", "bench", "flv"), () -> {});
    if (!(streams.publish(request) instanceof PublishResult.Accepted accepted)) {
      throw new IOException("the hub refuses the file");
    }
    Publication publication = accepted.publication();
    long startMs = publication.stream().facts().startedAt().toEpochMilli();
    pdtUs = startMs * 1000;
    msn = startMs / 2000;
    records.add(new FeedRecord.Opened(PATH, publication.epoch(), Targets.DEFAULT));
    try (Subscription subscription = publication.stream().subscribe()) {
      FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
      for (FlvTag tag : tags) {
        publisher.tag(
            tag.type(), tag.timestamp(), tag.body(), 1_000_000L * Math.max(0, tag.timestamp()));
        take(subscription);
      }
    }
    publication.end("end of file");
    records.add(new FeedRecord.Ended());
  }

  private void take(Subscription subscription) throws InterruptedException {
    Optional<StreamEvent> next = subscription.poll(Duration.ZERO);
    while (next.isPresent()) {
      switch (next.get()) {
        case StreamEvent.TracksChanged changed -> {
          plan = planner.apply(changed.tracks());
          records.add(new FeedRecord.Tracks(changed.tracks(), changed.declaredBitrateBps(), plan));
        }
        case StreamEvent.FrameArrived(Frame frame) -> frame(frame);
        case StreamEvent.SessionStarted _,
            StreamEvent.TimeBroken _,
            StreamEvent.SessionEnded _,
            StreamEvent.StreamEnded _,
            StreamEvent.StreamFenced _ -> {}
      }
      next = subscription.poll(Duration.ZERO);
    }
  }

  private void frame(Frame frame) {
    boolean video = frame.type() == MediaType.VIDEO;
    boolean first = originUs == Long.MIN_VALUE;
    if (video
        && frame.key()
        && (first || frame.ptsUs() - lastMarkUs >= Targets.DEFAULT.segmentUs() - EARLY_US)) {
      originUs = first ? frame.ptsUs() : originUs;
      lastMarkUs = frame.ptsUs();
      long mediaUs = frame.ptsUs() - originUs;
      keyFrameSeconds.add(mediaUs / 1e6);
      records.add(
          new FeedRecord.Mark(
              new SegmentMark(msn++, 0, pdtUs + mediaUs, true, 1, mediaUs, originUs)));
    }
    if (originUs != Long.MIN_VALUE) {
      videoFrames += video ? 1 : 0;
      lastUs = Math.max(lastUs, frame.ptsUs());
      records.add(new FeedRecord.Media(frame));
    }
  }

  List<FeedRecord> records() {
    return records;
  }

  /** A presentation that is over after its first frames. */
  List<FeedRecord> beginning() {
    return Stream.concat(
            records.stream().limit(BEGINNING), Stream.<FeedRecord>of(new FeedRecord.Ended()))
        .toList();
  }

  LadderPlan plan() {
    return plan;
  }

  /** Where segments begin, seconds of media time. */
  List<Double> keyFrameSeconds() {
    return keyFrameSeconds;
  }

  long videoFrames() {
    return videoFrames;
  }

  double seconds() {
    return (lastUs - originUs) / 1e6;
  }
}

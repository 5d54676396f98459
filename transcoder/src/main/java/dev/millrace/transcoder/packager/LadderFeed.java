package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the packager of a stream tells its {@link Ladder}, and what follows from the ladder's plan:
 * which renditions players are to expect, and whether the source's own video is replaced.
 */
final class LadderFeed {
  private final Ladder ladder;
  private final PartSink sink;
  private final StreamPath path;

  private LadderPlan plan = LadderPlan.NONE;
  private @Nullable TracksChanged tracks;
  private boolean keyFramesFarApart;
  private boolean open;
  private boolean tracksTold;
  private long epoch;
  private List<String> passthrough = List.of();
  private List<String> expected = List.of();
  private int section;
  private boolean muted;

  LadderFeed(Ladder ladder, PartSink sink, StreamPath path) {
    this.ladder = ladder;
    this.sink = sink;
    this.path = path;
  }

  /** Whether every frame is wanted at once. */
  boolean wantsFrames() {
    return ladder.wantsFrames();
  }

  /** Other tracks follow. Told at once, so that a worker can start before there is a section. */
  void tracks(TracksChanged changed) {
    tracks = changed;
    tracksTold = false;
    passthrough = PassthroughTracks.names(changed);
    plan = ladder.plan(changed, keyFramesFarApart);
    tellTracks();
  }

  /** What is known of the distance of key frames; the plan may depend on it. */
  void keyFramesFarApart(boolean farApart) {
    TracksChanged present = tracks;
    if (farApart != keyFramesFarApart && present != null) {
      keyFramesFarApart = farApart;
      LadderPlan next = ladder.plan(present, farApart);
      if (!next.equals(plan)) {
        plan = next;
        tracksTold = false;
        tellTracks();
      }
    }
  }

  /** Whether an encoded rendition takes the place of the source's video, as far as can be hoped. */
  boolean replacesVideo() {
    return !plan.replacesVideo().isEmpty() && ladder.encodes();
  }

  /** Whether audio is encoded beside the source's, as far as can be hoped. */
  boolean encodesAudio() {
    return !plan.audio().isEmpty() && ladder.encodes();
  }

  /**
   * A presentation is open at the sink.
   *
   * @param tenure epoch under which this node writes it
   */
  void opened(long tenure, Targets targets) {
    open(tenure, targets, List.of());
    expect();
  }

  /** One that another node has written until now, with these rungs. */
  void adopted(long tenure, StreamView left, Collection<String> rungs) {
    open(tenure, left.targets(), left.expected());
    ladder.adopted(rungs);
  }

  private void open(long tenure, Targets targets, List<String> expectedAlready) {
    open = true;
    epoch = tenure;
    expected = expectedAlready;
    section = 0;
    muted = false;
    tracksTold = false;
    ladder.accept(new FeedRecord.Opened(path, epoch, targets));
  }

  /** A segment begins; before anything of it is written. */
  void mark(SegmentMark mark) {
    ladder.accept(new FeedRecord.Mark(mark));
    tellTracks();
    expect();
    if (mark.media()) {
      mute(mark);
    }
  }

  /** The feed has the main tracks only; what the publisher has encoded besides is no source. */
  private void tellTracks() {
    TracksChanged present = tracks;
    if (open && !tracksTold && present != null) {
      tracksTold = true;
      List<Track> fed = present.tracks().stream().filter(track -> track.id() == 0).toList();
      ladder.accept(new FeedRecord.Tracks(fed, present.declaredBitrateBps(), plan));
    }
  }

  /** A ladder without a free worker, or that was given up, is not waited for. */
  private void expect() {
    List<String> names = new ArrayList<>(passthrough);
    if (ladder.encodes()) {
      names.addAll(plan.names());
    }
    if (!names.equals(expected)) {
      RenditionWriter.check(sink.expect(path, epoch, names));
      expected = List.copyOf(names);
    }
  }

  /**
   * The source's video is replaced from the start of a section, or from the segment after that in
   * which the rung has media; it is shown again where the ladder is given up.
   */
  private void mute(SegmentMark mark) {
    boolean begins = mark.section() != section;
    section = mark.section();
    List<VideoRung> rungs = plan.video();
    if (!replacesVideo() || rungs.isEmpty()) {
      muted = false;
    } else if (!muted) {
      muted = begins || hasMedia(rungs.getFirst().name());
    }
  }

  private boolean hasMedia(String rendition) {
    Optional<LogTail> tail = sink.tail(path, rendition);
    return tail.isPresent() && tail.get().hasMedia();
  }

  /** Whether the open segment of the source's own video is to be a gap. */
  boolean videoMuted() {
    return muted;
  }

  /** The next frame, after the source's own renditions have it. */
  void media(Frame frame) {
    ladder.accept(new FeedRecord.Media(frame));
  }

  /** Another node goes on with the presentation. */
  void fenced() {
    ladder.fenced();
    ended();
  }

  /** The presentation is over. */
  void ended() {
    if (open) {
      open = false;
      ladder.accept(new FeedRecord.Ended());
    }
  }
}

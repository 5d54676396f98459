package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * From the feed's video to the cascade: decodes, keeps damage from being shown, deinterlaces, and
 * puts each mark before the first frame of its segment. Runs on the decoder's thread. Owns decoder,
 * deinterlacer and the last good picture.
 */
final class VideoPath implements Stage.Work<VideoPath.Item> {
  /** What comes out of the feed, in its order. */
  sealed interface Item {
    record Tracks(Optional<Track.Video> track, LadderPlan plan) implements Item {}

    record Mark(SegmentMark mark) implements Item {}

    record Media(Frame frame) implements Item {}

    /** Audio of this session time has come. */
    record Clock(long sessionUs) implements Item {}
  }

  /** Frame times are whole milliseconds, marks are exact: a frame this early begins the segment. */
  private static final long EARLY_US = 4_000;

  /** Video this far behind audio has stopped. */
  private static final long STOPPED_US = 1_000_000;

  private static final long NONE = Long.MIN_VALUE;

  private final Cascade cascade;

  /** Marks whose first frame is still to come out of the decoder. */
  private final Deque<SegmentMark> marks = new ArrayDeque<>();

  private final DamageGuard guard = new DamageGuard();
  private final DamageReport damage;
  private final AVFrame lastGood = AvError.present(av_frame_alloc(), "allocate a frame");

  /** Marks that came before there was anything to do. */
  private final Deque<SegmentMark> early = new ArrayDeque<>();

  private Optional<Track.Video> track = Optional.empty();
  private LadderPlan plan = LadderPlan.NONE;
  private boolean planChanged;
  private boolean built;
  private @Nullable VideoDecoder decoder;
  private @Nullable Deinterlacer deinterlacer;
  private boolean haveGood;
  private int section = -1;
  private long lastPtsUs = NONE;
  private int ordinal;

  /** Until the next key frame nothing is decoded, because frames before it were not. */
  private boolean keyAwaited;

  // Read by the overload control; written by the decoder's thread only:
  private volatile long decodedUs = NONE;
  private volatile long presentedUs = NONE;

  VideoPath(Cascade cascade, Consumer<String> events) {
    this.cascade = cascade;
    this.damage = new DamageReport(events);
  }

  /** Decode time of the source frame last taken; {@link Long#MIN_VALUE} before. Any thread. */
  long decodedUs() {
    return decodedUs;
  }

  /** Session time of the frame last given to the cascade; {@link Long#MIN_VALUE} before. */
  long presentedUs() {
    return presentedUs;
  }

  @Override
  public void accept(Item item) {
    switch (item) {
      case Item.Tracks(Optional<Track.Video> newTrack, LadderPlan newPlan) ->
          tracks(newTrack, newPlan);
      case Item.Mark(SegmentMark mark) -> mark(mark);
      case Item.Media(Frame frame) -> media(frame);
      case Item.Clock(long sessionUs) -> {
        if (built && sessionUs - STOPPED_US > lastPtsUs) {
          cascade.progress(sessionUs - STOPPED_US);
        }
      }
    }
  }

  private void tracks(Optional<Track.Video> newTrack, LadderPlan newPlan) {
    if (!newTrack.equals(track)) {
      drain();
      closeDecoder();
      newTrack.ifPresent(video -> decoder = new VideoDecoder(video, PipelineSettings.processors()));
      track = newTrack;
      planChanged = true;
    }
    // Another reason for the same rungs is no reason to open their encoders anew.
    planChanged |= !newPlan.video().equals(plan.video());
    plan = newPlan;
    if (!built) {
      buildIfChanged();
    }
  }

  private void buildIfChanged() {
    if (planChanged && track.isPresent()) {
      cascade.build(track.get(), plan);
      built = true;
      early.forEach(cascade::mark);
      early.clear();
    } else if (planChanged) {
      cascade.end(true);
      built = false;
    }
    planChanged = false;
  }

  private void mark(SegmentMark mark) {
    if (!mark.media() || mark.section() != section) {
      drain();
      marks.clear();
      lastPtsUs = NONE;
    }
    section = mark.section();
    if (mark.media()) {
      marks.add(mark);
    }
    if (built) {
      buildIfChanged();
      cascade.mark(mark);
    } else {
      early.add(mark);
    }
  }

  private void media(Frame frame) {
    VideoDecoder open = decoder;
    if (open == null) {
      return;
    }
    decodedUs = frame.dtsUs();
    boolean keysOnly = cascade.needsNothing();
    if (!frame.key() && (keysOnly || keyAwaited)) {
      keyAwaited = true;
      cascade.progress(frame.dtsUs());
      return;
    }
    keyAwaited = false;
    open.decode(frame, this::decoded);
    if (keysOnly) {
      open.drain(this::decoded);
    }
  }

  private void decoded(AVFrame picture) {
    long ptsUs = picture.pts();
    boolean key = (picture.flags() & AV_FRAME_FLAG_KEY) != 0;
    boolean damaged =
        (picture.flags() & AV_FRAME_FLAG_CORRUPT) != 0
            || picture.decode_error_flags() != 0
            || damage.grown(decoder == null ? 0 : decoder.errors());
    if (damaged) {
      damage.picture(ptsUs);
    }
    if (guard.fit(ptsUs, key, damaged)) {
      av_frame_unref(lastGood);
      haveGood = AvError.check(av_frame_ref(lastGood, picture), "keep a picture") >= 0;
    } else if (haveGood) {
      av_frame_unref(picture);
      AvError.check(av_frame_ref(picture, lastGood), "repeat a picture");
      picture.pts(ptsUs);
    } else {
      return;
    }
    deinterlace(picture);
  }

  private void deinterlace(AVFrame picture) {
    if (!plan.deinterlace()) {
      present(picture);
      return;
    }
    Deinterlacer open = deinterlacer;
    if (open == null || !open.fits(picture)) {
      drainDeinterlacer();
      open = new Deinterlacer(picture);
      deinterlacer = open;
    }
    open.filter(picture, this::present);
  }

  private void present(AVFrame picture) {
    long ptsUs = picture.pts();
    if (ptsUs <= lastPtsUs) {
      return; // a damaged stream shows two pictures at one time
    }
    lastPtsUs = ptsUs;
    presentedUs = ptsUs;
    while (!marks.isEmpty() && begins(marks.getFirst(), ptsUs)) {
      marks.removeFirst();
      ordinal = 0;
    }
    cascade.frame(VideoFrame.take(picture, ptsUs, ordinal++));
  }

  private static boolean begins(SegmentMark mark, long ptsUs) {
    return ptsUs - mark.originUs() + EARLY_US >= mark.mediaUs();
  }

  /** Everything that decoder and deinterlacer hold back goes on. */
  private void drain() {
    if (decoder != null) {
      decoder.drain(this::decoded);
    }
    drainDeinterlacer();
    guard.reset();
    av_frame_unref(lastGood);
    haveGood = false;
  }

  private void drainDeinterlacer() {
    if (deinterlacer != null) {
      deinterlacer.drain(this::present);
      deinterlacer.close();
      deinterlacer = null;
    }
  }

  private void closeDecoder() {
    if (decoder != null) {
      decoder.close();
      decoder = null;
    }
    damage.reset();
  }

  @Override
  public void discard(Item item) {}

  @Override
  public void finish() {
    drain();
    cascade.end(true);
  }

  @Override
  public void close() {
    cascade.end(false);
    closeDecoder();
    if (deinterlacer != null) {
      deinterlacer.close();
    }
    av_frame_free(lastGood);
  }
}

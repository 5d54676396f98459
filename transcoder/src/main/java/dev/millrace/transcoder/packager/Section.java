package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of the presentation with one set of tracks and one timeline from 0. One track leads and
 * decides where segments end: video where there is some, else audio. The others follow, so that all
 * renditions have the same segments.
 *
 * <pre>
 * state          event                                              to
 * video leads    no video for 2 s while audio goes on               audio leads, video is a gap
 * video leads    no audio for 2 s while video goes on               video leads, audio is silence
 * audio leads    a video frame arrives (its segment begins there)   video leads
 * </pre>
 */
final class Section {
  private static final long STOPPED_US = 2_000_000;
  private static final long STOPPED_NANOS = 2_000_000_000L;

  /** A track this far behind counts as stopped although its frames arrive. */
  private static final long LOST_US = 15_000_000;

  /**
   * Audio need not wait for the next video frame while no cut is due, so that its parts go out on
   * the arrival of their last frame; but no further than this, in case video stops.
   */
  private static final long AUDIO_LEAD_US = 150_000;

  /** Silence keeps this much behind video, for audio that comes back a little late. */
  private static final long SILENCE_MARGIN_US = 250_000;

  /** Video that comes back may be this late against the audio that went on. */
  private static final long RESUME_LATE_US = 100_000;

  /** What a section needs of its surroundings. */
  record Surroundings(
      Presentation presentation,
      Targets targets,
      SourceAdvice advice,
      WallClock wallClock,
      Runnable onSegment) {}

  private final Presentation presentation;
  private final Targets targets;
  private final SourceAdvice advice;
  private final WallClock wallClock;
  private final Runnable onSegment;
  private final Descriptions descriptions;
  private final List<GapFollower> gaps = new ArrayList<>();

  private final Track.@Nullable Video videoTrack;
  private final Track.@Nullable Audio audioTrack;
  private final @Nullable VideoCutter video;
  private final @Nullable AudioCutter audio;
  private final FrameCadence cadence;
  private final NalLengths nalLengths;

  private @Nullable GapFollower videoGap;
  private boolean described;
  private int describedRateMilli;
  private boolean audioMissing;
  private boolean videoWanted;
  private boolean resumeNeedsKey;
  private long lastVideoUs;
  private long lastVideoNanos;
  private long lastAudioNanos;
  private long lastCutUs;

  /** Begins a section with the frames that {@code start} has held back. */
  Section(Surroundings around, SectionStart start) {
    presentation = around.presentation();
    targets = around.targets();
    advice = around.advice();
    wallClock = around.wallClock();
    onSegment = around.onSegment();
    descriptions = new Descriptions(start.tracks().tracks(), start.tracks().declaredBitrateBps());
    videoTrack = start.video().orElse(null);
    audioTrack = start.audio().orElse(null);
    Frame first = start.anchor().orElseThrow();
    lastVideoNanos = first.arrivalNanos();
    lastAudioNanos = first.arrivalNanos();
    audioMissing = start.audio().isPresent() && !start.hasAudioFrames();

    List<RenditionWriter> absent = new ArrayList<>(presentation.writers());
    VideoCutter.Origin origin =
        new VideoCutter.Origin(first.ptsUs(), first.ptsUs() - first.dtsUs());
    if (videoTrack != null) {
      RenditionWriter writer = presentation.rendition(Descriptions.VIDEO);
      absent.remove(writer);
      cadence = new FrameCadence(videoTrack.frameRate());
      nalLengths = NalLengths.of(videoTrack);
      video = new VideoCutter(writer, origin, around, cadence, this::onVideoCut, this::describe);
    } else {
      cadence = new FrameCadence(OptionalDouble.empty());
      nalLengths = new NalLengths(4);
      video = null;
    }
    if (audioTrack != null) {
      RenditionWriter writer = presentation.rendition(Descriptions.AUDIO);
      absent.remove(writer);
      audio =
          new AudioCutter(
              writer, audioTrack, targets, first.ptsUs(), this::onAudioCut, this::describe);
      audio.leads(video == null);
    } else {
      audio = null;
    }
    absent.forEach(writer -> gaps.add(new GapFollower(writer, targets)));
    long wallUs = wallClock.usAt(first.arrivalNanos());
    presentation.beginTimeline(Math.max(wallUs, presentation.endPdtUs()));
    start.held().forEach(this::frame);
  }

  /** Whether a key frame has come for video that was announced but had stayed away. */
  boolean wantsVideo() {
    return videoWanted;
  }

  void frame(Frame frame) {
    if (frame.type() == MediaType.VIDEO) {
      onVideo(frame);
    } else if (audio != null) {
      lastAudioNanos = frame.arrivalNanos();
      tellAudioMissing(false);
      audio.frame(frame);
    }
    pass(frame.arrivalNanos());
  }

  /** What must be looked at when it comes; the rest may gather. */
  WakeRule wakeRule() {
    if (!gaps.isEmpty() || audioMissing) {
      return WakeRule.ALL;
    }
    long audioUs = audio == null ? Long.MIN_VALUE : audio.wakeDtsUs();
    boolean blocked = audio != null && audioUs == Long.MIN_VALUE;
    return video == null || blocked
        ? new WakeRule(Long.MIN_VALUE, audioUs)
        : new WakeRule(video.wakeDtsUs(), audioUs);
  }

  /** The publisher's clock jumped; media time goes on. */
  void timeBroken(long nowNanos) {
    if (video != null && videoGap == null) {
      video.timeBroken();
    } else if (audio != null) {
      audio.cutNow(wallClock.usAt(nowNanos));
    }
  }

  /** Ends the section: everything that has arrived is appended, all segments are closed. */
  void end() {
    long endUs;
    if (video != null && videoGap == null) {
      endUs = video.flush();
    } else {
      endUs = audio == null ? lastCutUs : audio.arrivedUs();
    }
    if (audio != null) {
      audio.flush(endUs);
    }
    for (GapFollower gap : gaps) {
      gap.finish(endUs);
    }
    describe();
    presentation.align();
    onSegment.run();
  }

  private void onVideo(Frame frame) {
    if (video == null) {
      videoWanted |= frame.key();
      return;
    }
    if (!nalLengths.intact(frame.data())) {
      advice.damagedFrame(frame.arrivalNanos());
      return;
    }
    lastVideoNanos = frame.arrivalNanos();
    long mediaUs = video.mediaTimeUs(frame);
    if (videoGap == null && mediaUs - lastVideoUs > STOPPED_US) {
      pauseVideo();
    }
    if (videoGap != null && !resumeVideo(mediaUs, frame.key())) {
      return;
    }
    lastVideoUs = mediaUs;
    video.frame(frame);
    advice.video(mediaUs, frame.key(), cadence.predictedUs());
  }

  /** Passes on what is settled, and notices a track that has stopped. */
  private void pass(long nowNanos) {
    if (video == null || videoGap != null) {
      passLedByAudio(nowNanos);
      return;
    }
    long horizonUs = video.horizonUs();
    if (audio != null) {
      long behindUs = horizonUs - audio.arrivedUs();
      if (behindUs > LOST_US
          || (behindUs > STOPPED_US && nowNanos - lastAudioNanos > STOPPED_NANOS)) {
        tellAudioMissing(true);
      }
      if (audioMissing) {
        audio.fillUntil(horizonUs - SILENCE_MARGIN_US);
      }
      long earliestCutUs = video.earliestCutUs();
      audio.release(
          Math.max(horizonUs, Math.min(earliestCutUs, horizonUs + AUDIO_LEAD_US)), earliestCutUs);
      if (-behindUs > LOST_US
          || (-behindUs > STOPPED_US && nowNanos - lastVideoNanos > STOPPED_NANOS)) {
        pauseVideo();
        passLedByAudio(nowNanos);
        return;
      }
    }
    for (GapFollower gap : gaps) {
      gap.reached(horizonUs);
    }
  }

  /** While video comes but waits for a key frame, audio keeps to its pace, for them to meet. */
  private void passLedByAudio(long nowNanos) {
    if (audio != null) {
      boolean videoComes = resumeNeedsKey && nowNanos - lastVideoNanos <= STOPPED_NANOS;
      audio.release(videoComes ? lastVideoUs : Long.MAX_VALUE, Long.MAX_VALUE);
      for (GapFollower gap : gaps) {
        gap.reached(audio.releasedUs());
      }
    }
  }

  private void tellAudioMissing(boolean missing) {
    if (missing != audioMissing) {
      audioMissing = missing;
      advice.audioMissing(missing);
    }
  }

  /** Video has stopped: its segment ends with the last frame, and a gap follows the audio. */
  private void pauseVideo() {
    VideoCutter stopped = Objects.requireNonNull(video);
    boolean empty = stopped.segmentEmpty();
    Cut cut = Cut.at(stopped.flush());
    if (!empty) {
      follow(cut);
      if (audio != null) {
        audio.cut(cut);
      }
    }
    videoGap = new GapFollower(presentation.rendition(Descriptions.VIDEO), targets);
    gaps.add(videoGap);
    if (audio != null) {
      audio.leads(true);
    }
    advice.videoMissing(true);
  }

  /**
   * Video is back: a new segment begins with it in all renditions.
   *
   * @return false if the frame is from a time that was already given up, or needs one that was
   */
  private boolean resumeVideo(long mediaUs, boolean key) {
    GapFollower gap = Objects.requireNonNull(videoGap);
    VideoCutter resumed = Objects.requireNonNull(video);
    long fromUs = Math.max(mediaUs, gap.endUs());
    if (audio != null) {
      fromUs = Math.max(fromUs, audio.releasedUs());
    }
    // A frame may be a little late, as audio and video come interleaved: its decode time is moved.
    if (fromUs - mediaUs > RESUME_LATE_US || (resumeNeedsKey && !key)) {
      resumeNeedsKey = true;
      lastVideoUs = mediaUs;
      return false;
    }
    if (audio != null) {
      audio.leads(false);
    }
    if (fromUs - lastCutUs < SegmentClock.MINIMUM_US && gap.segmentEmpty()) {
      fromUs = lastCutUs; // the audio's segment has only just begun
    } else {
      // Neither track may have come for long: the gap still needs segments of a proper length.
      while (fromUs - lastCutUs > targets.segmentUs() + SegmentClock.MINIMUM_US) {
        cutAll(Cut.at(lastCutUs + targets.segmentUs()));
      }
      cutAll(Cut.at(fromUs));
    }
    gaps.remove(gap);
    videoGap = null;
    resumeNeedsKey = false;
    resumed.startAt(fromUs);
    advice.videoMissing(false);
    return true;
  }

  private void cutAll(Cut cut) {
    if (audio != null) {
      audio.cut(cut);
    }
    follow(cut);
  }

  private void onVideoCut(Cut cut) {
    if (audio != null) {
      audio.cut(cut);
    }
    follow(cut);
    if (cadence.frameRateMilli() > describedRateMilli + describedRateMilli / 20) {
      described = false;
    }
  }

  private void onAudioCut(Cut cut) {
    follow(cut);
  }

  private void follow(Cut cut) {
    lastCutUs = cut.atUs();
    for (GapFollower gap : gaps) {
      gap.cut(cut);
    }
    onSegment.run();
  }

  /** Tells what the renditions are, video first, before the first part and when the rate grows. */
  private void describe() {
    if (described) {
      return;
    }
    described = true;
    if (videoTrack != null) {
      describedRateMilli = cadence.frameRateMilli();
      presentation
          .rendition(Descriptions.VIDEO)
          .describe(descriptions.video(videoTrack, describedRateMilli));
    }
    if (audioTrack != null) {
      presentation.rendition(Descriptions.AUDIO).describe(descriptions.audio(audioTrack));
    }
  }
}

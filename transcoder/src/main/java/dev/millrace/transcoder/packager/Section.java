package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
  /**
   * Audio need not wait for the next video frame while no cut is due, so that its parts go out on
   * the arrival of their last frame; but no further than this, in case video stops.
   */
  private static final long AUDIO_LEAD_US = 150_000;

  /** Silence keeps this much behind video, for audio that comes back a little late. */
  private static final long SILENCE_MARGIN_US = 250_000;

  /** Video that comes back may be this late against the audio that went on. */
  private static final long RESUME_LATE_US = 100_000;

  private final Presentation presentation;
  private final Targets targets;
  private final SourceAdvice advice;
  private final WallClock wallClock;
  private final SegmentMarks marks;
  private final LadderFeed feed;
  private final SectionDescriptions descriptions;
  private final Followers followers;
  private final @Nullable VideoCutter video;
  private final @Nullable AudioCutter audio;
  private final FrameCadence cadence;
  private final NalLengths nalLengths;
  private final TrackStops stops;

  private @Nullable GapFollower videoGap;
  private boolean videoWanted;
  private boolean resumeNeedsKey;
  private long lastVideoUs;
  private long lastCutUs;
  private long settledUs;

  /** Begins a section with the frames that {@code start} has held back. */
  Section(Surroundings around, SectionStart start) {
    presentation = around.presentation();
    targets = around.targets();
    advice = around.advice();
    wallClock = around.wallClock();
    marks = around.marks();
    feed = around.feed();
    Optional<Track.Video> videoTrack = start.video();
    Optional<Track.Audio> audioTrack = start.audio();
    cadence =
        new FrameCadence(videoTrack.map(Track.Video::frameRate).orElse(OptionalDouble.empty()));
    nalLengths = videoTrack.map(NalLengths::of).orElse(new NalLengths(4));
    descriptions = new SectionDescriptions(presentation, start, cadence);
    Frame first = start.anchor().orElseThrow();
    boolean audioMissing = audioTrack.isPresent() && !start.hasAudioFrames();
    stops = new TrackStops(advice, first.arrivalNanos(), audioMissing);

    List<RenditionWriter> absent = new ArrayList<>(presentation.writers());
    if (videoTrack.isPresent()) {
      RenditionWriter writer = presentation.rendition(Descriptions.VIDEO);
      absent.remove(writer);
      VideoCutter.Origin origin =
          new VideoCutter.Origin(first.ptsUs(), first.ptsUs() - first.dtsUs());
      video =
          new VideoCutter(writer, origin, around, cadence, this::onVideoCut, descriptions::tell);
    } else {
      video = null;
    }
    if (audioTrack.isPresent()) {
      RenditionWriter writer = presentation.rendition(Descriptions.AUDIO);
      absent.remove(writer);
      audio =
          new AudioCutter(
              writer, audioTrack.get(), targets, first.ptsUs(), this::follow, descriptions::tell);
      audio.leads(video == null);
    } else {
      audio = null;
    }
    followers = new Followers(targets);
    followers.addAll(absent);
    long wallUs = wallClock.usAt(first.arrivalNanos());
    long anchorUs = Math.max(wallUs, presentation.endPdtUs());
    presentation.beginTimeline(anchorUs);
    marks.section(first.ptsUs(), anchorUs);
    presentation.muteVideo(feed.videoMuted());
    start.held().forEach(this::frame);
  }

  /** Media time before which no segment border will come any more. */
  long settledUs() {
    return settledUs;
  }

  /** Whether a key frame has come for video that was announced but had stayed away. */
  boolean wantsVideo() {
    return videoWanted;
  }

  void frame(Frame frame) {
    boolean taken = frame.type() == MediaType.VIDEO ? onVideo(frame) : onAudio(frame);
    pass(frame.arrivalNanos());
    if (taken) {
      feed.media(frame);
    }
  }

  /** What must be looked at when it comes; the rest may gather. */
  WakeRule wakeRule() {
    if (!followers.isEmpty() || stops.audioMissing()) {
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

  /**
   * Ends the section: everything that has arrived is appended, all segments are closed.
   *
   * @return wall time of its end
   */
  long end() {
    long endUs;
    if (video != null && videoGap == null) {
      endUs = video.flush();
    } else {
      endUs = audio == null ? lastCutUs : audio.arrivedUs();
    }
    if (audio != null) {
      audio.flush(endUs);
    }
    followers.finish(endUs);
    descriptions.tell();
    presentation.align();
    return marks.sectionEnds(endUs);
  }

  private boolean onAudio(Frame frame) {
    if (audio == null) {
      return false;
    }
    stops.audioArrived(frame.arrivalNanos());
    audio.frame(frame);
    return true;
  }

  /** Tells whether the frame is shown. */
  private boolean onVideo(Frame frame) {
    if (video == null) {
      videoWanted |= frame.key();
      return false;
    }
    if (!nalLengths.intact(frame.data())) {
      advice.damagedFrame(frame.arrivalNanos());
      return false;
    }
    stops.videoArrived(frame.arrivalNanos());
    long mediaUs = video.mediaTimeUs(frame);
    if (videoGap == null && mediaUs - lastVideoUs > TrackStops.STOPPED_US) {
      pauseVideo();
    }
    if (videoGap != null && !resumeVideo(mediaUs, frame.key())) {
      return false;
    }
    lastVideoUs = mediaUs;
    video.frame(frame);
    advice.video(mediaUs, frame.key(), cadence.predictedUs());
    return true;
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
      stops.audioBehind(behindUs, nowNanos);
      if (stops.audioMissing()) {
        audio.fillUntil(horizonUs - SILENCE_MARGIN_US);
      }
      long earliestCutUs = video.earliestCutUs();
      audio.release(
          Math.max(horizonUs, Math.min(earliestCutUs, horizonUs + AUDIO_LEAD_US)), earliestCutUs);
      if (stops.videoStopped(-behindUs, nowNanos)) {
        pauseVideo();
        passLedByAudio(nowNanos);
        return;
      }
    }
    settledUs = horizonUs;
    followers.reached(horizonUs);
  }

  /** While video comes but waits for a key frame, audio keeps to its pace, for them to meet. */
  private void passLedByAudio(long nowNanos) {
    if (audio != null) {
      boolean videoComes = resumeNeedsKey && stops.videoArrives(nowNanos);
      audio.release(videoComes ? lastVideoUs : Long.MAX_VALUE, Long.MAX_VALUE);
      settledUs = audio.releasedUs();
      followers.reached(settledUs);
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
    videoGap = followers.add(presentation.rendition(Descriptions.VIDEO));
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
    followers.remove(gap);
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
    cutAll(cut);
    descriptions.measured();
  }

  private void follow(Cut cut) {
    lastCutUs = cut.atUs();
    followers.cut(cut);
    marks.cut(cut);
    presentation.muteVideo(feed.videoMuted());
  }
}

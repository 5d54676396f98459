package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first moments of a section: holds frames back until video has a key frame and audio is there
 * too, so that both begin together; but not for ever, if one of them does not come.
 */
final class SectionStart {
  /** Video waits this long for the first audio frame. */
  private static final long AUDIO_HOLD_US = 1_000_000;

  /** Audio waits this long for the first video frame of any kind. */
  private static final long VIDEO_HOLD_US = 5_000_000;

  /** Audio older than this, waiting for a key frame, is let go. */
  private static final long MAX_AUDIO_US = 10_000_000;

  /** Frames held at most, should their times stand still. */
  private static final int MAX_FRAMES = 1_000;

  private final TracksChanged tracks;
  private final Optional<Track.Video> video;
  private final Optional<Track.Audio> audio;
  private final Deque<Frame> held = new ArrayDeque<>();
  private @Nullable Frame key;
  private @Nullable Frame firstAudio;
  private @Nullable Frame lastAudio;
  private @Nullable Frame lastVideo;
  private int keylessFrames;
  private boolean withoutVideo;

  SectionStart(TracksChanged tracks) {
    this.tracks = tracks;
    this.video = first(tracks.tracks(), Track.Video.class);
    this.audio = first(tracks.tracks(), Track.Audio.class);
  }

  private static <T extends Track> Optional<T> first(List<Track> tracks, Class<T> type) {
    return tracks.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  TracksChanged tracks() {
    return tracks;
  }

  /** The video track, unless it stayed away. */
  Optional<Track.Video> video() {
    return withoutVideo ? Optional.empty() : video;
  }

  Optional<Track.Audio> audio() {
    return audio;
  }

  /** The frame whose arrival is the section's anchor in wall time; there when ready. */
  Optional<Frame> anchor() {
    return Optional.ofNullable(key != null ? key : firstAudio);
  }

  boolean hasAudioFrames() {
    return firstAudio != null;
  }

  /** What was held back, in order of arrival. */
  Deque<Frame> held() {
    return held;
  }

  /** Video frames dropped because no key frame has come. */
  int keylessFrames() {
    return keylessFrames;
  }

  /**
   * Whether these tracks decode with what was described already. Publishers repeat the audio's
   * configuration with or without the extension that says "no SBR" (ISO/IEC 14496-3 1.6.6.2).
   */
  boolean sameInEffect(TracksChanged other) {
    return video
            .map(Track.Video::configuration)
            .equals(first(other.tracks(), Track.Video.class).map(Track.Video::configuration))
        && audio
            .map(SectionStart::essence)
            .equals(first(other.tracks(), Track.Audio.class).map(SectionStart::essence));
  }

  private static Track.Audio essence(Track.Audio track) {
    return new Track.Audio(
        track.id(),
        track.codec(),
        track.codecs(),
        Bytes.EMPTY,
        track.sampleRate(),
        track.channels(),
        track.samplesPerFrame());
  }

  /** Takes a frame; tells whether the section can begin. */
  boolean offer(Frame frame) {
    if (frame.type() == MediaType.VIDEO) {
      offerVideo(frame);
    } else {
      offerAudio(frame);
    }
    return ready();
  }

  private void offerVideo(Frame frame) {
    if (video.isEmpty()) {
      return;
    }
    lastVideo = frame;
    if (key == null && frame.key()) {
      key = frame;
    }
    if (key != null) {
      held.add(frame);
    } else {
      keylessFrames++;
    }
  }

  private void offerAudio(Frame frame) {
    if (audio.isEmpty()) {
      return;
    }
    if (firstAudio == null) {
      firstAudio = frame;
    }
    lastAudio = frame;
    held.add(frame);
    while (key == null && held.element().dtsUs() + MAX_AUDIO_US < frame.dtsUs()) {
      held.remove();
    }
  }

  private boolean ready() {
    if (video.isEmpty()) {
      return firstAudio != null;
    }
    if (key == null) {
      withoutVideo =
          keylessFrames == 0
              && firstAudio != null
              && lastAudio != null
              && lastAudio.dtsUs() - firstAudio.dtsUs() >= VIDEO_HOLD_US;
      return withoutVideo;
    }
    return audio.isEmpty()
        || firstAudio != null
        || held.size() >= MAX_FRAMES
        || (lastVideo != null && lastVideo.dtsUs() - key.dtsUs() >= AUDIO_HOLD_US);
  }

  /** The session is over: whether what was held makes a section of its own. */
  boolean giveUpWaiting() {
    withoutVideo = video.isPresent() && key == null && keylessFrames == 0;
    return key != null || ((video.isEmpty() || withoutVideo) && firstAudio != null);
  }
}

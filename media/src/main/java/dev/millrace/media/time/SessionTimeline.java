package dev.millrace.media.time;

import dev.millrace.media.Frame.MediaType;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Lays the 32-bit milliseconds of a publisher's audio and video on one timeline of 64-bit
 * microseconds that is 0 at the session's first frame and never decreases within a track, whatever
 * the publisher's clock does. One instance per session; one thread.
 *
 * <ul>
 *   <li>Steps back of up to 100 ms are clamped.
 *   <li>A frame that lies more than 1 s after everything known, or further back, is put right
 *       behind its predecessor. If the next frames go on from there, or the other track makes the
 *       same jump, the clock has jumped and media time goes on without a hole; if not, it was a
 *       stray.
 *   <li>A track that jumps to where the other track has jumped takes the very same offset, so audio
 *       and video stay together exactly.
 *   <li>A second track whose clock differs from the first's by more than 5 s is laid where it
 *       arrives.
 *   <li>Silence of more than 1 s on all tracks leaves no hole in media time either.
 * </ul>
 *
 * <p>Where media time and wall time have parted by more than 1 s, {@link #takeBreak} tells it once,
 * for both tracks. A jump of the publisher's clock alone does not part them: media and arrivals
 * both go on. Video alone with less than one frame a second counts as silence between frames.
 */
public final class SessionTimeline {
  private static final long BACKWARD_TOLERANCE_US = 100_000;
  private static final long JUMP_US = 1_000_000;
  private static final long SAME_BASE_US = 5_000_000;
  // What a track may have been ahead by when the other one jumped; it stands still for as long.
  private static final long OVERLAP_US = 500_000;

  private final TrackClock video = new TrackClock();
  private final TrackClock audio = new TrackClock();
  private final WallDrift drift = new WallDrift();
  private long lastArrivalUs;
  private @Nullable String broken;
  private OptionalLong jumpedUs = OptionalLong.empty();

  /**
   * The decode time of the next frame in microseconds: at least 0 and at least that of the frame of
   * the same type before it.
   *
   * @param timestampMs as the publisher sent it, 32 bits taken modulo 2^32
   * @param nanos to be added to it, 0..999999
   * @param arrivalNanos monotonic clock; never less than in the call before
   */
  public long stamp(MediaType type, int timestampMs, int nanos, long arrivalNanos) {
    TrackClock track = type == MediaType.VIDEO ? video : audio;
    TrackClock other = type == MediaType.VIDEO ? audio : video;
    long arrivalUs = arrivalNanos / 1000;
    long rawUs = track.rawUs(timestampMs, nanos, other);
    long atUs =
        track.started()
            ? place(track, other, rawUs, arrivalUs)
            : start(track, other, rawUs, arrivalUs);
    long us = track.advanceTo(atUs);
    if (drift.parted(us, arrivalUs)) {
      breakTime("the publisher's clock and the wall clock have parted", us, arrivalUs);
    }
    lastArrivalUs = arrivalUs;
    return us;
  }

  /**
   * The decode time of a frame of a further video track, whose timestamps are of the same clock as
   * the first one's: laid where that one's are, and never decisive itself.
   *
   * @param afterUs the track's decode time before; not less than that is answered
   * @return empty for a frame from before the video's first one
   */
  public OptionalLong stampBeside(int timestampMs, int nanos, long afterUs) {
    if (!video.started()) {
      return OptionalLong.empty();
    }
    long rawUs = video.rawUsBeside(timestampMs, nanos);
    long latestUs = Math.max(Math.max(video.lastUs(), audio.lastUs()), afterUs) + JUMP_US;
    long atUs = rawUs - video.offsetUs();
    if (atUs < 0 && atUs >= -SAME_BASE_US && afterUs == 0) {
      return OptionalLong.empty();
    }
    if (!fits(atUs, afterUs - BACKWARD_TOLERANCE_US, latestUs)) {
      // A jump that the first track has yet to confirm, or its own stray.
      long pendingUs = rawUs - video.pendingOffsetUs();
      boolean jumped =
          video.hasPending() && fits(pendingUs, afterUs - BACKWARD_TOLERANCE_US, latestUs);
      atUs = jumped ? pendingUs : Math.max(afterUs, video.lastUs());
    }
    return OptionalLong.of(Math.max(atUs, afterUs));
  }

  /**
   * Whether media time and wall time have parted before the frame stamped last; told once.
   *
   * @return the reason, for a person
   */
  public Optional<String> takeBreak() {
    if (broken == null) {
      return Optional.empty();
    }
    Optional<String> reason = Optional.of(broken);
    broken = null;
    return reason;
  }

  /**
   * By how much the publisher's clock has jumped, known with the frame stamped last; told once for
   * both tracks.
   */
  public OptionalLong takeJump() {
    OptionalLong jumped = jumpedUs;
    jumpedUs = OptionalLong.empty();
    return jumped;
  }

  private long start(TrackClock track, TrackClock other, long rawUs, long arrivalUs) {
    if (!other.started()) {
      track.start(rawUs, 0);
      drift.anchor(0, arrivalUs);
      return 0;
    }
    long sameClockUs = rawUs - other.offsetUs();
    long waitedUs = Math.clamp(arrivalUs - lastArrivalUs, 0, JUMP_US);
    long hereUs = other.lastUs() + waitedUs;
    long atUs = Math.abs(sameClockUs - hereUs) <= SAME_BASE_US ? sameClockUs : hereUs;
    track.start(rawUs, atUs);
    return atUs;
  }

  private long place(TrackClock track, TrackClock other, long rawUs, long arrivalUs) {
    long leadUs = Math.max(track.lastUs(), other.lastUs());
    long atUs = rawUs - track.offsetUs();
    if (fits(atUs, track.lastUs() - BACKWARD_TOLERANCE_US, leadUs + JUMP_US)) {
      track.dropPending();
      return comeHome(track, other, rawUs, atUs, leadUs);
    }
    return jump(track, other, rawUs, arrivalUs);
  }

  /**
   * A track that once jumped alone goes back to the other's clock as soon as it is in step with it
   * again: the jump was a hiccup, and staying aside would leave audio and video apart.
   */
  private static long comeHome(
      TrackClock track, TrackClock other, long rawUs, long atUs, long leadUs) {
    if (!other.started() || other.offsetUs() == track.offsetUs()) {
      return atUs;
    }
    long homeUs = rawUs - other.offsetUs();
    if (!fits(homeUs, track.lastUs(), leadUs + BACKWARD_TOLERANCE_US)) {
      return atUs;
    }
    track.adopt(other.offsetUs());
    return homeUs;
  }

  private long jump(TrackClock track, TrackClock other, long rawUs, long arrivalUs) {
    long leadUs = Math.max(track.lastUs(), other.lastUs());
    long overlapUs = track.lastUs() - OVERLAP_US;
    long latestUs = leadUs + JUMP_US;
    if (other.started()
        && other.offsetUs() != track.offsetUs()
        && fits(rawUs - other.offsetUs(), overlapUs, latestUs)) {
      track.adopt(other.offsetUs());
      return rawUs - track.offsetUs();
    }
    if (track.hasPending()
        && fits(
            rawUs - track.pendingOffsetUs(), track.lastUs() - BACKWARD_TOLERANCE_US, latestUs)) {
      jumpedUs = OptionalLong.of(track.pendingOffsetUs() - track.offsetUs());
      track.adopt(track.pendingOffsetUs());
      return settled(rawUs - track.offsetUs(), arrivalUs);
    }
    if (other.hasPending() && fits(rawUs - other.pendingOffsetUs(), overlapUs, latestUs)) {
      jumpedUs = OptionalLong.of(other.pendingOffsetUs() - other.offsetUs());
      other.adopt(other.pendingOffsetUs());
      track.adopt(other.offsetUs());
      return settled(rawUs - track.offsetUs(), arrivalUs);
    }
    long goOnUs = Math.max(track.nextUs(), leadUs);
    long silentUs = arrivalUs - lastArrivalUs;
    long skippedUs = rawUs - track.offsetUs() - leadUs;
    if (silentUs > JUMP_US && Math.abs(skippedUs - silentUs) <= JUMP_US) {
      track.adopt(rawUs - goOnUs);
      breakTime("the publisher was silent", goOnUs, arrivalUs);
      return goOnUs;
    }
    track.propose(rawUs - goOnUs);
    return track.nextUs();
  }

  /** After a jump is certain: tells if it parted media from wall time. */
  private long settled(long atUs, long arrivalUs) {
    if (drift.beyondLimit(drift.aheadUs(atUs, arrivalUs))) {
      breakTime("the publisher's clock jumped", atUs, arrivalUs);
    }
    return atUs;
  }

  private void breakTime(String why, long mediaUs, long arrivalUs) {
    double aheadS = drift.aheadUs(mediaUs, arrivalUs) / 1e6;
    broken = String.format(Locale.ROOT, "%s: media time is off by %+.3f s", why, aheadS);
    drift.anchor(mediaUs, arrivalUs);
  }

  private static boolean fits(long us, long fromUs, long toUs) {
    return fromUs <= us && us <= toUs;
  }
}

package dev.millrace.transcoder.packager;

import dev.millrace.media.Track;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.log.Targets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Watches what a publisher sends and tells the operator what hurts viewers, once when it begins and
 * once when it ends.
 */
final class SourceAdvice {
  static final String GOP_TOO_LONG = "gop-too-long";
  static final String GOP_UNEVEN = "gop-uneven";
  static final String FRAME_RATE_LOW = "frame-rate-low";
  static final String NO_KEY_FRAME = "no-key-frame";
  static final String AUDIO_MISSING = "audio-missing";
  static final String VIDEO_MISSING = "video-missing";
  static final String DAMAGED_FRAMES = "damaged-frames";
  static final String BROWSER_HEVC = "browser-hevc";
  static final String BROWSER_MP3 = "browser-mp3";

  private static final int GOPS = 8;
  private static final int KEYLESS_FRAMES = 200;
  private static final long DAMAGE_INTERVAL_NANOS = 10_000_000_000L;

  private final Warnings warnings;
  private Targets targets;
  private final long[] gopsUs = new long[GOPS];
  private int gops;
  private long lastKeyUs = Long.MIN_VALUE;
  private double toldGopS;
  private Optional<Boolean> keyFramesFarApart = Optional.empty();
  private boolean uneven;
  private boolean slow;
  private long damaged;
  private long damageToldNanos;

  SourceAdvice(Warnings warnings, Targets targets) {
    this.warnings = warnings;
    this.targets = targets;
  }

  /** The targets of the presentation, where they are not those configured. */
  void targets(Targets ofPresentation) {
    targets = ofPresentation;
  }

  /**
   * A session or section with these tracks begins.
   *
   * @param videoReplaced whether an encoded rendition takes the place of the source's video
   * @param audioEncoded whether there is encoded audio beside the source's
   */
  void tracks(List<Track> tracks, boolean videoReplaced, boolean audioEncoded) {
    gops = 0;
    lastKeyUs = Long.MIN_VALUE;
    keyFramesFarApart = Optional.empty();
    clear(GOP_TOO_LONG, GOP_UNEVEN, FRAME_RATE_LOW, NO_KEY_FRAME, AUDIO_MISSING, VIDEO_MISSING);
    clear(DAMAGED_FRAMES, BROWSER_HEVC, BROWSER_MP3);
    toldGopS = 0;
    uneven = false;
    slow = false;
    damaged = 0;
    for (Track track : tracks) {
      if (track instanceof Track.Video video
          && video.codec() == VideoCodec.HEVC
          && !videoReplaced) {
        warnings.set(
            BROWSER_HEVC,
            "the video is H.265, which many browsers cannot play; H.264 plays everywhere");
      }
      if (track instanceof Track.Audio audio && audio.codec() == AudioCodec.MP3 && !audioEncoded) {
        warnings.set(
            BROWSER_MP3, "the audio is MP3, which some browsers cannot play in HLS; AAC plays");
      }
    }
  }

  /** Whether key frames are further apart than the target duration; empty until it is known. */
  Optional<Boolean> keyFramesFarApart() {
    return keyFramesFarApart;
  }

  private void clear(String... codes) {
    for (String code : codes) {
      warnings.clear(code);
    }
  }

  /** A video frame came, its time in the section. */
  void video(long mediaUs, boolean key, long cadenceUs) {
    boolean nowSlow = cadenceUs > targets.partTargetUs();
    if (nowSlow != slow) {
      slow = nowSlow;
      tell(
          slow,
          FRAME_RATE_LOW,
          "video frames are %.1f s apart, more than a part of %.2f s: latency suffers"
              .formatted(cadenceUs / 1e6, targets.partTargetUs() / 1e6));
    }
    if (lastKeyUs != Long.MIN_VALUE) {
      long sinceUs = mediaUs - lastKeyUs;
      long mostUs = targets.targetDurationS() * 1_000_000L + 50_000;
      if (sinceUs > mostUs) {
        tooLong(sinceUs / 1e6, key);
      }
      if (key) {
        gop(sinceUs, mostUs);
      }
    }
    if (key) {
      lastKeyUs = mediaUs;
    }
  }

  /**
   * Says so when the limit is passed, again when the distance is known, and when it changes much.
   */
  private void tooLong(double seconds, boolean measured) {
    keyFramesFarApart = Optional.of(true);
    boolean first = toldGopS == 0;
    boolean changed = measured && Math.abs(seconds - toldGopS) > 0.25 * toldGopS;
    if (first || changed) {
      toldGopS = seconds;
      warnings.set(
          GOP_TOO_LONG,
          String.format(
              Locale.ROOT,
              "key frames are %s%.1f s apart, more than %d s: viewers join late and seek badly;"
                  + " in OBS set Settings, Output, Keyframe Interval to 2 s",
              measured ? "" : "more than ",
              seconds,
              targets.targetDurationS()));
    }
  }

  private void gop(long gopUs, long mostUs) {
    gopsUs[gops++ % GOPS] = gopUs;
    int known = Math.min(gops, GOPS);
    long shortest = Long.MAX_VALUE;
    long longest = 0;
    for (int i = 0; i < known; i++) {
      shortest = Math.min(shortest, gopsUs[i]);
      longest = Math.max(longest, gopsUs[i]);
    }
    if (known == GOPS && longest <= mostUs) {
      keyFramesFarApart = Optional.of(false);
    }
    if (toldGopS > 0 && longest <= mostUs) {
      toldGopS = 0;
      warnings.clear(GOP_TOO_LONG);
    }
    boolean now = known >= 4 && longest > targets.segmentUs() * 5 / 4 && longest > shortest * 3 / 2;
    if (now != uneven) {
      uneven = now;
      tell(
          now,
          GOP_UNEVEN,
          String.format(
              Locale.ROOT,
              "key frames come unevenly, %.1f to %.1f s apart: segments vary in length;"
                  + " in OBS set Settings, Output, Keyframe Interval to 2 s",
              shortest / 1e6,
              longest / 1e6));
    }
  }

  /** Video comes, but no key frame. */
  void keyless(int frames) {
    if (frames == KEYLESS_FRAMES) {
      warnings.set(NO_KEY_FRAME, "video has come without a single key frame, nothing can be shown");
    }
  }

  void audioMissing(boolean missing) {
    tell(missing, AUDIO_MISSING, "no audio comes although it was announced; silence is sent");
  }

  void videoMissing(boolean missing) {
    lastKeyUs = Long.MIN_VALUE;
    tell(missing, VIDEO_MISSING, "no video comes although it was announced; viewers see a gap");
  }

  /** A frame was dropped because its NAL unit lengths do not add up. */
  void damagedFrame(long nowNanos) {
    damaged++;
    if (damaged == 1 || nowNanos - damageToldNanos >= DAMAGE_INTERVAL_NANOS) {
      damageToldNanos = nowNanos;
      warnings.set(
          DAMAGED_FRAMES,
          (damaged == 1 ? "a damaged video frame was" : damaged + " damaged video frames were")
              + " dropped (NAL unit lengths broken)");
    }
  }

  private void tell(boolean on, String code, String text) {
    if (on) {
      warnings.set(code, text);
    } else {
      warnings.clear(code);
    }
  }
}

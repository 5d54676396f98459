package dev.millrace.transcoder.ladder;

import dev.millrace.media.Track;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.transcoder.ladder.LadderSettings.HevcPolicy;
import dev.millrace.transcoder.ladder.LadderSettings.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Chooses the rungs of a ladder from the source's tracks and the operator's settings: no rung
 * larger, faster or of more bits than the source, the aspect ratio kept, sizes even. A function;
 * any thread.
 */
public final class LadderPlanner {
  /** The rung that takes the place of the source's own video. */
  static final String SOURCE = "source";

  /** A rung with fewer lines has its frame rate halved where the source has 50 or 60. */
  private static final int FULL_RATE_LINES = 480;

  private static final double HALVED_ABOVE_FPS = 31;

  /** What stereo takes of the bit rate that a publisher declares as a sum. */
  private static final long AUDIO_BPS = 160_000;

  /** Bits that a picture needs grow with the square root of its area's cube, or thereabouts. */
  private static final double BITS_BY_LINES = 1.5;

  /** Below it no rung of a thin source is worth its CPU time. */
  private static final long LEAST_BPS = 100_000;

  /** H.264 needs so much more than H.265 for the same picture. */
  private static final double HEVC_TO_H264 = 1.6;

  private final LadderSettings settings;

  public LadderPlanner(LadderSettings settings) {
    this.settings = settings;
  }

  /**
   * Plans.
   *
   * @param tracks of the source
   * @param declaredBitrateBps what the publisher said it sends in all, 0 if it did not
   * @param measuredFps frames a second where the track does not tell them
   * @param keyFramesFarApart whether key frames are further apart than the target duration
   */
  public PlannedLadder plan(
      List<Track> tracks,
      long declaredBitrateBps,
      OptionalDouble measuredFps,
      boolean keyFramesFarApart) {
    List<Track.Video> videos = only(tracks, Track.Video.class);
    List<Track.Audio> audios = only(tracks, Track.Audio.class);
    if (settings.mode() == Mode.NONE) {
      return new PlannedLadder(LadderPlan.NONE, List.of());
    }
    if (videos.size() > 1) {
      String sizes =
          videos.stream()
              .map(video -> video.width() + "x" + video.height())
              .collect(Collectors.joining(", "));
      return new PlannedLadder(
          LadderPlan.NONE,
          List.of("nothing is encoded: the publisher sends " + sizes + " itself (multitrack)"));
    }
    List<AudioRung> audio = audios.isEmpty() ? List.of() : audioRungs(audios.getFirst());
    if (videos.isEmpty()) {
      return new PlannedLadder(new LadderPlan(List.of(), audio, "", false), List.of());
    }
    SourceVideo source = SourceVideo.of(videos.getFirst());
    OptionalDouble told = source.track().frameRate();
    OptionalDouble fps = told.isPresent() ? told : measuredFps;
    long videoBps = videoBitrate(declaredBitrateBps, !audios.isEmpty());
    String replaced = whyReplaced(source, keyFramesFarApart);
    Optional<VideoRung> top =
        replaced.isEmpty() ? Optional.empty() : Optional.of(replacement(source, videoBps));
    List<String> notes = new ArrayList<>();
    List<VideoRung> video = new ArrayList<>();
    top.ifPresent(video::add);
    chosen(source, top, videoBps, notes).stream()
        .sorted(Comparator.comparingInt(RungSetting::height).reversed())
        .map(rung -> rung(rung, source, fps))
        .forEach(video::add);
    return new PlannedLadder(
        new LadderPlan(video, audio, replaced, source.track().interlaced()), notes);
  }

  private List<RungSetting> chosen(
      SourceVideo source, Optional<VideoRung> top, long videoBps, List<String> notes) {
    if (settings.mode() == Mode.AUTO) {
      long sourceBps = top.map(VideoRung::bitrateBps).orElse(limitBps(source, videoBps));
      return settings.table().stream()
          .filter(rung -> rung.height() < source.lines())
          .map(rung -> fitted(rung, source, sourceBps))
          .filter(rung -> rung.bitrateBps() >= LEAST_BPS)
          .toList();
    }
    List<RungSetting> chosen = new ArrayList<>();
    for (RungSetting rung : settings.list()) {
      boolean same = rung.height() == source.lines() && rung.codec() == Codec.H264;
      if (rung.height() > source.lines()) {
        notes.add(
            "rung %s is left out: the source is %dx%d"
                .formatted(rung.name(), source.width(), source.height()));
      } else if (top.isPresent() && same) {
        notes.add("rung %s is left out: rung %s has its size".formatted(rung.name(), SOURCE));
      } else {
        chosen.add(capped(rung, limitBps(source, videoBps), notes));
      }
    }
    return chosen;
  }

  /** A source of few bits has rungs of fewer: each as good as the source, not better. */
  private static RungSetting fitted(RungSetting rung, SourceVideo source, long sourceBps) {
    double share = Math.pow((double) rung.height() / source.lines(), BITS_BY_LINES);
    return rung.withBitrate(Math.min(rung.bitrateBps(), (long) (sourceBps * share)));
  }

  private static RungSetting capped(RungSetting rung, long sourceBps, List<String> notes) {
    if (rung.bitrateBps() <= sourceBps) {
      return rung;
    }
    notes.add(
        "rung %s gets %d kbit/s: the source has no more".formatted(rung.name(), sourceBps / 1000));
    return rung.withBitrate(sourceBps);
  }

  private static VideoRung rung(RungSetting rung, SourceVideo source, OptionalDouble fps) {
    boolean halved =
        rung.height() < FULL_RATE_LINES && fps.isPresent() && fps.getAsDouble() > HALVED_ABOVE_FPS;
    return new VideoRung(
        rung.name(),
        rung.codec(),
        source.widthFor(rung.height()),
        source.heightFor(rung.height()),
        halved ? 2 : 1,
        rung.bitrateBps());
  }

  /** Empty if browsers play the source as it is. */
  private String whyReplaced(SourceVideo source, boolean keyFramesFarApart) {
    List<String> reasons = new ArrayList<>();
    boolean hevc = source.track().codec() == Track.VideoCodec.HEVC;
    boolean asItIs = hevc && settings.hevc() == HevcPolicy.PASSTHROUGH;
    if (hevc && !asItIs) {
      reasons.add("is H.265, which most browsers cannot play");
    }
    if (source.bitDepth() > 8 && !asItIs) {
      reasons.add("has " + source.bitDepth() + " bits a sample, browsers play 8");
    }
    if (!source.has420() && !asItIs) {
      reasons.add("does not have 4:2:0 chroma, which is what browsers play");
    }
    if (source.track().interlaced()) {
      reasons.add("is interlaced");
    }
    if (keyFramesFarApart) {
      reasons.add("has key frames further apart than a segment may be long");
    }
    return reasons.isEmpty() ? "" : "the source's video " + String.join(", and ", reasons);
  }

  private VideoRung replacement(SourceVideo source, long videoBps) {
    return new VideoRung(
        SOURCE,
        Codec.H264,
        source.width(),
        source.height(),
        1,
        Math.min(tableBitrate(source.lines()), limitBps(source, videoBps)));
  }

  /** What H.264 may take to be no faster than the source. */
  private static long limitBps(SourceVideo source, long videoBps) {
    if (videoBps == 0) {
      return Long.MAX_VALUE;
    }
    boolean hevc = source.track().codec() == Track.VideoCodec.HEVC;
    return hevc ? (long) (HEVC_TO_H264 * videoBps) : videoBps;
  }

  /** Of the smallest rung in the table that is at least so large; above it by the area. */
  private long tableBitrate(int lines) {
    RungSetting largest =
        settings.table().stream().max(Comparator.comparingInt(RungSetting::height)).orElseThrow();
    return settings.table().stream()
        .filter(rung -> rung.height() >= lines)
        .min(Comparator.comparingInt(RungSetting::height))
        .map(RungSetting::bitrateBps)
        .orElseGet(
            () -> {
              double factor = (double) lines / largest.height();
              return (long) (largest.bitrateBps() * factor * factor);
            });
  }

  private static long videoBitrate(long declaredBitrateBps, boolean audio) {
    return audio
        ? declaredBitrateBps - Math.min(AUDIO_BPS, declaredBitrateBps / 4)
        : declaredBitrateBps;
  }

  /** AAC-LC stereo plays everywhere: passed through, it takes the place of the best audio rung. */
  private List<AudioRung> audioRungs(Track.Audio source) {
    boolean common = source.codecs().equals("mp4a.40.2") && source.channels() == 2;
    return settings.audioBitratesBps().stream()
        .skip(common ? 1 : 0)
        .map(bps -> new AudioRung("audio-" + bps / 1000 + "k", bps))
        .toList();
  }

  private static <T extends Track> List<T> only(List<Track> tracks, Class<T> type) {
    return tracks.stream().filter(type::isInstance).map(type::cast).toList();
  }
}

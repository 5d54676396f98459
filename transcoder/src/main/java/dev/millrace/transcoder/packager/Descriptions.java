package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.InitSegment;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionDescription;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Makes the renditions' descriptions from the tracks of a section. */
final class Descriptions {
  static final String VIDEO = "video";
  static final String AUDIO = "audio";

  private static final Pattern FURTHER = Pattern.compile(VIDEO + "-[1-9]\\d{0,2}");

  /** Audio of a stream whose metadata tell only the sum. */
  private static final long STEREO_BPS = 160_000;

  private static final long SURROUND_BPS = 384_000;

  private final long declaredVideoBps;
  private final long declaredAudioBps;

  /**
   * @param declaredBps what the publisher declared in all, 0 if nothing
   */
  Descriptions(List<Track> tracks, long declaredBps) {
    boolean video = tracks.stream().anyMatch(Track.Video.class::isInstance);
    long audio =
        tracks.stream()
            .filter(Track.Audio.class::isInstance)
            .mapToLong(track -> ((Track.Audio) track).channels() > 2 ? SURROUND_BPS : STEREO_BPS)
            .sum();
    declaredAudioBps = video ? Math.min(audio, declaredBps / 4) : declaredBps;
    declaredVideoBps = declaredBps - declaredAudioBps;
  }

  /** Whether it is a rendition of one of the main tracks. */
  static boolean isMain(String rendition) {
    return rendition.equals(VIDEO) || rendition.equals(AUDIO);
  }

  /** The track beside the main one that becomes this rendition; empty if it is none such. */
  static OptionalInt furtherTrack(String rendition) {
    return FURTHER.matcher(rendition).matches()
        ? OptionalInt.of(Integer.parseInt(rendition.substring(VIDEO.length() + 1)))
        : OptionalInt.empty();
  }

  /** The name of the rendition that a video track becomes. */
  static String video(int trackId) {
    return trackId == 0 ? VIDEO : VIDEO + "-" + trackId;
  }

  RenditionDescription video(Track.Video track, int frameRateMilli) {
    return video(track, frameRateMilli, declaredVideoBps);
  }

  /** A video track beside the main one: what the publisher declared does not count it. */
  RenditionDescription further(Track.Video track) {
    int frameRateMilli = (int) Math.round(track.frameRate().orElse(0) * 1000);
    return video(track, frameRateMilli, 0);
  }

  private static RenditionDescription video(
      Track.Video track, int frameRateMilli, long declaredBps) {
    Bytes init = InitSegment.write(track);
    return new RenditionDescription(
        video(track.id()),
        MediaType.VIDEO,
        track.codecs(),
        shownWidth(track),
        track.height(),
        frameRateMilli,
        0,
        0,
        declaredBps,
        FileName.Init.of(init).toString(),
        init);
  }

  /**
   * With the sample aspect ratio; one that differs by less than a percent is an encoder's rounding.
   */
  private static int shownWidth(Track.Video track) {
    double aspect = (double) track.sarWidth() / Math.max(1, track.sarHeight());
    return Math.abs(aspect - 1) < 0.01 ? track.width() : (int) Math.rint(track.width() * aspect);
  }

  RenditionDescription audio(Track.Audio track) {
    Bytes init = InitSegment.write(track);
    return new RenditionDescription(
        AUDIO,
        MediaType.AUDIO,
        track.codecs(),
        0,
        0,
        0,
        track.channels(),
        track.sampleRate(),
        declaredAudioBps,
        FileName.Init.of(init).toString(),
        init);
  }
}

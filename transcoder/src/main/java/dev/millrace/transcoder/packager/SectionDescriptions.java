package dev.millrace.transcoder.packager;

import dev.millrace.media.Track;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.util.Optional;

/**
 * Tells what the renditions of a section are, video first: before the first part, and again when
 * the frame rate turns out to be higher.
 */
final class SectionDescriptions {
  private final Presentation presentation;
  private final Descriptions descriptions;
  private final Optional<Track.Video> video;
  private final Optional<Track.Audio> audio;
  private final FrameCadence cadence;
  private boolean told;
  private int toldRateMilli;

  SectionDescriptions(Presentation presentation, SectionStart start, FrameCadence cadence) {
    this.presentation = presentation;
    this.cadence = cadence;
    this.video = start.video();
    this.audio = start.audio();
    TracksChanged tracks = start.tracks();
    this.descriptions = new Descriptions(tracks.tracks(), tracks.declaredBitrateBps());
  }

  /** Tells what is new; call it before a part is appended. */
  void tell() {
    if (told) {
      return;
    }
    told = true;
    video.ifPresent(
        track -> {
          toldRateMilli = cadence.frameRateMilli();
          presentation
              .rendition(Descriptions.VIDEO)
              .describe(descriptions.video(track, toldRateMilli));
        });
    audio.ifPresent(
        track -> presentation.rendition(Descriptions.AUDIO).describe(descriptions.audio(track)));
  }

  /** A segment begins: a good moment for news. */
  void measured() {
    if (cadence.frameRateMilli() > toldRateMilli + toldRateMilli / 20) {
      told = false;
    }
  }
}

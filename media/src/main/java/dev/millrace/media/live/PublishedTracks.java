package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.flv.OnMetaData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of one publication: as the publisher has configured them last, and as they were
 * announced to subscribers. Newly configured video is announced with its first key frame, audio
 * with its next frame. One thread.
 */
final class PublishedTracks {
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final int changesPerMinute;
  private OnMetaData metadata = OnMetaData.NONE;

  private @Nullable VideoCodec videoCodec;
  private Bytes videoHeader = Bytes.EMPTY;
  private Bytes audioHeader = Bytes.EMPTY;
  private Track.@Nullable Video video;
  private Track.@Nullable Audio audio;
  private Track.@Nullable Video announcedVideo;
  private Track.@Nullable Audio announcedAudio;

  private long minuteStartNanos;
  private int changesThisMinute;

  PublishedTracks(int changesPerMinute) {
    this.changesPerMinute = changesPerMinute;
  }

  /** Whether a sequence header would replace the video's configuration, which there is already. */
  boolean replacesVideo(VideoCodec codec, Bytes header) {
    return video != null && !header.isEmpty() && !isVideoHeader(codec, header);
  }

  /** Whether an AudioSpecificConfig would replace the audio's configuration, which there is already. */
  boolean replacesAac(Bytes header) {
    return audio != null && !header.isEmpty() && !header.equals(audioHeader);
  }

  private boolean isVideoHeader(VideoCodec codec, Bytes header) {
    return codec == videoCodec && header.equals(videoHeader);
  }

  /** Takes a sequence header; one that says nothing new does nothing. */
  void configureVideo(VideoCodec codec, Bytes header, long nanos) {
    if (header.isEmpty() || isVideoHeader(codec, header)) {
      return;
    }
    countChange(nanos);
    replaceVideo(codec, header);
    videoCodec = codec;
    videoHeader = header;
  }

  /** Takes the configuration that stands in a key frame of the video. */
  void configureVideoInBand(Bytes configuration, long nanos) {
    if (video != null) {
      countChange(nanos);
      replaceVideo(video.codec(), configuration);
    }
  }

  /** Takes an AudioSpecificConfig; one that says nothing new does nothing. */
  void configureAac(Bytes header, long nanos) {
    if (header.isEmpty() || header.equals(audioHeader)) {
      return;
    }
    countChange(nanos);
    audio = Tracks.aac(0, header);
    audioHeader = header;
  }

  /** Takes the header of an MP3 frame, which is all the configuration there is. */
  void configureMp3(Bytes frame, long nanos) {
    Track.Audio track = Tracks.mp3(0, frame);
    if (!track.equals(audio)) {
      countChange(nanos);
      audio = track;
      audioHeader = Bytes.EMPTY;
    }
  }

  /** Takes what the publisher says about itself; used where the configurations say nothing. */
  void describe(OnMetaData told) {
    metadata = told;
    if (announcedVideo == null && videoCodec != null) {
      replaceVideo(videoCodec, videoHeader);
    }
  }

  OnMetaData metadata() {
    return metadata;
  }

  /** The video track as configured last. */
  Optional<Track.Video> video() {
    return Optional.ofNullable(video);
  }

  /** The audio track as configured last. */
  Optional<Track.Audio> audio() {
    return Optional.ofNullable(audio);
  }

  /** Whether the video was configured anew and waits for its key frame. */
  boolean videoIsNew() {
    return video != null && !video.equals(announcedVideo);
  }

  /** Whether the audio was configured anew. */
  boolean audioIsNew() {
    return audio != null && !audio.equals(announcedAudio);
  }

  /** Whether a set with video was announced and will be replaced with the next video frame. */
  boolean changeIsPending() {
    return announcedVideo != null && (videoIsNew() || audioIsNew());
  }

  boolean hasAudioCodec(AudioCodec codec) {
    return audio != null && audio.codec() == codec;
  }

  /** Everything configured, as one set to announce. */
  List<Track> announceAll() {
    announcedVideo = video;
    return announceAudio();
  }

  /** The set with the audio as configured last and the video as it was announced before. */
  List<Track> announceAudio() {
    announcedAudio = audio;
    List<Track> tracks = new ArrayList<>();
    if (announcedVideo != null) {
      tracks.add(announcedVideo);
    }
    if (announcedAudio != null) {
      tracks.add(announcedAudio);
    }
    return tracks;
  }

  private void replaceVideo(VideoCodec codec, Bytes configuration) {
    video =
        codec == VideoCodec.AVC
            ? Tracks.avc(0, configuration, metadata.frameRate())
            : Tracks.hevc(0, configuration, metadata.frameRate());
  }

  private void countChange(long nanos) {
    if (nanos - minuteStartNanos >= MINUTE_NANOS) {
      minuteStartNanos = nanos;
      changesThisMinute = 0;
    }
    if (++changesThisMinute > changesPerMinute) {
      throw ProtocolException.limit(
          "codec configuration changed "
              + changesThisMinute
              + " times within a minute, at most "
              + changesPerMinute);
    }
  }
}

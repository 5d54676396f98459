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
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tracks of one publication: as the publisher has configured them last, and as they were
 * announced to subscribers. Newly configured video is announced with its first key frame, audio
 * with its next frame. Video track 0 is the main one, without which there are no further ones. One
 * thread.
 */
final class PublishedTracks {
  /** Video tracks of one publication, the main one included. */
  static final int MAX_VIDEO_TRACKS = 8;

  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final int changesPerMinute;
  private OnMetaData metadata = OnMetaData.NONE;

  private final PublishedVideo main = new PublishedVideo(0);
  private final SortedMap<Integer, PublishedVideo> further = new TreeMap<>();
  private Bytes audioHeader = Bytes.EMPTY;
  private Track.@Nullable Audio audio;
  private Track.@Nullable Audio announcedAudio;

  private long minuteStartNanos;
  private int changesThisMinute;

  PublishedTracks(int changesPerMinute) {
    this.changesPerMinute = changesPerMinute;
  }

  /** Whether a sequence header would replace the video's configuration, which there is already. */
  boolean replacesVideo(VideoCodec codec, Bytes header) {
    return replaces(main, codec, header);
  }

  private static boolean replaces(PublishedVideo video, VideoCodec codec, Bytes header) {
    return video.configured() != null && !header.isEmpty() && !video.isHeader(codec, header);
  }

  /**
   * Whether an AudioSpecificConfig would replace the audio's configuration, which there is already.
   */
  boolean replacesAac(Bytes header) {
    return audio != null && !header.isEmpty() && !header.equals(audioHeader);
  }

  /** Takes a sequence header; one that says nothing new does nothing. */
  void configureVideo(VideoCodec codec, Bytes header, long nanos) {
    configure(main, codec, header, nanos);
  }

  private void configure(PublishedVideo video, VideoCodec codec, Bytes header, long nanos) {
    if (header.isEmpty() || video.isHeader(codec, header)) {
      return;
    }
    countChange(nanos);
    video.configure(codec, header, metadata.frameRate());
  }

  /** Takes the configuration that stands in a key frame of the video. */
  void configureVideoInBand(Bytes configuration, long nanos) {
    configureInBand(main, configuration, nanos);
  }

  /** Takes the configuration that stands in a key frame of a track, which must be configured. */
  void configureInBand(PublishedVideo video, Bytes configuration, long nanos) {
    Track.Video known = video.configured();
    if (known != null) {
      countChange(nanos);
      video.replace(known.codec(), configuration, metadata.frameRate());
    }
  }

  /**
   * A video track beside the main one; a new one is made where there is room.
   *
   * @param id not 0
   */
  Optional<PublishedVideo> further(int id) {
    PublishedVideo known = further.get(id);
    if (known == null && further.size() < MAX_VIDEO_TRACKS - 1) {
      known = new PublishedVideo(id);
      further.put(id, known);
    }
    return Optional.ofNullable(known);
  }

  /**
   * Takes a sequence header of a further track.
   *
   * @return whether it replaces one that was there
   */
  boolean configureFurther(PublishedVideo video, VideoCodec codec, Bytes header, long nanos) {
    boolean replaces = replaces(video, codec, header);
    configure(video, codec, header, nanos);
    return replaces;
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
    main.describe(metadata.frameRate());
    further.values().forEach(video -> video.describe(metadata.frameRate()));
  }

  OnMetaData metadata() {
    return metadata;
  }

  /** The video track as configured last. */
  Optional<Track.Video> video() {
    return Optional.ofNullable(main.configured());
  }

  /** The audio track as configured last. */
  Optional<Track.Audio> audio() {
    return Optional.ofNullable(audio);
  }

  /** Whether the video was configured anew and waits for its key frame. */
  boolean videoIsNew() {
    return main.isNew();
  }

  /** Whether the audio was configured anew. */
  boolean audioIsNew() {
    return audio != null && !audio.equals(announcedAudio);
  }

  /** Whether a set with video was announced and will be replaced with the next video frame. */
  boolean changeIsPending() {
    return main.announced() != null && (videoIsNew() || audioIsNew());
  }

  boolean hasAudioCodec(AudioCodec codec) {
    return audio != null && audio.codec() == codec;
  }

  /** Everything configured, as one set to announce. */
  List<Track> announceAll() {
    main.announce();
    further.values().forEach(PublishedVideo::announce);
    return announceAudio();
  }

  /** The set with the audio as configured last and the video as it was announced before. */
  List<Track> announceAudio() {
    announcedAudio = audio;
    return announced();
  }

  /** The set with this track as configured last and the others as they were announced before. */
  List<Track> announce(PublishedVideo video) {
    video.announce();
    return announced();
  }

  private List<Track> announced() {
    List<Track> tracks = new ArrayList<>();
    if (main.announced() != null) {
      tracks.add(main.announced());
      further.values().stream()
          .map(PublishedVideo::announced)
          .filter(Objects::nonNull)
          .forEach(tracks::add);
    }
    if (announcedAudio != null) {
      tracks.add(announcedAudio);
    }
    return tracks;
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

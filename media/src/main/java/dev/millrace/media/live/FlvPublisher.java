package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.MultitrackEntry;
import dev.millrace.media.flv.OnMetaData;
import dev.millrace.media.flv.VideoTagBody;
import dev.millrace.media.time.SessionTimeline;
import java.util.List;

/**
 * Turns FLV tags, or RTMP messages, into the tracks and frames of a publication. One thread: the
 * publisher's event loop.
 *
 * <p>Frames are held until all tracks are configured that the metadata or the first tags promise,
 * at most for the probe time, so that subscribers learn the whole set at once; a track that comes
 * later changes the set. Audio and video start together, at the first key frame. Which frames are
 * key frames is read from their NAL units, not from the publisher's flag. Of multitrack messages
 * all video tracks are published, at most eight: track 0 leads, the others ({@link FurtherTracks})
 * keep to its clock; of audio tracks the first.
 */
public final class FlvPublisher {
  /** Audio that differs by more than this from the video is of another clock. */
  private static final int SAME_CLOCK_MS = 5_000;

  private final Publication publication;
  private final FlvLimits limits;
  private final PublishedTracks tracks;
  private final StartBuffer buffer;
  private final StartDeadline deadline;
  private final SessionTimeline timeline = new SessionTimeline();
  private final FurtherTracks furtherTracks;
  private final ClockJumps clockJumps;

  private boolean started;
  private boolean metadataSeen;
  private boolean videoSeen;
  private boolean audioSeen;
  private boolean audioStarted;
  private boolean heldInVain;
  private boolean startsWithVideo;
  private int startTimestampMs;

  public FlvPublisher(Publication publication, FlvLimits limits) {
    this.publication = publication;
    this.limits = limits;
    this.tracks = new PublishedTracks(limits.configurationsPerMinute());
    this.buffer = new StartBuffer(limits.bufferFrames(), limits.bufferBytes());
    this.deadline = new StartDeadline(limits);
    this.clockJumps = new ClockJumps(publication.stream());
    this.furtherTracks = new FurtherTracks(publication, tracks, timeline, this::accept, buffer);
  }

  /**
   * Takes the next tag.
   *
   * @param type {@link FlvTag#AUDIO}, {@link FlvTag#VIDEO}, {@link FlvTag#SCRIPT}; others are
   *     passed over
   * @param timestampMs 32 bits of milliseconds, modulo 2^32
   * @param body kept, not copied
   * @param arrivalNanos monotonic clock when its last byte arrived; never less than before
   * @throws ProtocolException if the publication cannot go on; the publisher must be disconnected
   */
  public void tag(int type, int timestampMs, Bytes body, long arrivalNanos) {
    switch (type) {
      case FlvTag.SCRIPT -> script(body);
      case FlvTag.VIDEO -> video(VideoTagBody.read(body), timestampMs, arrivalNanos);
      case FlvTag.AUDIO -> audio(AudioTagBody.read(body), timestampMs, arrivalNanos);
      default -> {}
    }
  }

  private void script(Bytes body) {
    OnMetaData.read(body)
        .ifPresent(
            metadata -> {
              metadataSeen = metadata.hasVideo() || metadata.hasAudio();
              tracks.describe(metadata);
            });
  }

  private void video(VideoTagBody body, int timestampMs, long nanos) {
    switch (body) {
      case VideoTagBody.SequenceStart header -> {
        videoSeen = true;
        deadline.tick(nanos);
        if (tracks.replacesVideo(header.codec(), header.configuration())) {
          startBeforeChange();
        }
        tracks.configureVideo(header.codec(), header.configuration(), nanos);
      }
      case VideoTagBody.CodedFrame frame -> {
        videoSeen = true;
        deadline.frame(MediaType.VIDEO, timestampMs, nanos);
        videoFrame(frame, timestampMs, nanos);
      }
      case VideoTagBody.Multitrack(List<MultitrackEntry> entries) -> {
        // The main track first: it decides about the start and about time.
        for (MultitrackEntry entry : trackZeroOf(entries)) {
          video(VideoTagBody.read(entry), timestampMs, nanos);
        }
        furtherTracks.entries(entries, timestampMs, nanos);
      }
      case VideoTagBody.Metadata ignored -> {}
      case VideoTagBody.SequenceEnd ignored -> {}
      case VideoTagBody.Nothing ignored -> {}
    }
    startIfReady();
  }

  private void audio(AudioTagBody body, int timestampMs, long nanos) {
    switch (body) {
      case AudioTagBody.SequenceStart header -> {
        audioSeen = true;
        deadline.tick(nanos);
        if (header.codec() == AudioCodec.AAC) {
          if (tracks.replacesAac(header.configuration())) {
            startBeforeChange();
          }
          tracks.configureAac(header.configuration(), nanos);
        }
      }
      case AudioTagBody.CodedFrame frame -> {
        audioSeen = true;
        deadline.frame(MediaType.AUDIO, timestampMs, nanos);
        if (frame.codec() == AudioCodec.MP3) {
          for (RawFrame each : Mp3Tag.frames(frame, timestampMs, nanos)) {
            tracks.configureMp3(each.data(), nanos);
            accept(each);
          }
        } else {
          aacFrame(frame, timestampMs, nanos);
        }
      }
      case AudioTagBody.Multitrack(List<MultitrackEntry> entries) -> {
        List<MultitrackEntry> first = trackZeroOf(entries);
        for (MultitrackEntry entry : first) {
          audio(AudioTagBody.read(entry), timestampMs, nanos);
        }
        if (first.size() < entries.size()) {
          publication.stream()
              .setWarning(
                  "multitrack", "the publisher sends several audio tracks; only track 0 is used");
        }
      }
      case AudioTagBody.SequenceEnd ignored -> {}
      case AudioTagBody.Nothing ignored -> {}
    }
    startIfReady();
  }

  private static List<MultitrackEntry> trackZeroOf(List<MultitrackEntry> entries) {
    return entries.stream().filter(entry -> entry.trackId() == 0).toList();
  }

  private void videoFrame(VideoTagBody.CodedFrame frame, int timestampMs, long nanos) {
    Bytes data = frame.data();
    if (data.isEmpty()) {
      return;
    }
    if (tracks.video().isEmpty()) {
      deadline.withoutConfiguration(MediaType.VIDEO, data.length());
      return;
    }
    Track.Video track = tracks.video().get();
    // Damage in mid-stream costs the frame only: who shows it drops it. A publisher that begins
    // with it sends something else than it says, and is told so.
    boolean damaged = started && !NalUnits.isIntact(track, data);
    boolean key = !damaged && NalUnits.isRandomAccess(track, data);
    if (key) {
      deadline.keyFrame();
      InBandParameterSets.newConfiguration(track, data)
          .ifPresent(
              configuration -> {
                startBeforeChange();
                tracks.configureVideoInBand(configuration, nanos);
              });
    } else if (started ? tracks.videoIsNew() : !buffer.hasKeyFrame()) {
      deadline.withoutKeyFrame(data.length());
      return;
    }
    accept(
        new RawFrame(
            MediaType.VIDEO,
            0,
            timestampMs,
            frame.nanos(),
            frame.compositionTimeMs(),
            key,
            data,
            nanos));
  }

  private void aacFrame(AudioTagBody.CodedFrame frame, int timestampMs, long nanos) {
    if (frame.data().isEmpty()) {
      return;
    }
    if (!tracks.hasAudioCodec(AudioCodec.AAC)) {
      deadline.withoutConfiguration(MediaType.AUDIO, frame.data().length());
      return;
    }
    accept(
        new RawFrame(MediaType.AUDIO, 0, timestampMs, frame.nanos(), 0, true, frame.data(), nanos));
  }

  private void accept(RawFrame frame) {
    if (!started || isHeldBack(frame)) {
      buffer.add(frame);
    } else if (frame.isFurtherVideo()) {
      emit(frame);
    } else if (frame.type() == MediaType.VIDEO) {
      emit(frame);
      buffer.take().forEach(this::emit);
    } else {
      List<RawFrame> held = buffer.take();
      heldInVain |= !held.isEmpty();
      held.forEach(this::emit);
      emit(frame);
    }
  }

  /**
   * Publishers that change their picture often send a new audio configuration with it. Audio waits
   * a moment for the next picture then, so that subscribers see one change and not two.
   */
  private boolean isHeldBack(RawFrame frame) {
    return frame.type() == MediaType.AUDIO
        && tracks.changeIsPending()
        && !heldInVain
        && !buffer.isFull()
        && !buffer.isOlderThan(frame.arrivalNanos() - limits.probe().toNanos());
  }

  /** Frames that are held belong to the present configuration: they go out before it changes. */
  private void startBeforeChange() {
    if (!started && buffer.hasKeyFrame()) {
      start();
    }
  }

  private void startIfReady() {
    if (started) {
      return;
    }
    boolean video = tracks.video().isPresent();
    boolean audio = tracks.audio().isPresent();
    boolean probing = !deadline.probeIsOver() && !buffer.isFull();
    // Without metadata anything may still come; with it, what is promised and what has shown
    // itself.
    boolean videoMayCome = probing && (tracks.metadata().hasVideo() || !metadataSeen);
    boolean audioMayCome = probing && (tracks.metadata().hasAudio() || !metadataSeen || audioSeen);
    boolean videoExpected = !video && (videoSeen || videoMayCome);
    boolean audioExpected = !audio && audioMayCome;
    boolean complete = (video || audio) && !videoExpected && !audioExpected;
    if (complete && (!video || buffer.hasKeyFrame())) {
      start();
    } else {
      deadline.requireStart(video);
    }
  }

  private void start() {
    started = true;
    List<RawFrame> held = buffer.take();
    startsWithVideo = tracks.video().isPresent();
    if (startsWithVideo) {
      startTimestampMs = held.getFirst().timestampMs();
    }
    publication.tracks(tracks.announceAll(), tracks.metadata().bitrateBps());
    held.forEach(this::emit);
  }

  private void emit(RawFrame frame) {
    if (frame.isFurtherVideo()) {
      furtherTracks.emit(frame);
      return;
    }
    if (frame.type() == MediaType.VIDEO) {
      if (tracks.videoIsNew()) {
        announce(tracks.announceAll());
      }
    } else {
      if (isBeforeStart(frame)) {
        return;
      }
      audioStarted = true;
      if (tracks.audioIsNew()) {
        announce(tracks.announceAudio());
      }
    }
    long dtsUs =
        timeline.stamp(frame.type(), frame.timestampMs(), frame.nanos(), frame.arrivalNanos());
    timeline.takeBreak().ifPresent(publication::timeBroken);
    timeline.takeJump().ifPresent(us -> clockJumps.jumped(us, frame.arrivalNanos()));
    publication.frame(
        new Frame(
            frame.type(),
            0,
            dtsUs,
            dtsUs + frame.compositionTimeMs() * 1000L,
            frame.key(),
            frame.data(),
            frame.arrivalNanos()));
  }

  private void announce(List<Track> all) {
    heldInVain = tracks.changeIsPending();
    publication.tracks(all, tracks.metadata().bitrateBps());
  }

  /** Audio a little older than the key frame that everything starts with has no picture yet. */
  private boolean isBeforeStart(RawFrame audio) {
    int afterStartMs = audio.timestampMs() - startTimestampMs;
    return startsWithVideo && !audioStarted && afterStartMs < 0 && afterStartMs >= -SAME_CLOCK_MS;
  }
}

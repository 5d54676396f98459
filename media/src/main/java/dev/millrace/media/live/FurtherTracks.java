package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.flv.MultitrackEntry;
import dev.millrace.media.flv.VideoTagBody;
import dev.millrace.media.time.SessionTimeline;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The video tracks beside the main one (Enhanced RTMP v2, multitrack): what OBS has encoded in
 * other sizes of the same picture. They join when they are configured and a key frame of them
 * comes, and keep to the main track's clock. One that this server cannot take is left out, with a
 * warning. One thread: the publisher's event loop.
 */
final class FurtherTracks {
  private final Publication publication;
  private final PublishedTracks tracks;
  private final SessionTimeline timeline;
  private final Consumer<RawFrame> accept;
  private final StartBuffer buffer;
  private final Set<Integer> refused = new HashSet<>();

  /**
   * @param accept takes frames, to hold them or to give them to {@link #emit}
   */
  FurtherTracks(
      Publication publication,
      PublishedTracks tracks,
      SessionTimeline timeline,
      Consumer<RawFrame> accept,
      StartBuffer buffer) {
    this.publication = publication;
    this.tracks = tracks;
    this.timeline = timeline;
    this.accept = accept;
    this.buffer = buffer;
  }

  /**
   * Takes their shares of a multitrack message.
   *
   * @throws ProtocolException if it is malformed
   */
  void entries(List<MultitrackEntry> entries, int timestampMs, long nanos) {
    for (MultitrackEntry entry : entries) {
      if (entry.trackId() != 0) {
        entry(entry, timestampMs, nanos);
      }
    }
  }

  private void entry(MultitrackEntry entry, int timestampMs, long nanos) {
    int id = entry.trackId();
    if (refused.contains(id)) {
      return;
    }
    PublishedVideo video = tracks.further(id).orElse(null);
    if (video == null) {
      refuse(
          id,
          "multitrack-limit",
          "the publisher sends more than "
              + PublishedTracks.MAX_VIDEO_TRACKS
              + " video tracks; track "
              + id
              + " is left out");
      return;
    }
    VideoTagBody body;
    try {
      body = VideoTagBody.read(entry);
    } catch (ProtocolException e) {
      if (e.reason() != ProtocolException.Reason.UNSUPPORTED) {
        throw e;
      }
      refuse(id, "multitrack-codec", "video track " + id + " is left out: " + e.getMessage());
      return;
    }
    switch (body) {
      case VideoTagBody.SequenceStart header -> {
        if (tracks.configureFurther(video, header.codec(), header.configuration(), nanos)) {
          buffer.drop(id); // frames of the configuration before
        }
      }
      case VideoTagBody.CodedFrame frame -> frame(id, video, frame, timestampMs, nanos);
      case VideoTagBody.Multitrack ignored -> {}
      case VideoTagBody.Metadata ignored -> {}
      case VideoTagBody.SequenceEnd ignored -> {}
      case VideoTagBody.Nothing ignored -> {}
    }
  }

  private void refuse(int id, String code, String text) {
    refused.add(id);
    publication.stream().setWarning(code, text);
  }

  private void frame(
      int id, PublishedVideo video, VideoTagBody.CodedFrame frame, int timestampMs, long nanos) {
    Track.Video track = video.configured();
    Bytes data = frame.data();
    if (track == null || data.isEmpty() || !NalUnits.isIntact(track, data)) {
      return;
    }
    boolean key = NalUnits.isRandomAccess(track, data);
    if (key) {
      InBandParameterSets.newConfiguration(track, data)
          .ifPresent(configuration -> tracks.configureInBand(video, configuration, nanos));
    }
    accept.accept(
        new RawFrame(
            MediaType.VIDEO,
            id,
            timestampMs,
            frame.nanos(),
            frame.compositionTimeMs(),
            key,
            data,
            nanos));
  }

  /** Publishes a frame, its track before it if that is new. */
  void emit(RawFrame frame) {
    PublishedVideo video = tracks.further(frame.trackId()).orElseThrow();
    OptionalLong dtsUs = timeline.stampBeside(frame.timestampMs(), frame.nanos(), video.lastUs());
    if (dtsUs.isEmpty() || !video.decodes(frame.key())) {
      return;
    }
    video.reached(dtsUs.getAsLong());
    if (video.isNew()) {
      publication.tracks(tracks.announce(video), tracks.metadata().bitrateBps());
    }
    publication.frame(
        new Frame(
            MediaType.VIDEO,
            frame.trackId(),
            dtsUs.getAsLong(),
            dtsUs.getAsLong() + frame.compositionTimeMs() * 1000L,
            frame.key(),
            frame.data(),
            frame.arrivalNanos()));
  }
}

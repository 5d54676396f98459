package dev.millrace.server.e2e;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.Amf0Writer;
import dev.millrace.media.flv.AudioTagWriter;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.MultitrackEntry;
import dev.millrace.media.flv.VideoTagWriter;
import dev.millrace.server.e2e.EncodedTrack.Unit;
import dev.millrace.server.e2e.RawPublisher.Timed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a publisher of several video tracks sends (Enhanced RTMP v2, "Multitrack Streaming"): the
 * messages of its tracks, which are played in a loop.
 */
final class MultitrackTags {
  /** How the tracks share messages. */
  enum Form {
    /**
     * Each frame has its message, with AvMultitrackType OneTrack except for track 0: what OBS
     * sends.
     */
    ONE_TRACK,
    /** Frames of one time share a message: ManyTracks, or ManyTracksManyCodecs. */
    MANY_TRACKS
  }

  /** A track's frames from one time up to another, configuration first. */
  record Piece(int trackId, EncodedTrack encoded, long fromMs, long toMs) {
    static Piece whole(int trackId, EncodedTrack encoded) {
      return new Piece(trackId, encoded, 0, Long.MAX_VALUE);
    }
  }

  private record Share(int trackId, VideoCodec codec, boolean start, boolean key, Bytes data) {
    MultitrackEntry entry() {
      return start
          ? MultitrackEntry.sequenceStart(trackId, codec, data)
          : MultitrackEntry.codedFrame(trackId, codec, 0, data);
    }

    Bytes message() {
      return start
          ? VideoTagWriter.sequenceStart(trackId, codec, data)
          : VideoTagWriter.codedFrame(trackId, codec, key, 0, 0, data);
    }
  }

  private MultitrackTags() {}

  /** Everything up to a time, in the order in which it is sent. */
  static List<Timed> of(Form form, List<Piece> video, EncodedTrack sound, long untilMs) {
    List<Timed> tags = new ArrayList<>();
    tags.add(new Timed(0, new FlvTag(FlvTag.SCRIPT, 0, metadata(video.getFirst().encoded()))));
    tags.add(audio(0, AudioTagWriter.sequenceStart(0, AudioCodec.AAC, sound.configuration())));
    long frameMs = 1000 / EncodedTrack.FPS;
    for (long ms = 0; ms < untilMs; ms += frameMs) {
      List<Share> starts = new ArrayList<>();
      List<Share> frames = new ArrayList<>();
      for (Piece piece : video) {
        if (ms >= piece.fromMs() && ms < piece.toMs()) {
          EncodedTrack track = piece.encoded();
          VideoCodec codec =
              track.kind() == EncodedTrack.Kind.AVC ? VideoCodec.AVC : VideoCodec.HEVC;
          if (ms == piece.fromMs()) {
            starts.add(new Share(piece.trackId(), codec, true, true, track.configuration()));
          }
          long at = ms % (1000 * EncodedTrack.SECONDS);
          track
              .at(at)
              .map(unit -> new Share(piece.trackId(), codec, false, unit.key(), unit.data()))
              .ifPresent(frames::add);
        }
      }
      send(form, starts, ms, tags);
      // Encoders finish when they do: the tracks' messages come in no particular order.
      Collections.rotate(frames, (int) (ms / frameMs));
      send(form, frames, ms, tags);
    }
    for (long loop = 0; loop * 1000 * EncodedTrack.SECONDS < untilMs; loop++) {
      for (Unit unit : sound.units()) {
        long ms = loop * 1000 * EncodedTrack.SECONDS + unit.ms();
        tags.add(audio(ms, AudioTagWriter.codedFrame(0, AudioCodec.AAC, 0, unit.data())));
      }
    }
    tags.sort(Comparator.comparingLong(Timed::dueMs));
    return tags;
  }

  private static void send(Form form, List<Share> shares, long ms, List<Timed> to) {
    if (shares.isEmpty()) {
      return;
    }
    switch (form) {
      case ONE_TRACK -> shares.forEach(share -> to.add(video(ms, share.message())));
      case MANY_TRACKS -> {
        List<MultitrackEntry> entries = shares.stream().map(Share::entry).toList();
        boolean key = shares.stream().allMatch(Share::key);
        to.add(video(ms, VideoTagWriter.multitrack(key, entries)));
      }
    }
  }

  private static Timed video(long ms, Bytes body) {
    return new Timed(ms, new FlvTag(FlvTag.VIDEO, (int) ms, body));
  }

  private static Timed audio(long ms, Bytes body) {
    return new Timed(ms, new FlvTag(FlvTag.AUDIO, (int) ms, body));
  }

  /** It speaks of the main track, as OBS's does. */
  private static Bytes metadata(EncodedTrack main) {
    long bytes = main.units().stream().mapToLong(unit -> unit.data().length()).sum();
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("videocodecid", new Amf0Value.Num(7));
    properties.put("videodatarate", new Amf0Value.Num(bytes * 8.0 / 1000 / EncodedTrack.SECONDS));
    properties.put("framerate", new Amf0Value.Num(EncodedTrack.FPS));
    properties.put("audiocodecid", new Amf0Value.Num(10));
    properties.put("audiodatarate", new Amf0Value.Num(96));
    return Amf0Writer.write(
        new Amf0Value.Str("@setDataFrame"),
        new Amf0Value.Str("onMetaData"),
        new Amf0Value.EcmaArray(properties));
  }
}

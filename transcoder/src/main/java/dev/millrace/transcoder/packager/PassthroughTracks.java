package dev.millrace.transcoder.packager;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The video tracks that the publisher has encoded beside the main one (Enhanced RTMP v2 multitrack,
 * ADR 7): each becomes the rendition {@code video-N} as it is. Track 0 leads; the others follow the
 * marks of its segments as encoded rungs do.
 */
final class PassthroughTracks {
  static final String MULTITRACK_UNALIGNED = "multitrack-unaligned";

  /** Frames kept before a presentation is open. */
  private static final int MAX_EARLY = 2_000;

  private final PartSink sink;
  private final StreamPath path;
  private final Warnings warnings;
  private Targets targets;
  private final KeyFrameTimes leading = new KeyFrameTimes();
  private final SortedMap<Integer, PassthroughTrack> tracks = new TreeMap<>();

  private final Deque<Frame> early = new ArrayDeque<>();

  private @Nullable TracksChanged announced;
  private @Nullable SegmentMark last;
  private boolean open;
  private long epoch;
  private int section;
  private boolean unaligned;

  PassthroughTracks(PartSink sink, StreamPath path, Targets targets, Warnings warnings) {
    this.sink = sink;
    this.path = path;
    this.targets = targets;
    this.warnings = warnings;
  }

  /** The further video tracks of a set. */
  static List<Track.Video> of(TracksChanged changed) {
    return changed.tracks().stream()
        .filter(track -> track instanceof Track.Video && track.id() != 0)
        .map(Track.Video.class::cast)
        .toList();
  }

  /** The names of the renditions that are made of them. */
  static List<String> names(TracksChanged changed) {
    return of(changed).stream().map(track -> Descriptions.video(track.id())).toList();
  }

  /**
   * The complete set of tracks from here on.
   *
   * @return whether other tracks beside the main one are in it than before
   */
  boolean tracks(TracksChanged changed) {
    TracksChanged before = announced;
    announced = changed;
    if (open) {
      describe(changed);
    }
    return before == null || !of(before).equals(of(changed));
  }

  /**
   * A presentation is open at the sink.
   *
   * @param tenure epoch under which this node writes it
   */
  void opened(long tenure, Targets ofPresentation) {
    open = true;
    epoch = tenure;
    targets = ofPresentation;
    tracks.clear();
    last = null;
    section = 0;
    if (announced != null) {
      describe(announced);
    }
    early.forEach(this::take);
    early.clear();
  }

  /** These renditions another node has written until now: they go on, as gaps at least. */
  void adopted(Collection<String> renditions) {
    renditions.stream()
        .map(Descriptions::furtherTrack)
        .flatMapToInt(OptionalInt::stream)
        .forEach(id -> tracks.computeIfAbsent(id, this::join));
  }

  private void describe(TracksChanged changed) {
    Descriptions descriptions = new Descriptions(changed.tracks(), changed.declaredBitrateBps());
    for (Track.Video video : of(changed)) {
      tracks.computeIfAbsent(video.id(), this::join).describe(video, descriptions.further(video));
    }
  }

  private PassthroughTrack join(int id) {
    RungWriter writer = new RungWriter(sink, path, epoch, targets, Descriptions.video(id));
    PassthroughTrack joined = new PassthroughTrack(writer, leading);
    if (last != null) {
      joined.mark(last);
    }
    return joined;
  }

  /** A segment begins, in all renditions. */
  void mark(SegmentMark mark) {
    last = mark;
    boolean begins = mark.media() && mark.section() != section;
    section = mark.media() ? mark.section() : section;
    for (PassthroughTrack track : tracks.values()) {
      track.mark(mark);
      if (begins) {
        track.beginSection();
      }
    }
  }

  /** A session begins; its times begin anew. */
  void sessionStarted() {
    leading.clear();
    early.clear();
    announced = null;
    unaligned(false);
  }

  /** Takes every frame; tells whether it was one of theirs. */
  boolean take(Frame frame) {
    if (frame.trackId() == 0) {
      if (frame.type() == MediaType.VIDEO && frame.key()) {
        leading.add(frame.ptsUs());
      }
      return false;
    }
    PassthroughTrack track = tracks.get(frame.trackId());
    if (!open) {
      if (early.size() >= MAX_EARLY) {
        early.remove();
      }
      early.add(frame);
    } else if (track != null) {
      track.frame(frame);
    }
    return true;
  }

  /** All cuts before this media time of the open section were told. */
  void settled(long mediaUs) {
    SegmentMark mark = last;
    if (mark == null || !mark.media()) {
      return;
    }
    boolean misaligned = false;
    for (PassthroughTrack track : tracks.values()) {
      track.settled(mark.originUs() + mediaUs);
      misaligned |= track.isMisaligned();
    }
    unaligned(misaligned);
  }

  private void unaligned(boolean now) {
    if (now == unaligned) {
      return;
    }
    unaligned = now;
    if (now) {
      String which =
          tracks.entrySet().stream()
              .filter(entry -> entry.getValue().isMisaligned())
              .map(entry -> entry.getKey().toString())
              .collect(Collectors.joining(", "));
      warnings.set(
          MULTITRACK_UNALIGNED,
          "key frames of video track "
              + which
              + " stand elsewhere than those of track 0: viewers cannot change quality cleanly;"
              + " give all encoders the same key frame interval and no scene-cut key frames");
    } else {
      warnings.clear(MULTITRACK_UNALIGNED);
    }
  }

  /** The section ends: what has come goes out. */
  void endSection() {
    tracks.values().forEach(PassthroughTrack::flush);
  }

  /** The presentation ends: what has come goes out. */
  void end() {
    tracks.values().forEach(PassthroughTrack::end);
  }

  /** The presentation is over, or another owns the path. */
  void forget() {
    tracks.clear();
    last = null;
    open = false;
  }
}

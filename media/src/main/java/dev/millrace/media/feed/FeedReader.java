package dev.millrace.media.feed;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedScriptReader.Announced;
import dev.millrace.media.feed.FeedScriptReader.AnnouncedTracks;
import dev.millrace.media.feed.FeedScriptReader.Time;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.MultitrackEntry;
import dev.millrace.media.flv.VideoTagBody;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link FeedWriter} writes, in pieces of any size. It is strict: whatever is not
 * exactly a feed is refused, so that a damaged connection ends instead of making damaged
 * renditions. What it keeps is one tag and the present tracks. One thread at a time.
 */
public final class FeedReader {
  private static final int KEY_FRAME = 1;

  private final FlvFileReader tags;
  private final LongSupplier nanoTime;
  private final Consumer<FeedRecord> sink;

  private State state = State.BEFORE_OPENED;
  private List<Track> tracks = List.of();
  private @Nullable AnnouncedTracks announced;
  private @Nullable Time time;
  private long lastMs;
  private boolean lastMsKnown;

  private enum State {
    BEFORE_OPENED,
    OPEN,
    ENDED
  }

  /**
   * @param maxTagBytes the longest tag accepted, so the largest frame and some bytes
   * @param nanoTime the monotonic clock that dates the frames' arrival here
   * @param sink gets each record on the thread that feeds
   */
  public FeedReader(int maxTagBytes, LongSupplier nanoTime, Consumer<FeedRecord> sink) {
    this.tags = new FlvFileReader(maxTagBytes, this::tag);
    this.nanoTime = nanoTime;
    this.sink = sink;
  }

  /**
   * Takes the next bytes in; the array is borrowed.
   *
   * @throws ProtocolException if they are not a feed; the reader is of no use afterwards
   */
  public void feed(byte[] bytes, int offset, int length) {
    tags.feed(bytes, offset, length);
  }

  /** Whether the presentation has ended; a feed that stops before was cut off. */
  public boolean ended() {
    return state == State.ENDED;
  }

  /** The type of the frames of a track. */
  static MediaType type(Track track) {
    return switch (track) {
      case Track.Video ignored -> MediaType.VIDEO;
      case Track.Audio ignored -> MediaType.AUDIO;
    };
  }

  private void tag(FlvTag tag) {
    if (state == State.ENDED) {
      throw ProtocolException.malformed("tag behind the end of a feed");
    }
    switch (tag.type()) {
      case FlvTag.SCRIPT -> script(FeedScriptReader.read(tag.body()));
      case FlvTag.VIDEO -> video(tag);
      case FlvTag.AUDIO -> audio(tag);
      default -> throw ProtocolException.malformed("tag of type " + tag.type() + " in a feed");
    }
  }

  private void script(FeedScriptReader script) {
    if (announced != null || time != null) {
      throw ProtocolException.malformed(
          script.name() + " where a sequence header or frame must come in a feed");
    }
    if (state == State.BEFORE_OPENED && !script.name().equals(FeedScriptWriter.OPENED)) {
      throw ProtocolException.malformed("feed begins with script tag " + script.name());
    }
    switch (script.name()) {
      case FeedScriptWriter.OPENED -> {
        state = State.OPEN;
        tracks = List.of();
        sink.accept(script.opened());
      }
      case FeedScriptWriter.MARK -> sink.accept(new FeedRecord.Mark(script.mark()));
      case FeedScriptWriter.TRACKS -> {
        tracks = List.of();
        announced = script.tracks();
        tracksIfComplete();
      }
      case FeedScriptWriter.TIME -> time = script.time();
      case FeedScriptWriter.ENDED -> {
        state = State.ENDED;
        sink.accept(new FeedRecord.Ended());
      }
      default ->
          throw ProtocolException.unsupported("script tag " + script.name() + " in a feed");
    }
  }

  private void video(FlvTag tag) {
    VideoTagBody body = VideoTagBody.read(tag.body());
    int trackId = 0;
    if (body instanceof VideoTagBody.Multitrack(List<MultitrackEntry> entries)) {
      MultitrackEntry entry = only(entries);
      trackId = entry.trackId();
      body = VideoTagBody.read(entry);
    }
    switch (body) {
      case VideoTagBody.SequenceStart start ->
          sequenceHeader(MediaType.VIDEO, trackId, start.codec(), start.configuration());
      case VideoTagBody.CodedFrame frame -> {
        // Of a track of a multitrack message the frame type stands in front of all headers too.
        boolean key = (tag.body().u8(0) >> 4 & 0x07) == KEY_FRAME;
        long offsetUs = frame.compositionTimeMs() * 1000L;
        frame(
            new Place(MediaType.VIDEO, trackId, frame.codec()),
            tag.timestamp(),
            frame.nanos(),
            offsetUs,
            key,
            frame.data());
      }
      case VideoTagBody.Multitrack ignored -> throw unexpected("nested multitrack");
      case VideoTagBody.SequenceEnd ignored -> throw unexpected("end of a sequence");
      case VideoTagBody.Metadata ignored -> throw unexpected("video metadata");
      case VideoTagBody.Nothing ignored -> throw unexpected("empty video tag");
    }
  }

  private void audio(FlvTag tag) {
    AudioTagBody body = AudioTagBody.read(tag.body());
    int trackId = 0;
    if (body instanceof AudioTagBody.Multitrack(List<MultitrackEntry> entries)) {
      MultitrackEntry entry = only(entries);
      trackId = entry.trackId();
      body = AudioTagBody.read(entry);
    }
    switch (body) {
      case AudioTagBody.SequenceStart start ->
          sequenceHeader(MediaType.AUDIO, trackId, start.codec(), start.configuration());
      case AudioTagBody.CodedFrame frame ->
          frame(
              new Place(MediaType.AUDIO, trackId, frame.codec()),
              tag.timestamp(),
              frame.nanos(),
              0,
              true,
              frame.data());
      case AudioTagBody.Multitrack ignored -> throw unexpected("nested multitrack");
      case AudioTagBody.SequenceEnd ignored -> throw unexpected("end of a sequence");
      case AudioTagBody.Nothing ignored -> throw unexpected("empty audio tag");
    }
  }

  private static MultitrackEntry only(List<MultitrackEntry> entries) {
    if (entries.size() != 1) {
      throw unexpected("message of " + entries.size() + " tracks");
    }
    return entries.getFirst();
  }

  /** The next configuration of those that the tracks announced, in their order. */
  private void sequenceHeader(MediaType type, int id, Enum<?> codec, Bytes configuration) {
    AnnouncedTracks waiting = announced;
    if (waiting == null) {
      throw unexpected("sequence header");
    }
    Announced next = waiting.tracks().get(tracks.size());
    boolean same = type(next.track()) == type && next.track().id() == id;
    if (!same || codecOf(next.track()) != codec || configuration.isEmpty()) {
      throw unexpected("sequence header of " + codec + " track " + id);
    }
    add(configured(next.track(), configuration));
    tracksIfComplete();
  }

  /** Takes tracks without a configuration as they are, and tells of all when no one is missing. */
  private void tracksIfComplete() {
    AnnouncedTracks waiting = announced;
    while (waiting != null && tracks.size() < waiting.tracks().size()) {
      Announced next = waiting.tracks().get(tracks.size());
      if (next.sequenceHeader()) {
        return;
      }
      add(next.track());
    }
    if (waiting != null) {
      announced = null;
      sink.accept(new FeedRecord.Tracks(tracks, waiting.declaredBitrateBps(), waiting.plan()));
    }
  }

  private void add(Track track) {
    List<Track> more = new ArrayList<>(tracks);
    more.add(track);
    tracks = List.copyOf(more);
  }

  private static Track configured(Track track, Bytes configuration) {
    return switch (track) {
      case Track.Video video ->
          new Track.Video(
              video.id(),
              video.codec(),
              video.codecs(),
              configuration,
              video.width(),
              video.height(),
              video.sarWidth(),
              video.sarHeight(),
              video.frameRate(),
              video.interlaced());
      case Track.Audio audio ->
          new Track.Audio(
              audio.id(),
              audio.codec(),
              audio.codecs(),
              configuration,
              audio.sampleRate(),
              audio.channels(),
              audio.samplesPerFrame());
    };
  }

  /** Which track a tag says it belongs to. */
  private record Place(MediaType type, int trackId, Enum<?> codec) {
    boolean is(Track track) {
      return FeedReader.type(track) == type && track.id() == trackId && codecOf(track) == codec;
    }
  }

  private void frame(
      Place place, int timestamp, int nanos, long offsetUs, boolean key, Bytes data) {
    if (announced != null || tracks.stream().noneMatch(place::is)) {
      throw unexpected("frame of " + place.codec() + " track " + place.trackId());
    }
    Time told = time;
    if (told == null && !lastMsKnown) {
      throw unexpected("first frame without its full time");
    }
    // Script and frame tell the same milliseconds; only the script tells which 2^32 of them.
    long ms =
        told == null ? lastMs + (timestamp - (int) lastMs) : Math.floorDiv(told.dtsUs(), 1000L);
    long dtsUs = ms * 1000 + nanos / 1000;
    if (nanos % 1000 != 0 || (int) ms != timestamp || (told != null && told.dtsUs() != dtsUs)) {
      throw unexpected("frame time " + timestamp + " ms + " + nanos + " ns");
    }
    time = null;
    lastMs = ms;
    lastMsKnown = true;
    long ptsUs = told == null ? dtsUs + offsetUs : told.ptsUs();
    sink.accept(
        new FeedRecord.Media(
            new Frame(
                place.type(), place.trackId(), dtsUs, ptsUs, key, data, nanoTime.getAsLong())));
  }

  private static Enum<?> codecOf(Track track) {
    return switch (track) {
      case Track.Video video -> video.codec();
      case Track.Audio audio -> audio.codec();
    };
  }

  private static ProtocolException unexpected(String what) {
    return ProtocolException.malformed(what + " does not belong here in a feed");
  }
}

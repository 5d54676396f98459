package dev.millrace.media.feed;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.amf.Amf0Reader;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.AmfLimits;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Reads the script tags of a feed, the mirror of {@link FeedScriptWriter}. Stateless.
 *
 * @param name of the script
 * @param values its object
 */
record FeedScriptReader(String name, Properties values) {
  private static final AmfLimits LIMITS = new AmfLimits(6, 4096);
  private static final int MAX_TRACK_ID = 255;
  private static final int MAX_RUNGS = 64;
  private static final int MAX_TRACKS = 64;

  /** The times of one frame, told in full. */
  record Time(long dtsUs, long ptsUs) {}

  /**
   * A track, still without its configuration.
   *
   * @param sequenceHeader whether the configuration follows in a tag of its own
   */
  record Announced(Track track, boolean sequenceHeader) {}

  /** {@link FeedRecord.Tracks}, still without configurations. */
  record AnnouncedTracks(List<Announced> tracks, long declaredBitrateBps, LadderPlan plan) {}

  /**
   * Takes a script tag apart.
   *
   * @throws ProtocolException if it is no name with an object
   */
  static FeedScriptReader read(Bytes body) {
    List<Amf0Value> values = Amf0Reader.readAll(body, LIMITS);
    if (values.size() == 2
        && values.get(0) instanceof Amf0Value.Text name
        && values.get(1) instanceof Amf0Value.Keyed keyed) {
      return new FeedScriptReader(name.value(), new Properties(keyed));
    }
    throw ProtocolException.malformed("script tag of a feed must be a name and an object");
  }

  FeedRecord.Opened opened() {
    StreamPath path = new StreamPath(values.text("app"), values.text("name"));
    long segmentUs = values.integer("segmentUs", 1, FeedScriptWriter.MAX_INTEGER);
    int targetDurationS = values.integer("targetDurationS", 1, Integer.MAX_VALUE);
    long partTargetUs = values.integer("partTargetUs", 1, FeedScriptWriter.MAX_INTEGER);
    long windowUs = values.integer("windowUs", 0, FeedScriptWriter.MAX_INTEGER);
    long epoch = values.integer("epoch", 0, FeedScriptWriter.MAX_INTEGER);
    try {
      Targets targets = new Targets(segmentUs, targetDurationS, partTargetUs, windowUs);
      return new FeedRecord.Opened(path, epoch, targets);
    } catch (IllegalArgumentException e) {
      throw ProtocolException.malformed("targets of a feed: " + e.getMessage());
    }
  }

  SegmentMark mark() {
    return new SegmentMark(
        values.integer("msn", 0, FeedScriptWriter.MAX_INTEGER),
        values.integer("discontinuitySequence", 0, FeedScriptWriter.MAX_INTEGER),
        values.time("pdtUs"),
        values.flag("media"),
        values.integer("section", 0, Integer.MAX_VALUE),
        values.time("mediaUs"),
        values.time("originUs"));
  }

  Time time() {
    return new Time(values.time("dtsUs"), values.time("ptsUs"));
  }

  AnnouncedTracks tracks() {
    List<Announced> tracks = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Properties each : values.objects("tracks", MAX_TRACKS)) {
      Announced track = track(each);
      if (!seen.add(FeedReader.type(track.track()) + " " + track.track().id())) {
        throw ProtocolException.malformed("two tracks of a feed have one id, " + track.track());
      }
      tracks.add(track);
    }
    List<Properties> plans = values.objects("plan", 1);
    if (plans.isEmpty()) {
      throw ProtocolException.malformed("tracks of a feed need a plan");
    }
    return new AnnouncedTracks(
        tracks,
        values.integer("declaredBitrateBps", 0, FeedScriptWriter.MAX_INTEGER),
        plan(plans.getFirst()));
  }

  private static Announced track(Properties values) {
    int id = values.integer("id", 0, MAX_TRACK_ID);
    String type = values.text("type");
    Track track =
        switch (type) {
          case "video" ->
              new Track.Video(
                  id,
                  values.constant("codec", Track.VideoCodec.class),
                  values.text("codecs"),
                  Bytes.EMPTY,
                  values.count("width"),
                  values.count("height"),
                  values.count("sarWidth"),
                  values.count("sarHeight"),
                  values.optional("frameRate"),
                  values.flag("interlaced"));
          case "audio" ->
              new Track.Audio(
                  id,
                  values.constant("codec", Track.AudioCodec.class),
                  values.text("codecs"),
                  Bytes.EMPTY,
                  values.count("sampleRate"),
                  values.count("channels"),
                  values.count("samplesPerFrame"));
          default ->
              throw ProtocolException.malformed(
                  "track of a feed must be of type video or audio, found " + type);
        };
    return new Announced(track, values.flag("sequenceHeader"));
  }

  private static LadderPlan plan(Properties values) {
    return new LadderPlan(
        values.objects("video", MAX_RUNGS).stream().map(FeedScriptReader::videoRung).toList(),
        values.objects("audio", MAX_RUNGS).stream().map(FeedScriptReader::audioRung).toList(),
        values.text("replacesVideo"),
        values.flag("deinterlace"));
  }

  private static VideoRung videoRung(Properties values) {
    return new VideoRung(
        values.segment("name"),
        values.constant("codec", VideoRung.Codec.class),
        values.count("width"),
        values.count("height"),
        values.integer("frameDivisor", 1, 2),
        values.integer("bitrateBps", 0, FeedScriptWriter.MAX_INTEGER));
  }

  private static AudioRung audioRung(Properties values) {
    return new AudioRung(
        values.segment("name"), values.integer("bitrateBps", 0, FeedScriptWriter.MAX_INTEGER));
  }

  /** An object whose properties must be there, of the right type and within bounds. */
  record Properties(Amf0Value.Keyed keyed) {
    String text(String name) {
      return keyed.text(name).orElseThrow(() -> missing(name, "a text"));
    }

    /** A text that may be part of a URL. */
    String segment(String name) {
      String text = text(name);
      if (!StreamPath.isValidSegment(text)) {
        throw missing(name, "a URL-safe name");
      }
      return text;
    }

    boolean flag(String name) {
      return keyed
          .get(name)
          .filter(Amf0Value.Bool.class::isInstance)
          .map(value -> ((Amf0Value.Bool) value).value())
          .orElseThrow(() -> missing(name, "a flag"));
    }

    /** Microseconds, from anywhere. */
    long time(String name) {
      return integer(name, -FeedScriptWriter.MAX_INTEGER, FeedScriptWriter.MAX_INTEGER);
    }

    int count(String name) {
      return integer(name, 0, Integer.MAX_VALUE);
    }

    int integer(String name, int least, int most) {
      return (int) integer(name, (long) least, (long) most);
    }

    long integer(String name, long least, long most) {
      double value = keyed.number(name).orElse(Double.NaN);
      boolean fits = value == Math.rint(value) && value >= (double) least && value <= (double) most;
      if (!fits) {
        throw missing(name, "an integer of " + least + ".." + most);
      }
      return (long) value;
    }

    OptionalDouble optional(String name) {
      if (keyed.get(name).isPresent() && keyed.number(name).isEmpty()) {
        throw missing(name, "a number or nothing");
      }
      return keyed.number(name);
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
      String text = text(name);
      for (E each : type.getEnumConstants()) {
        if (each.name().equals(text)) {
          return each;
        }
      }
      throw ProtocolException.unsupported(name + " of a feed is '" + text + "'");
    }

    List<Properties> objects(String name, int most) {
      if (!(keyed.get(name).orElse(Amf0Value.NULL) instanceof Amf0Value.StrictArray array)
          || array.items().size() > most) {
        throw missing(name, "an array of at most " + most + " objects");
      }
      List<Properties> objects = new ArrayList<>();
      for (Amf0Value item : array.items()) {
        if (!(item instanceof Amf0Value.Keyed each)) {
          throw missing(name, "an array of objects");
        }
        objects.add(new Properties(each));
      }
      return objects;
    }

    private ProtocolException missing(String name, String expected) {
      return ProtocolException.malformed(
          "script tag of a feed: " + name + " must be " + expected + ", found " + keyed.get(name));
    }
  }
}

package dev.millrace.media.feed;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.Amf0Writer;
import dev.millrace.media.log.SegmentMark;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the script tags of a feed: a name and one object, in AMF0. Stateless. */
final class FeedScriptWriter {
  static final String OPENED = "millraceOpened";
  static final String MARK = "millraceMark";
  static final String TRACKS = "millraceTracks";
  static final String TIME = "millraceTime";
  static final String ENDED = "millraceEnded";

  /** The largest number up to which a double, AMF0's only number, tells all integers apart. */
  static final long MAX_INTEGER = 1L << 53;

  private FeedScriptWriter() {}

  static Bytes opened(FeedRecord.Opened opened) {
    return new Properties()
        .text("app", opened.path().app())
        .text("name", opened.path().name())
        .integer("epoch", opened.epoch())
        .integer("segmentUs", opened.targets().segmentUs())
        .integer("targetDurationS", opened.targets().targetDurationS())
        .integer("partTargetUs", opened.targets().partTargetUs())
        .integer("windowUs", opened.targets().windowUs())
        .script(OPENED);
  }

  static Bytes mark(SegmentMark mark) {
    return new Properties()
        .integer("msn", mark.msn())
        .integer("discontinuitySequence", mark.discontinuitySequence())
        .integer("pdtUs", mark.pdtUs())
        .flag("media", mark.media())
        .integer("section", mark.section())
        .integer("mediaUs", mark.mediaUs())
        .integer("originUs", mark.originUs())
        .script(MARK);
  }

  static Bytes tracks(FeedRecord.Tracks record) {
    return new Properties()
        .objects("tracks", record.tracks().stream().map(FeedScriptWriter::track).toList())
        .integer("declaredBitrateBps", record.declaredBitrateBps())
        .objects("plan", List.of(plan(record.plan())))
        .script(TRACKS);
  }

  /** The exact times of the frame that comes next. */
  static Bytes time(Frame frame) {
    return new Properties()
        .integer("dtsUs", frame.dtsUs())
        .integer("ptsUs", frame.ptsUs())
        .script(TIME);
  }

  static Bytes ended() {
    return new Properties().script(ENDED);
  }

  private static Properties track(Track track) {
    return switch (track) {
      case Track.Video video -> {
        Properties properties =
            new Properties()
                .text("type", "video")
                .integer("id", video.id())
                .text("codec", video.codec().name())
                .text("codecs", video.codecs())
                .flag("sequenceHeader", !video.configuration().isEmpty())
                .integer("width", video.width())
                .integer("height", video.height())
                .integer("sarWidth", video.sarWidth())
                .integer("sarHeight", video.sarHeight())
                .flag("interlaced", video.interlaced());
        video.frameRate().ifPresent(rate -> properties.number("frameRate", rate));
        yield properties;
      }
      case Track.Audio audio ->
          new Properties()
              .text("type", "audio")
              .integer("id", audio.id())
              .text("codec", audio.codec().name())
              .text("codecs", audio.codecs())
              .flag("sequenceHeader", !audio.configuration().isEmpty())
              .integer("sampleRate", audio.sampleRate())
              .integer("channels", audio.channels())
              .integer("samplesPerFrame", audio.samplesPerFrame());
    };
  }

  private static Properties plan(LadderPlan plan) {
    return new Properties()
        .objects("video", plan.video().stream().map(FeedScriptWriter::rung).toList())
        .objects("audio", plan.audio().stream().map(FeedScriptWriter::rung).toList())
        .text("replacesVideo", plan.replacesVideo())
        .flag("deinterlace", plan.deinterlace());
  }

  private static Properties rung(VideoRung rung) {
    return new Properties()
        .text("name", rung.name())
        .text("codec", rung.codec().name())
        .integer("width", rung.width())
        .integer("height", rung.height())
        .integer("frameDivisor", rung.frameDivisor())
        .integer("bitrateBps", rung.bitrateBps());
  }

  private static Properties rung(AudioRung rung) {
    return new Properties().text("name", rung.name()).integer("bitrateBps", rung.bitrateBps());
  }

  /** The properties of one object, in the order in which they are told. */
  private static final class Properties {
    private final Map<String, Amf0Value> values = new LinkedHashMap<>();

    Properties text(String name, String text) {
      values.put(name, new Amf0Value.Str(text));
      return this;
    }

    Properties integer(String name, long value) {
      if (Math.abs(value) > MAX_INTEGER || value == Long.MIN_VALUE) {
        throw new IllegalArgumentException(name + " " + value + " is beyond 2^53");
      }
      return number(name, (double) value);
    }

    Properties number(String name, double value) {
      values.put(name, new Amf0Value.Num(value));
      return this;
    }

    Properties flag(String name, boolean value) {
      values.put(name, new Amf0Value.Bool(value));
      return this;
    }

    Properties objects(String name, List<Properties> items) {
      values.put(
          name,
          new Amf0Value.StrictArray(
              items.stream().<Amf0Value>map(item -> new Amf0Value.Obj(item.values)).toList()));
      return this;
    }

    Bytes script(String name) {
      return Amf0Writer.write(new Amf0Value.Str(name), new Amf0Value.Obj(values));
    }
  }
}

package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionSink;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Reads a feed as a worker does and encodes nothing: one video and one audio rung, frames in order
 * of presentation after some frames of delay, key frames where marks ask for them.
 */
final class FakeWorker {
  static final String VIDEO = "360p";
  static final String AUDIO = "audio-64k";

  /** A track this far behind the other is not waited for. */
  private static final long STOPPED_US = 2_500_000;

  private static final Bytes KEY = Bytes.fromHex("00000005 6588840000");
  private static final Bytes DELTA = Bytes.fromHex("00000004 419a0000");

  private final RenditionSink sink;
  private final int delayFrames;
  private final List<SegmentMark> marks = new ArrayList<>();
  private final PriorityQueue<Frame> decoded =
      new PriorityQueue<>(Comparator.comparingLong(Frame::ptsUs));
  private final Deque<Frame> sound = new ArrayDeque<>();
  private @Nullable StreamPath path;
  private Targets targets = Targets.DEFAULT;
  private long epoch;
  private @Nullable RungWriter video;
  private @Nullable RungWriter audio;
  private boolean decoding;
  private int begun;
  private long videoUs = Long.MIN_VALUE;
  private long audioUs = Long.MIN_VALUE;

  FakeWorker(RenditionSink sink, int delayFrames) {
    this.sink = sink;
    this.delayFrames = delayFrames;
  }

  void on(FeedRecord record) {
    switch (record) {
      case FeedRecord.Opened opened -> {
        path = opened.path();
        epoch = opened.epoch();
        targets = opened.targets();
        marks.clear();
        begun = 0;
        video = null;
        audio = null;
      }
      case FeedRecord.Mark(SegmentMark mark) -> mark(mark);
      case FeedRecord.Tracks tracks -> tracks(tracks.tracks());
      case FeedRecord.Media(Frame frame) -> media(frame);
      case FeedRecord.Ended ended -> {
        drain();
        end();
      }
    }
  }

  /** Overload: gaps from the next mark on. */
  void shed(boolean on) {
    if (video != null) {
      video.shed(on);
    }
  }

  /** In good order. */
  void end() {
    if (video != null) {
      video.end();
    }
    if (audio != null) {
      audio.end();
    }
  }

  private void mark(SegmentMark mark) {
    if (marks.isEmpty() || !mark.media() || marks.getLast().section() != mark.section()) {
      drain();
      begun = marks.size();
      videoUs = Long.MIN_VALUE;
      audioUs = Long.MIN_VALUE;
    }
    marks.add(mark);
    if (video != null) {
      video.mark(mark);
    }
    if (audio != null) {
      audio.mark(mark);
    }
  }

  private void tracks(List<Track> tracks) {
    drain();
    decoding = false;
    for (Track track : tracks) {
      switch (track) {
        case Track.Video source -> {
          video = video == null ? writer(VIDEO) : video;
          video.describe(source, description(VIDEO, MediaType.VIDEO, 0, 0));
        }
        case Track.Audio source -> {
          audio = audio == null ? writer(AUDIO) : audio;
          audio.describe(source, description(AUDIO, MediaType.AUDIO, 2, source.sampleRate()));
        }
      }
    }
  }

  private RungWriter writer(String name) {
    RungWriter writer = new RungWriter(sink, Objects.requireNonNull(path), epoch, targets, name);
    marks.forEach(writer::mark);
    return writer;
  }

  private static RenditionDescription description(
      String name, MediaType type, int channels, int rate) {
    Bytes init = Bytes.utf8(name + rate);
    return new RenditionDescription(
        name, type, "x", 640, 360, 0, channels, rate, 0, FileName.Init.of(init).toString(), init);
  }

  private void media(Frame frame) {
    if (frame.type() == MediaType.VIDEO) {
      videoUs = frame.dtsUs();
      decoding |= frame.key();
      if (decoding) {
        decoded.add(frame);
      }
      while (decoded.size() > delayFrames) {
        encode(decoded.remove());
      }
    } else {
      audioUs = frame.dtsUs();
      sound.add(frame);
      while (sound.size() > 2) {
        sound(sound.remove());
      }
    }
    long first = Math.min(videoUs, audioUs);
    long last = Math.max(videoUs, audioUs);
    long most = last - STOPPED_US;
    if (audio != null) {
      long soundUs = sound.isEmpty() ? last : sound.element().dtsUs();
      audio.progress(Math.min(soundUs, Math.max(video == null ? last : first, most)));
    }
    if (video != null && decoded.isEmpty()) {
      video.progress(most);
    }
  }

  private void encode(Frame frame) {
    RungWriter to = Objects.requireNonNull(video);
    boolean key = false;
    while (begun < marks.size() && RungWriter.beginsWith(marks.get(begun), frame.ptsUs())) {
      key = true;
      begun++;
    }
    to.frame(
        new Frame(MediaType.VIDEO, 0, frame.ptsUs(), frame.ptsUs(), key, key ? KEY : DELTA, 0));
    to.progress(frame.ptsUs());
  }

  private void sound(Frame frame) {
    if (audio != null) {
      audio.frame(frame);
    }
  }

  /** The section is over: what the encoders hold comes out. */
  private void drain() {
    while (!decoded.isEmpty()) {
      encode(decoded.remove());
    }
    while (!sound.isEmpty()) {
      sound(sound.remove());
    }
  }
}

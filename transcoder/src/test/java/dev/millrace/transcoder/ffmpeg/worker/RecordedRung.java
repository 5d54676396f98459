package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.SegmentMark;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a rendition was given. */
final class RecordedRung implements RungSink {
  final List<SegmentMark> marks = new ArrayList<>();
  final List<Frame> frames = new ArrayList<>();
  final List<RenditionDescription> descriptions = new ArrayList<>();
  final List<Track> tracks = new ArrayList<>();

  /** The track of each frame. */
  final List<Track> trackOfFrame = new ArrayList<>();

  /** The number of frames that stood before each call of shed. */
  final List<Boolean> sheds = new ArrayList<>();

  long progressUs = Long.MIN_VALUE;
  boolean ended;
  private @Nullable Track track;

  @Override
  public void mark(SegmentMark mark) {
    marks.add(mark);
  }

  @Override
  public void describe(Track described, RenditionDescription description) {
    track = described;
    tracks.add(described);
    descriptions.add(description);
  }

  @Override
  public void frame(Frame frame) {
    if (track == null) {
      throw new IllegalStateException("a frame before the description");
    }
    frames.add(frame);
    trackOfFrame.add(track);
  }

  @Override
  public void progress(long sessionUs) {
    progressUs = sessionUs;
  }

  @Override
  public void shed(boolean gapsInstead) {
    sheds.add(gapsInstead);
  }

  @Override
  public void end() {
    ended = true;
  }

  List<Long> keysUs() {
    return frames.stream().filter(Frame::key).map(Frame::ptsUs).toList();
  }

  List<Long> timesUs() {
    return frames.stream().map(Frame::ptsUs).toList();
  }
}

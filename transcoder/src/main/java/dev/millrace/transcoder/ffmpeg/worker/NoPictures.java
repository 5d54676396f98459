package dev.millrace.transcoder.ffmpeg.worker;

import dev.millrace.media.log.SegmentMark;

/** The end of a cascade that wants no pictures. */
final class NoPictures implements Downstream {
  @Override
  public boolean wants(int ordinal) {
    return false;
  }

  @Override
  public void mark(SegmentMark mark) {}

  @Override
  public void frame(VideoFrame frame) {
    frame.close();
  }

  @Override
  public void progress(long sessionUs) {}

  @Override
  public void end() {}
}

package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_clone;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Owns one reference to a picture. The pixels may be shared and are never written to again; the
 * fields of the {@link #picture} belong to this reference alone. One thread at a time.
 */
final class VideoFrame implements AutoCloseable {
  private final AVFrame picture;
  private final long ptsUs;
  private final int ordinal;

  private VideoFrame(AVFrame picture, long ptsUs, int ordinal) {
    this.picture = picture;
    this.ptsUs = ptsUs;
    this.ordinal = ordinal;
  }

  /**
   * Takes the picture out of {@code frame}, which is empty afterwards.
   *
   * @param ptsUs session time at which it is shown
   * @param ordinal number of the frame in its segment, from 0
   */
  static VideoFrame take(AVFrame frame, long ptsUs, int ordinal) {
    AVFrame own = AvError.present(av_frame_alloc(), "allocate a frame");
    av_frame_move_ref(own, frame);
    return new VideoFrame(own, ptsUs, ordinal);
  }

  /** Another reference to the same picture. */
  VideoFrame share() {
    return with(picture);
  }

  /** A reference to another picture of the same moment. */
  VideoFrame with(AVFrame other) {
    return new VideoFrame(AvError.present(av_frame_clone(other), "share a frame"), ptsUs, ordinal);
  }

  /** Borrowed until close. */
  AVFrame picture() {
    return picture;
  }

  long ptsUs() {
    return ptsUs;
  }

  int ordinal() {
    return ordinal;
  }

  @Override
  public void close() {
    av_frame_free(picture);
  }
}

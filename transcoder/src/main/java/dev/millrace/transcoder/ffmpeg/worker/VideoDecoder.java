package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.avcodec.AVCodecContext.FF_THREAD_SLICE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AV1;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Decodes one H.264 or H.265 track. Pictures come out in presentation order with session times as
 * {@code pts}, without the delay of frame threads: only what reordering needs is held back.
 */
final class VideoDecoder implements AutoCloseable {
  private final Decoder decoder;

  /**
   * @param threads for the slices of one picture
   */
  VideoDecoder(Track.Video track, int threads) {
    int codec =
        switch (track.codec()) {
          case AVC -> AV_CODEC_ID_H264;
          case HEVC -> AV_CODEC_ID_HEVC;
          case AV1 -> AV_CODEC_ID_AV1;
        };
    decoder =
        new Decoder(
            codec,
            track.configuration(),
            context -> {
              context.thread_count(threads).thread_type(FF_THREAD_SLICE);
              context.width(track.width()).height(track.height());
            });
  }

  /** Packets and pictures that were refused or damaged. */
  long errors() {
    return decoder.errors();
  }

  /** Decodes an access unit; {@code out} borrows each picture and may take its content. */
  void decode(Frame frame, Consumer<AVFrame> out) {
    decoder.decode(frame.data(), frame.dtsUs(), frame.ptsUs(), frame.key(), normalised(out));
  }

  /** Gives what was held back for reordering; decoding then starts at a key frame again. */
  void drain(Consumer<AVFrame> out) {
    decoder.drain(normalised(out));
    avcodec_flush_buffers(decoder.context());
  }

  /** Full-range pictures have a format of their own with the same layout; the range says it all. */
  private static Consumer<AVFrame> normalised(Consumer<AVFrame> out) {
    return picture -> {
      if (picture.format() == AV_PIX_FMT_YUVJ420P) {
        picture.format(AV_PIX_FMT_YUV420P).color_range(AVCOL_RANGE_JPEG);
      }
      out.accept(picture);
    };
  }

  @Override
  public void close() {
    decoder.close();
  }
}

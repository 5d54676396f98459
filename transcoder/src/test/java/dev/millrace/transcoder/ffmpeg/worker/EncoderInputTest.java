package dev.millrace.transcoder.ffmpeg.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NV12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.junit.jupiter.api.Test;

class EncoderInputTest {
  private static final int WIDTH = 64;
  private static final int HEIGHT = 32;

  private static AVFrame picture() {
    AVFrame picture = av_frame_alloc().width(WIDTH).height(HEIGHT).format(AV_PIX_FMT_YUV420P);
    AvError.check(av_frame_get_buffer(picture, 0), "allocate a picture");
    for (int plane = 0; plane < 3; plane++) {
      int shift = plane == 0 ? 0 : 1;
      for (int y = 0; y < HEIGHT >> shift; y++) {
        for (int x = 0; x < WIDTH >> shift; x++) {
          long at = (long) y * picture.linesize(plane) + x;
          picture.data(plane).put(at, (byte) value(plane, x, y));
        }
      }
    }
    return picture.pts(7).pict_type(AV_PICTURE_TYPE_I);
  }

  private static int value(int plane, int x, int y) {
    return 16 + (plane * 71 + x * 3 + y * 5) % 200;
  }

  @Test
  void quickSyncGetsInterleavedChromaAndTheSameTimes() {
    AVFrame picture = picture();
    try (EncoderInput input = EncoderInput.of("h264_qsv", WIDTH, HEIGHT)) {
      for (int i = 0; i < 3; i++) {
        AVFrame prepared = input.prepare(picture.pts(7 + i));
        assertThat(prepared.format()).isEqualTo(AV_PIX_FMT_NV12);
        assertThat(prepared.pts()).isEqualTo(7 + i);
        assertThat(prepared.pict_type()).isEqualTo(AV_PICTURE_TYPE_I);
        for (int y = 0; y < HEIGHT / 2; y++) {
          for (int x = 0; x < WIDTH / 2; x++) {
            long at = (long) y * prepared.linesize(1) + 2L * x;
            assertThat(prepared.data(1).get(at) & 0xFF).isEqualTo(value(1, x, y));
            assertThat(prepared.data(1).get(at + 1) & 0xFF).isEqualTo(value(2, x, y));
          }
        }
        assertThat(prepared.data(0).get(5L * prepared.linesize(0) + 9) & 0xFF)
            .isEqualTo(value(0, 9, 5));
      }
    }
    av_frame_free(picture);
  }

  @Test
  void softwareGetsThePictureItself() {
    AVFrame picture = picture();
    try (EncoderInput input = EncoderInput.of("libx264", WIDTH, HEIGHT)) {
      assertThat(input.prepare(picture)).isSameAs(picture);
    }
    av_frame_free(picture);
  }
}

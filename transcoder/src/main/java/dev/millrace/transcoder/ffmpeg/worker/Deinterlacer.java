package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_time_base;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_write_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_get_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse2;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Makes whole pictures of interlaced ones by bwdif, one for each frame; pictures that are not
 * interlaced pass. A frame comes out when the next one is in. Owns the filter graph and a frame.
 */
final class Deinterlacer implements AutoCloseable {
  private static final long MICROSECONDS = 1_000_000;

  private final AVFilterGraph graph;
  private final AVFilterContext source;
  private final AVFilterContext sink;
  private final AVFrame frame;
  private final int width;
  private final int height;
  private final int format;
  private final long unitsNumerator;
  private final long unitsDenominator;

  /**
   * @param like the first picture: all must have its size and format
   */
  Deinterlacer(AVFrame like) {
    width = like.width();
    height = like.height();
    format = like.format();
    String description =
        "buffer@in=video_size=%dx%d:pix_fmt=%d:time_base=1/%d:colorspace=%d:range=%d,bwdif=mode=send_frame:deint=interlaced,buffersink@out"
            .formatted(width, height, format, MICROSECONDS, like.colorspace(), like.color_range());
    graph = AvError.present(avfilter_graph_alloc(), "allocate a filter graph");
    frame = av_frame_alloc();
    try (AVFilterInOut inputs = new AVFilterInOut(null);
        AVFilterInOut outputs = new AVFilterInOut(null)) {
      AvError.check(
          avfilter_graph_parse2(graph, description, inputs, outputs), "build the deinterlacer");
      AvError.check(avfilter_graph_config(graph, null), "connect the deinterlacer");
      source = AvError.present(avfilter_graph_get_filter(graph, "buffer@in"), "find its start");
      sink = AvError.present(avfilter_graph_get_filter(graph, "buffersink@out"), "find its end");
      try (AVRational unit = av_buffersink_get_time_base(sink)) {
        unitsNumerator = unit.num() * MICROSECONDS;
        unitsDenominator = unit.den();
      }
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  /** Whether the picture can be given to this one. */
  boolean fits(AVFrame picture) {
    return picture.width() == width && picture.height() == height && picture.format() == format;
  }

  /** Takes the picture; {@code out} borrows each result and may take its content. */
  void filter(AVFrame picture, Consumer<AVFrame> out) {
    AvError.check(av_buffersrc_add_frame(source, picture), "deinterlace a picture");
    receive(out);
  }

  /** Gives what is held back; nothing can follow. */
  void drain(Consumer<AVFrame> out) {
    AvError.check(av_buffersrc_write_frame(source, null), "end the deinterlacer");
    receive(out);
  }

  private void receive(Consumer<AVFrame> out) {
    while (AvError.delivered(av_buffersink_get_frame(sink, frame), "take a whole picture")) {
      frame.pts(frame.pts() * unitsNumerator / unitsDenominator);
      out.accept(frame);
      av_frame_unref(frame);
    }
  }

  @Override
  public void close() {
    av_frame_free(frame);
    avfilter_graph_free(graph);
  }
}

package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_get_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse2;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Owns a filter graph that makes frames out of nothing or out of a file. Its filters go with it, so
 * the sink is never freed alone.
 */
final class FilterGraph implements AutoCloseable {
  private final AVFilterGraph graph;
  private final AVFilterContext sink;

  /**
   * @param description a chain in libavfilter's syntax, without the sink
   * @param sinkFilter {@code buffersink} or {@code abuffersink}
   */
  FilterGraph(String description, String sinkFilter) {
    graph = AvError.present(avfilter_graph_alloc(), "allocate a filter graph");
    try (AVFilterInOut inputs = new AVFilterInOut(null);
        AVFilterInOut outputs = new AVFilterInOut(null)) {
      String name = sinkFilter + "@out";
      AvError.check(
          avfilter_graph_parse2(graph, description + "," + name, inputs, outputs),
          "build the filters " + description);
      AvError.check(avfilter_graph_config(graph, null), "connect the filters " + description);
      sink = AvError.present(avfilter_graph_get_filter(graph, name), "find the filters' end");
    } catch (AvError e) {
      avfilter_graph_free(graph);
      throw e;
    }
  }

  /** Takes the next frame into {@code frame}, whose old content goes. False at the end. */
  boolean next(AVFrame frame) {
    av_frame_unref(frame);
    return AvError.delivered(av_buffersink_get_frame(sink, frame), "filter the next frame");
  }

  /** A file name as an option's value inside a graph's description: escaped for both levels. */
  static String quoted(String fileName) {
    String value = fileName.replaceAll("([\\\\':])", "\\\\$1");
    return value.replaceAll("([\\\\',;\\[\\]])", "\\\\$1");
  }

  @Override
  public void close() {
    avfilter_graph_free(graph);
  }
}

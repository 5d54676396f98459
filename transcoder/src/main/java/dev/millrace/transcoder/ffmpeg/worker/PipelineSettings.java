package dev.millrace.transcoder.ffmpeg.worker;

/**
 * How a pipeline works.
 *
 * @param encoder {@code auto}, {@code libx264}, {@code libopenh264}, {@code nvenc}, {@code vaapi}
 *     or {@code qsv}
 * @param preset of libx264
 * @param threads of each encoder; 0 for as many as its rung needs
 * @param live the feed comes in real time and does not wait: frames are dropped where it must be,
 *     and rungs are shed under overload. Otherwise the feed waits for the pipeline
 * @param posterIntervalUs media time between posters; 0 for no pictures at all
 * @param thumbnailWidth in pixels
 */
public record PipelineSettings(
    String encoder,
    String preset,
    int threads,
    boolean live,
    long posterIntervalUs,
    int thumbnailWidth) {
  /** As the server's configuration has it by default. */
  public static final PipelineSettings DEFAULT =
      new PipelineSettings("auto", "veryfast", 0, true, 5_000_000, 160);

  /** The same for a source that waits. */
  public PipelineSettings unhurried() {
    return new PipelineSettings(encoder, preset, threads, false, posterIntervalUs, thumbnailWidth);
  }

  /** Threads for the slices of a picture that is decoded. */
  static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Threads of one encoder: one for what a single core encodes in real time with some ease, because
   * each further one costs time and quality; the rungs are parallel among themselves.
   */
  int encoderThreads(long pixelsASecond) {
    if (threads > 0) {
      return threads;
    }
    return Math.clamp(Math.ceilDiv(pixelsASecond, 40_000_000L), 1, Math.min(16, processors()));
  }
}

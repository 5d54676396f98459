package dev.millrace.server.bench;

import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.VideoRung;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * An ffmpeg program, and the command by which it makes the same ladder with the same settings as a
 * worker: one decoder, a cascade of bicubic scalers, x264 with key frames at the given instants,
 * fragmented MP4, thumbnails and posters.
 *
 * @param kind whether it is of the same build as the workers' FFmpeg
 */
record FfmpegProgram(String path, String kind) {
  /** The peak that workers hold their encoders to. */
  private static final double PEAK = 1.15;

  /**
   * The program in this installation if it starts (it needs libraries of the system that workers do
   * not), else the one on the PATH.
   *
   * @throws IOException if there is none
   */
  static FfmpegProgram find(String java, String classPath)
      throws IOException, InterruptedException {
    String main = "dev.millrace.transcoder.ffmpeg.ProgramMain";
    List<String> command =
        List.of(java, "--enable-native-access=ALL-UNNAMED", "-cp", classPath, main);
    Process printer =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String path =
        new String(printer.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (printer.waitFor() == 0 && starts(path)) {
      return new FfmpegProgram(path, "same build");
    }
    if (starts("ffmpeg")) {
      return new FfmpegProgram("ffmpeg", "the system's");
    }
    throw new IOException("no ffmpeg program starts here, so there is nothing to compare with");
  }

  private static boolean starts(String path) throws InterruptedException {
    try {
      Process version =
          new ProcessBuilder(path, "-version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return version.waitFor(10, TimeUnit.SECONDS) && version.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes an FLV file of any other without encoding. */
  List<String> remux(Path from, Path to) {
    return List.of(
        path,
        "-nostdin",
        "-loglevel",
        "error",
        "-y",
        "-i",
        from.toString(),
        "-map",
        "0:v:0",
        "-map",
        "0:a:0?",
        "-c",
        "copy",
        "-f",
        "flv",
        to.toString());
  }

  /** The ladder of the feed, written to nowhere. */
  List<String> ladder(Path file, RecordedFeed feed, String preset, int threads) {
    List<String> command = new ArrayList<>(List.of(path, "-nostdin", "-loglevel", "error", "-y"));
    command.addAll(List.of("-threads", Integer.toString(threads), "-thread_type", "slice"));
    command.addAll(List.of("-i", file.toString(), "-filter_complex", cascade(feed)));
    String instants =
        feed.keyFrameSeconds().stream()
            .map(seconds -> String.format(Locale.ROOT, "%.3f", seconds))
            .collect(Collectors.joining(","));
    List<VideoRung> rungs = feed.plan().video();
    for (int i = 0; i < rungs.size(); i++) {
      long bps = rungs.get(i).bitrateBps();
      command.addAll(List.of("-map", "[out" + i + "]", "-c:v", "libx264", "-preset", preset));
      command.addAll(List.of("-tune", "zerolatency", "-forced-idr", "1", "-bf", "0"));
      command.addAll(List.of("-x264-params", "scenecut=0:keyint=infinite:open-gop=0"));
      command.addAll(List.of("-force_key_frames", instants));
      command.addAll(List.of("-threads", Integer.toString(threads)));
      command.addAll(List.of("-b:v", Long.toString(bps), "-maxrate", maximum(bps)));
      command.addAll(List.of("-bufsize", Long.toString(bps)));
      fragments(command);
    }
    pictures(command, "[thumbnails]");
    pictures(command, "[posters]");
    for (AudioRung rung : feed.plan().audio()) {
      command.addAll(List.of("-map", "0:a:0", "-c:a", "aac", "-ac", "2"));
      command.addAll(List.of("-b:a", Long.toString(rung.bitrateBps())));
      fragments(command);
    }
    return command;
  }

  private static void pictures(List<String> command, String from) {
    command.addAll(List.of("-map", from, "-c:v", "mjpeg", "-f", "image2pipe", "/dev/null"));
  }

  private static String maximum(long bps) {
    return Long.toString(Math.round(bps * PEAK));
  }

  private static void fragments(List<String> command) {
    command.addAll(List.of("-f", "mp4", "-movflags", "+empty_moov+default_base_moof+cmaf"));
    command.addAll(List.of("-frag_duration", "500000", "/dev/null"));
  }

  /** Each rung scaled from the one above, as workers do. */
  private static String cascade(RecordedFeed feed) {
    List<VideoRung> rungs = feed.plan().video();
    List<String> chains = new ArrayList<>();
    String from = "[0:v:0]";
    for (int i = 0; i < rungs.size(); i++) {
      String scale =
          "%sscale=%d:%d:flags=bicubic"
              .formatted(from, rungs.get(i).width(), rungs.get(i).height());
      chains.add(scale + ",split[out%d][next%d]".formatted(i, i));
      from = "[next%d]".formatted(i);
    }
    // Pictures of the smallest rung, as often as a worker makes them.
    chains.add(from + "split[small0][small1]");
    chains.add("[small0]fps=1/2,scale=160:-2,format=yuvj420p[thumbnails]");
    chains.add("[small1]fps=1/5,format=yuvj420p[posters]");
    return String.join(";", chains);
  }
}

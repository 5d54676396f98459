package dev.millrace.server.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Real publishers, each a process of its own. */
final class Publisher {
  private Publisher() {}

  /** libavformat through bytedeco: a file, or {@code test} for pictures and a tone. */
  static ChildProcess libav(Path folder, String input, String url, String... options) {
    List<String> arguments = new ArrayList<>(List.of(input, url));
    arguments.addAll(List.of(options));
    return ChildProcess.start(Installation.publisher(arguments), Map.of(), folder);
  }

  /** The system's ffmpeg; skips loudly where there is none. */
  static ChildProcess ffmpeg(Path folder, String... arguments) {
    return program(
        folder, "ffmpeg", List.of("-hide_banner", "-nostdin", "-loglevel", "warning"), arguments);
  }

  /** GStreamer; skips loudly where there is none. */
  static ChildProcess gstreamer(Path folder, String... arguments) {
    return program(folder, "gst-launch-1.0", List.of("-q"), arguments);
  }

  private static ChildProcess program(
      Path folder, String name, List<String> first, String... arguments) {
    Programs.require(name);
    List<String> command = new ArrayList<>(List.of(name));
    command.addAll(first);
    command.addAll(List.of(arguments));
    return ChildProcess.start(command, Map.of(), folder);
  }

  /** How long a publisher may take from its start to the first answered playlist. */
  static final Duration START = Duration.ofSeconds(30);
}

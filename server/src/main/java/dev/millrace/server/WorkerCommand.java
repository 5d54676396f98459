package dev.millrace.server;

import dev.millrace.server.config.ConfigException;
import dev.millrace.transcoder.worker.JavaWorkers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A worker by hand, started exactly as a node starts its own. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = {
      "Encodes the ladder of one stream. A node starts its workers itself; by hand this is for"
          + " trials.",
      "Reads its job from standard input, lines like path=live/main, ended by an empty line:",
      "feed, origin, token, authority, generation, path, encoder, preset, threads,",
      "poster-interval-ms, thumbnail-width, status-interval-ms. Ends with its input; tells its"
          + " status each second."
    })
final class WorkerCommand implements Callable<Integer> {
  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder for what workers share between runs; default: millrace in the user's cache")
  private Optional<Path> cache = Optional.empty();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path ffmpeg =
        FfmpegFolder.find()
            .orElseThrow(
                () ->
                    new ConfigException(
                        "a worker needs FFmpeg, and this installation has no folder 'ffmpeg'"));
    Path folder = cache.orElseGet(WorkerCommand::userCache).toAbsolutePath();
    Files.createDirectories(folder);
    Process worker =
        new JavaWorkers(System.getProperty("java.class.path"), ffmpeg, folder, 0, System::nanoTime)
            .command()
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(worker::destroyForcibly, "shutdown"));
    return worker.waitFor();
  }

  private static Path userCache() {
    String cache = Optional.ofNullable(System.getenv("XDG_CACHE_HOME")).orElse("");
    return (cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache))
        .resolve("millrace");
  }
}

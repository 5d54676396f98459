package dev.millrace.transcoder.worker;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Starts workers as child JVMs of this installation, with FFmpeg on their class path and on no
 * other's. What they share between runs (native libraries, loaded classes) is in one folder. Some
 * may have started before their job is known. Any thread.
 */
public final class JavaWorkers implements WorkerLauncher, AutoCloseable {
  /** SVT-AV1 otherwise prints its settings, and complains when it is closed in mid-stream. */
  private static final String SVT_FATAL_ONLY = "0";

  private static final String MAIN = "dev.millrace.transcoder.ffmpeg.WorkerMain";

  private static final Path NICE = Path.of("/usr/bin/nice");

  /** A processor that does not suffice for all goes to ingest and delivery first: about 3 to 1. */
  private static final String NICENESS = "5";

  /** A worker that has just got its job needs the processors more than the spare behind it. */
  private static final Duration SPARE_PAUSE = Duration.ofSeconds(5);

  private final List<String> words;
  private final Path folder;
  private final LongSupplier nanoTime;
  private final SpareProcesses spares;

  /**
   * @param nodeClassPath of the node itself
   * @param ffmpeg folder of FFmpeg's jars
   * @param folder for what workers share; made when the first one starts
   * @param spares processes that are kept waiting for a job, so that one is at work in some tenths
   *     of a second; 0: each starts when it is needed
   * @param nanoTime the monotonic clock
   */
  public JavaWorkers(
      String nodeClassPath, Path ffmpeg, Path folder, int spares, LongSupplier nanoTime) {
    this.folder = folder.toAbsolutePath();
    this.nanoTime = nanoTime;
    this.words =
        words(absolute(nodeClassPath) + File.pathSeparator + absolute(ffmpeg + "/*"), this.folder);
    this.spares = new SpareProcesses(this::process, spares, SPARE_PAUSE);
  }

  /** Workers start in a folder of their own. */
  private static String absolute(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> words(String classPath, Path folder) {
    List<String> words = new ArrayList<>();
    if (Files.isExecutable(NICE)) {
      words.addAll(List.of(NICE.toString(), "-n", NICENESS));
    }
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Encoders work outside the heap; in it are the frames and parts of a few seconds. It begins
    // small, because without -Xms a machine with much memory makes it as large as it may become.
    // Frames and parts live for a second: they die young if the young have room, and the old
    // generation, which grows rather than be collected, stays small.
    words.addAll(List.of("-Xms20m", "-Xmn12m", "-XX:SurvivorRatio=2", "-Xmx96m"));
    words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError"));
    // The platform's archive of classes at its fixed address: elsewhere it would be relocated,
    // which
    // takes time and a copy of its own in each worker.
    words.addAll(List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"));
    // Nothing of a worker that is killed or crashes stays on the disk.
    words.addAll(
        List.of("-XX:-UsePerfData", "-XX:+ErrorFileToStderr", "-XX:-CreateCoredumpOnCrash"));
    words.add("--enable-native-access=ALL-UNNAMED");
    // Every native object has an owner that closes it: no collector thread, no lock, no limit.
    words.add("-Dorg.bytedeco.javacpp.nopointergc=true");
    words.add("-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("native"));
    words.addAll(List.of("-cp", classPath, MAIN));
    return List.copyOf(words);
  }

  /** How a worker is started; its job goes to its standard input. */
  public ProcessBuilder command() {
    ProcessBuilder command = new ProcessBuilder(words).directory(folder.toFile());
    // The settings of the node may hold stream keys.
    command.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
    // glibc gives each of the many threads of codecs an arena, and none gives memory back.
    command.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
    command.environment().putIfAbsent("SVT_LOG", SVT_FATAL_ONLY);
    return command;
  }

  private Process process() throws IOException {
    Files.createDirectories(folder);
    return command().start();
  }

  @Override
  public Worker start(WorkerJob job, Runnable changed, WorkerEvents events) throws IOException {
    return WorkerProcess.of(spares.take(), job, "worker " + job.path(), changed, events, nanoTime);
  }

  /** Ends those that wait; workers go on. */
  @Override
  public void close() {
    spares.close();
  }
}

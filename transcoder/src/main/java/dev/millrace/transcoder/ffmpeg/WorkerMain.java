package dev.millrace.transcoder.ffmpeg;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.media.log.http.LogHeaders;
import dev.millrace.media.log.http.RemoteRenditionSink;
import dev.millrace.transcoder.ffmpeg.worker.PipelineSettings;
import dev.millrace.transcoder.ffmpeg.worker.Worker;
import dev.millrace.transcoder.worker.WorkerEvent;
import dev.millrace.transcoder.worker.WorkerEvent.Level;
import dev.millrace.transcoder.worker.WorkerJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A worker in a process of its own: reads its job from standard input, the feed over HTTP, and PUTs
 * parts and pictures to the origin. Standard output has status and event lines ({@link
 * dev.millrace.transcoder.worker.WorkerStatus}, {@link WorkerEvent}) and nothing else.
 *
 * <p>Exit status: 0 when the presentation has ended, or standard input has (the parent is gone); 1
 * when the work could not go on, which an event line explains; 2 for a job that makes no sense.
 */
public final class WorkerMain {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PUT_TIMEOUT = Duration.ofSeconds(5);

  /** How often overload is looked for. */
  private static final long LOOK_MS = 250;

  private WorkerMain() {}

  /** Works. */
  public static void main(String[] arguments) {
    PrintStream status = System.out;
    // Logging libraries write to standard output unless told otherwise.
    System.setOut(System.err);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    WorkerJob job;
    try {
      if (!input.ready()) {
        Preload.network();
      }
      Preload.libraries();
      job = WorkerJob.read(input);
    } catch (LinkageError e) {
      System.err.println("FFmpeg cannot be loaded: " + e.getMessage());
      Runtime.getRuntime().halt(1);
      return;
    } catch (IOException | IllegalArgumentException e) {
      System.err.println("expected the job of a worker on standard input: " + e.getMessage());
      Runtime.getRuntime().halt(2);
      return;
    }
    Thread.ofPlatform().daemon().name("parent-watch").start(() -> exitWithParent(input));
    // Nothing is left to be tidied up that the end of the process does not tidy.
    Runtime.getRuntime().halt(work(job, status));
  }

  private static int work(WorkerJob job, PrintStream out) {
    try (RemoteRenditionSink origin =
            new RemoteRenditionSink(
                job.origin(), job.token(), job.authority(), job.generation(), PUT_TIMEOUT);
        HttpClient client = job.authority().client().connectTimeout(CONNECT_TIMEOUT).build();
        ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("status").factory())) {
      Worker worker =
          new Worker(
              settings(job),
              origin,
              origin,
              text -> say(out, Level.INFO, text),
              WorkerMain::idleProcessors,
              System::nanoTime);
      long everyMs = Math.max(1, job.statusInterval().toMillis());
      timer.scheduleAtFixedRate(() -> look(worker, out), LOOK_MS, LOOK_MS, TimeUnit.MILLISECONDS);
      timer.scheduleAtFixedRate(
          () -> line(out, worker.status().toLine()), 0, everyMs, TimeUnit.MILLISECONDS);
      try (InputStream feed = open(client, job)) {
        worker.run(feed);
      } finally {
        timer.shutdownNow();
      }
      line(out, worker.status().toLine());
      return 0;
    } catch (InterruptedException e) {
      return 1;
    } catch (IOException | RuntimeException | LinkageError e) {
      say(out, Level.ERROR, "the worker ends: " + words(e));
      return 1;
    }
  }

  /** A thread in native code cannot be ended, a process can. */
  private static void look(Worker worker, PrintStream out) {
    Optional<String> stuck = worker.look();
    if (stuck.isPresent()) {
      say(out, Level.ERROR, "the worker ends: " + stuck.get());
      Runtime.getRuntime().halt(1);
    }
  }

  private static String words(Throwable e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static PipelineSettings settings(WorkerJob job) {
    return new PipelineSettings(
        job.encoder().name().toLowerCase(Locale.ROOT),
        job.preset(),
        job.threads(),
        job.live(),
        TimeUnit.MILLISECONDS.toMicros(job.posterInterval().toMillis()),
        job.thumbnailWidth());
  }

  private static InputStream open(HttpClient client, WorkerJob job)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(job.feed())
            .header("Authorization", "Bearer " + job.token())
            .header(LogHeaders.GENERATION, Long.toString(job.generation()))
            .GET()
            .build();
    HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
    if (answer.statusCode() != 200) {
      answer.body().close();
      throw new IOException("the feed was answered with status " + answer.statusCode());
    }
    return answer.body();
  }

  private static double idleProcessors() {
    double load = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getCpuLoad();
    return load < 0 ? 0 : (1 - load) * Runtime.getRuntime().availableProcessors();
  }

  private static void say(PrintStream out, Level level, String text) {
    line(out, new WorkerEvent(level, text).toLine());
  }

  /** One write a line, whatever thread it comes from. */
  private static synchronized void line(PrintStream out, String text) {
    out.println(text);
    out.flush();
  }

  /** The parent holds the other end of standard input; when that closes, so does this process. */
  private static void exitWithParent(BufferedReader input) {
    try {
      while (input.readLine() != null) {
        // Nothing is said on this line; only its end counts.
      }
    } catch (IOException e) {
      System.err.println("parent is gone: " + e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }
}

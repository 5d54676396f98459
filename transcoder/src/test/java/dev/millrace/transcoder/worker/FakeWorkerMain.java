package dev.millrace.transcoder.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A worker without media, for tests of supervision: its job's preset says what it does. */
final class FakeWorkerMain {
  static final String WORKS = "works";
  static final String ENDS = "ends";
  static final String GROWS = "grows";
  static final String COMPLAINS = "complains";
  static final String NEVER_READY = "never-ready";

  private FakeWorkerMain() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    WorkerJob job = WorkerJob.read(in);
    endWithTheParent(in);
    switch (job.preset()) {
      case NEVER_READY -> new CountDownLatch(1).await();
      case COMPLAINS -> {
        for (int i = 0; i < 1000; i++) {
          System.err.println("complaint " + i);
        }
        System.exit(3);
      }
      default -> work(job);
    }
  }

  private static void work(WorkerJob job) throws InterruptedException {
    System.out.println("event info generation " + job.generation() + " is at work");
    byte[] ballast = job.preset().equals(GROWS) ? new byte[200 << 20] : new byte[0];
    for (int i = 1; ; i++) {
      System.out.println(new WorkerStatus(i, ballast.length, 0, "fake", List.of()).toLine());
      if (i == 3 && job.preset().equals(ENDS)) {
        System.exit(0);
      }
      Thread.sleep(job.statusInterval());
    }
  }

  private static void endWithTheParent(BufferedReader in) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                while (in.readLine() != null) {
                  // nothing more is said
                }
              } catch (IOException e) {
                // the same
              }
              Runtime.getRuntime().halt(0);
            });
  }
}

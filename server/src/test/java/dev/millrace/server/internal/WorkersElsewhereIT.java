package dev.millrace.server.internal;

import static dev.millrace.server.internal.TestCertificates.authority;
import static dev.millrace.server.internal.TestCertificates.tls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LadderFacts.State;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.Segment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stream of real footage whose real worker processes run behind other nodes' internal servers,
 * over TLS: nodes die, drain and come back, and what viewers of a rung miss is measured. The nodes
 * are servers in this process; {@code kill -9} of one and a closed server look the same to the
 * ingest node.
 */
@TestMethodOrder(OrderAnnotation.class)
class WorkersElsewhereIT {
  private static final String RUNG = "160p";

  @TempDir static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static IngestNode ingest;

  @SuppressWarnings("NullAway.Init")
  private static TranscoderNode first;

  @SuppressWarnings("NullAway.Init")
  private static TranscoderNode second;

  @BeforeAll
  static void start() throws Exception {
    ingest = new IngestNode(folder.resolve("ingest"), tls("node"), authority("authority"));
  }

  @AfterAll
  static void stop() {
    ingest.close();
    first.close();
    second.close();
    assertThat(workers()).as("worker processes left behind").isEmpty();
  }

  private static TranscoderNode node(String name) throws Exception {
    TranscoderNode node = new TranscoderNode(name, folder.resolve("shared"), tls("node"));
    ingest.add(node);
    return node;
  }

  private static void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(10))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("no " + what + "; the ladder: " + ingest.ladder(), e);
    }
  }

  /** Other classes run at the same time in this process; theirs are not of this folder. */
  private static List<ProcessHandle> workers() {
    return ProcessHandle.current().children().filter(WorkersElsewhereIT::isOwn).toList();
  }

  private static boolean isOwn(ProcessHandle process) {
    try {
      String words = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      return process.isAlive() && words.contains(folder.toString());
    } catch (IOException e) {
      return false; // just gone
    }
  }

  private static void awaitEncodingOn(TranscoderNode node) {
    await(
        "a worker on " + node.name(),
        () -> {
          LadderFacts facts = ingest.ladder();
          return facts.state() == State.ENCODING && facts.node().equals(node.name());
        });
  }

  private static List<PartEntry> log() {
    return ingest.store().view(IngestNode.PATH).orElseThrow().rendition(RUNG).stream()
        .flatMap(view -> view.segments().stream())
        .map(Segment::entries)
        .flatMap(List::stream)
        .toList();
  }

  private static long media() {
    return log().stream().filter(entry -> !entry.gap() && entry.sizeBytes() > 0).count();
  }

  /** Media time that became gaps after this wall time. */
  private static long lostMs(long fromPdtUs) {
    return log().stream()
            .filter(entry -> entry.gap() && entry.programDateTimeUs() >= fromPdtUs)
            .mapToLong(PartEntry::durationUs)
            .sum()
        / 1000;
  }

  /** Until the rung has media whose wall time is later than all that the source has now. */
  private static long backAtTheEdgeMs() {
    long edgePdtUs = ingest.sourceEndPdtUs();
    long before = System.nanoTime();
    await(
        "media behind what the source had then",
        () ->
            log().stream()
                .anyMatch(
                    entry ->
                        !entry.gap()
                            && entry.sizeBytes() > 0
                            && entry.programDateTimeUs() >= edgePdtUs));
    return (System.nanoTime() - before) / 1_000_000;
  }

  @Test
  @Order(1)
  void streamWithoutATranscoderBeginsWhenOneAppears() throws Exception {
    await("the reason", () -> ingest.ladder().state() == State.NO_CAPACITY);
    assertThat(ingest.ladder().reason()).isEqualTo(IngestNode.NO_TRANSCODER);
    await("the source", () -> ingest.sourceEndPdtUs() > 0);

    first = node("node-1");
    long before = System.nanoTime();
    await("media of the rung", () -> media() > 0);
    System.out.println(
        "MEASURED first part of a rung "
            + (System.nanoTime() - before) / 1_000_000
            + " ms after the first transcoder node appeared");
    awaitEncodingOn(first);
    assertThat(ingest.ladder().restarts()).isZero();
  }

  @Test
  @Order(2)
  void rungsComeBackFromAnotherNodeWhenTheirsDies() throws Exception {
    second = node("node-2");
    awaitEncodingOn(first);
    ProcessHandle worker = workers().getFirst();
    long lostFromUs = ingest.sourceEndPdtUs() - 2_000_000;
    first.close();
    await("the end of its worker", () -> !worker.isAlive());
    long ms = backAtTheEdgeMs();
    awaitEncodingOn(second);

    System.out.println(
        "MEASURED rungs back "
            + ms
            + " ms after their node died, "
            + lostMs(lostFromUs)
            + " ms of media became gaps");
    assertThat(ms).isLessThan(5000);
    assertThat(ingest.ladder().reason()).isEmpty();
    assertThat(ingest.ladder().restarts()).isEqualTo(1);
  }

  @Test
  @Order(3)
  void drainingNodeHandsOverBetweenTwoSegments() throws Exception {
    awaitEncodingOn(second);
    first = node("node-3");
    // Nothing is lost of the segments that are whole by now.
    long before = media();
    await("a quiet stream", () -> media() > before + 8);
    long lostFromUs = log().getLast().programDateTimeUs();
    int restarts = ingest.ladder().restarts();
    second.drain();
    awaitEncodingOn(first);
    long moved = media();
    await("media of the other worker", () -> media() > moved + 8);

    System.out.println(
        "MEASURED " + lostMs(lostFromUs) + " ms of media became gaps when a node drained");
    assertThat(lostMs(lostFromUs)).isLessThan(2100);
    assertThat(ingest.ladder().restarts()).isEqualTo(restarts);
    await("one process", () -> workers().size() == 1);
  }

  @Test
  @Order(4)
  void workerThatDiesByItselfIsReplacedAndThatIsItsFailure() {
    awaitEncodingOn(first);
    int restarts = ingest.ladder().restarts();
    ProcessHandle worker = workers().getFirst();
    worker.destroyForcibly();
    await("another one", () -> workers().stream().anyMatch(each -> each.pid() != worker.pid()));
    awaitEncodingOn(first);

    assertThat(ingest.ladder().restarts()).isEqualTo(restarts + 1);
  }
}

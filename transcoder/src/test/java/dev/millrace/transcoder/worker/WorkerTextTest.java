package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.transcoder.worker.WorkerEvent.Level;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes through the pipes between a node and its worker. */
class WorkerTextTest {
  private static final WorkerJob JOB = job("s3cret");

  private static WorkerJob job(String token) {
    return new WorkerJob(
        URI.create("http://127.0.0.1:4711/internal/v1/feed/live/main"),
        URI.create("http://127.0.0.1:4711"),
        token,
        new TrustedAuthority(Bytes.utf8("a certificate")),
        7,
        StreamPath.parse("live/main"),
        EncoderPreference.LIBX264,
        "veryfast",
        2,
        Duration.ofSeconds(5),
        160,
        Duration.ofSeconds(1),
        true);
  }

  @Test
  void jobIsReadAsWrittenAndWhatFollowsIsLeft() throws IOException {
    BufferedReader in = new BufferedReader(new StringReader(JOB.toText() + "next"));

    assertThat(WorkerJob.read(in)).isEqualTo(JOB);
    assertThat(in.readLine()).isEqualTo("next");
  }

  @Test
  void jobDoesNotTellItsToken() {
    assertThat(JOB.toString()).isEqualTo("job of live/main, generation 7");
  }

  @Test
  void jobThatBreaksOffIsRefused() {
    String cut = JOB.toText().strip() + "\n";
    assertThatThrownBy(() -> WorkerJob.read(new BufferedReader(new StringReader(cut))))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void jobWithoutAValueIsRefusedByName() {
    String text = JOB.toText().replace("generation=7\n", "");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkerJob.read(new BufferedReader(new StringReader(text))))
        .withMessageContaining("no generation");
  }

  @Test
  void textThatWouldBreakTheFormIsNotWritten() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> job("two\nlines").toText())
        .withMessageContaining("token");
  }

  @Test
  void statusIsReadAsWritten() {
    WorkerStatus status =
        new WorkerStatus(
            1200,
            3570,
            180,
            "libx264",
            List.of(
                new WorkerStatus.Rung("720p", 0.83, 0, "the machine is too slow, 100 %"),
                new WorkerStatus.Rung("360p", 2.41, 29.97, "")));

    assertThat(WorkerStatus.parse(status.toLine()))
        .contains(
            new WorkerStatus(
                1200,
                3570,
                180,
                "libx264",
                List.of(
                    new WorkerStatus.Rung("720p", 0.83, 0, "the machine is too slow, 100 %"),
                    new WorkerStatus.Rung("360p", 2.41, 30.0, ""))));
  }

  @Test
  void statusWithoutVideoIsReadAsWritten() {
    WorkerStatus status = new WorkerStatus(5, 4, 0, "", List.of());
    assertThat(WorkerStatus.parse(status.toLine())).contains(status);
  }

  @Test
  void statusOfANewerWorkerIsUnderstood() {
    assertThat(WorkerStatus.parse("status read=1 encoded=2 colour=blue lag=3"))
        .contains(new WorkerStatus(1, 2, 3, "", List.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "event info hello",
        "status read=many",
        "status rung=720p",
        "status rung=720p,fast,30,",
        "status encoder=%zz"
      })
  void whatIsNoStatusIsNone(String line) {
    assertThat(WorkerStatus.parse(line)).isEmpty();
  }

  @Test
  void eventIsReadAsWrittenOnOneLine() {
    WorkerEvent event = new WorkerEvent(Level.WARN, "damaged\nframe at 5 s");

    assertThat(event.toLine()).isEqualTo("event warn damaged frame at 5 s");
    assertThat(WorkerEvent.parse(event.toLine())).contains(event);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "status read=1", "event loud hello", "events"})
  void whatIsNoEventIsNone(String line) {
    assertThat(WorkerEvent.parse(line)).isEmpty();
  }
}

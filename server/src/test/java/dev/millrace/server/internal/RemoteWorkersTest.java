package dev.millrace.server.internal;

import static dev.millrace.server.internal.TestCertificates.authority;
import static dev.millrace.server.internal.TestCertificates.tls;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.server.internal.FakeWorkers.Fake;
import dev.millrace.transcoder.worker.NoPlaceException;
import dev.millrace.transcoder.worker.Worker;
import dev.millrace.transcoder.worker.WorkerEvent;
import dev.millrace.transcoder.worker.WorkerPlace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker on another node, and every way in which it, its node or its ingest node may end. */
class RemoteWorkersTest {
  private static final Duration CLIENT_SILENCE = Duration.ofSeconds(1);

  /** Of what has to begin on a machine that is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final InternalToken TOKEN = new InternalToken("of the cluster");

  private final FakeWorkers processes = new FakeWorkers();
  private final WorkerHost host = new WorkerHost(processes, CLIENT_SILENCE, System::nanoTime);
  private final InternalServer server =
      new InternalServer(
          InternalConfig.clustered(
              "127.0.0.1", 0, InternalConfig.Advertised.AS_BOUND, tls("node"), 1),
          TOKEN,
          List.of(host));
  private final RemoteWorkers remote = remote(authority("authority"), TOKEN, PATIENCE);
  private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
  private final AtomicInteger changes = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void close() {
    remote.close();
    server.close();
  }

  private static RemoteWorkers remote(
      TrustedAuthority authority, InternalToken token, Duration answerLimit) {
    return new RemoteWorkers(authority, token, answerLimit, RemoteWorker.SILENCE, System::nanoTime);
  }

  private static ConditionFactory await(String what) {
    return Awaitility.await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5));
  }

  private Worker ask() throws IOException {
    return ask(remote, server.address());
  }

  private Worker ask(RemoteWorkers by, URI address) throws IOException {
    return by.at(new WorkerPlace("far", Optional.of(address)))
        .start(FakeWorkers.JOB, changes::incrementAndGet, events::add);
  }

  @Test
  void whatItSaysAndUsesIsKnown() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    assertThat(process.job).isEqualTo(FakeWorkers.JOB);
    assertThat(worker.isAlive()).isTrue();
    assertThat(worker.node()).isEqualTo("far");
    assertThat(host.count()).isEqualTo(1);
    process.report(5);
    process.say("something odd");

    await("a status").until(() -> worker.status().isPresent());
    assertThat(worker.status()).isEqualTo(process.status());
    assertThat(changes).hasPositiveValue();
    await("an event").until(() -> !events.isEmpty());
    assertThat(events.remove().text()).isEqualTo("something odd");
    await("its usage").until(() -> worker.pid() == 4711);
    assertThat(worker.residentBytes()).isEqualTo(123 << 20);
    assertThat(worker.cpuNanos()).isEqualTo(456);
    assertThat(worker.mustMove()).isFalse();
  }

  @Test
  void whatItSaysWhileItStartsIsKnownToo() throws Exception {
    processes.firstWords = "no hardware encoder here";
    Worker worker = ask();
    processes.next().report(1);

    await("a status").until(() -> worker.status().isPresent());
    assertThat(events.remove().text()).isEqualTo("no hardware encoder here");
  }

  @Test
  void oneThatIsKilledIsGoneThereToo() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    worker.kill();

    assertThat(worker.isAlive()).isFalse();
    assertThat(worker.exitStatus()).isEqualTo(137);
    assertThat(worker.lost()).isEmpty();
    await("its process to be killed").until(() -> !process.isAlive());
    await("its place").until(() -> host.count() == 0);
  }

  @Test
  void oneThatEndsByItselfTellsItsLastWordsAndItsStatus() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    process.say("the worker ends: no reason");
    process.end(3);

    await("its end").until(() -> !worker.isAlive());
    assertThat(worker.exitStatus()).isEqualTo(3);
    assertThat(worker.lost()).isEmpty();
    assertThat(events.remove().text()).isEqualTo("the worker ends: no reason");
    await("its place").until(() -> host.count() == 0);
  }

  @Test
  void nodeThatDiesIsNoticedAtOnce() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    long before = System.nanoTime();
    server.close();
    await("the loss").until(() -> !worker.isAlive());

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
    assertThat(worker.lost().orElseThrow()).startsWith("node far ");
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void nodeThatFallsSilentIsLost() throws Exception {
    try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RemoteWorkers cleartext =
            new RemoteWorkers(
                TrustedAuthority.NONE, TOKEN, PATIENCE, Duration.ofMillis(600), System::nanoTime)) {
      Thread silent =
          Thread.startVirtualThread(
              () -> {
                try (Socket socket = node.accept()) {
                  String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
                  socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                  while (socket.getInputStream().read() >= 0) {
                    // It hears everything and says nothing.
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      Worker worker = ask(cleartext, URI.create("http://127.0.0.1:" + node.getLocalPort()));
      assertThat(worker.isAlive()).isTrue();
      await("the loss").until(() -> !worker.isAlive());

      assertThat(worker.lost()).contains("node far has said nothing for a while");
      silent.join();
    }
  }

  @Test
  void nodeThatDoesNotAnswerIsNoPlace() throws Exception {
    URI address;
    try (ServerSocket node = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        RemoteWorkers impatient = remote(authority("authority"), TOKEN, Duration.ofMillis(300))) {
      address = URI.create("https://127.0.0.1:" + node.getLocalPort());
      assertThatThrownBy(() -> ask(impatient, address))
          .hasMessage("it has not answered for 300 ms");
    }
    assertThatThrownBy(() -> ask(remote, address)).isInstanceOf(IOException.class);
  }

  @Test
  void noWorkerOutlivesTheSilenceOfItsIngestNode() throws Exception {
    HostedByHand ingest = new HostedByHand();
    try (ingest) {
      Fake process = processes.next();
      long before = System.nanoTime();
      await("its end").until(() -> !process.isAlive());

      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isLessThan(CLIENT_SILENCE.multipliedBy(3));
    }
  }

  @Test
  void noWorkerOutlivesTheConnectionOfItsIngestNode() throws Exception {
    Fake process;
    try (HostedByHand ingest = new HostedByHand()) {
      process = processes.next();
      assertThat(ingest.socket.isConnected()).isTrue();
    }

    await("its end").until(() -> !process.isAlive());
    await("its place").until(() -> host.count() == 0);
  }

  @Test
  void heartbeatsKeepIt() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    long until = System.nanoTime() + CLIENT_SILENCE.multipliedBy(2).toNanos();
    await("the time to pass").until(() -> System.nanoTime() > until);

    assertThat(process.isAlive()).isTrue();
    assertThat(worker.isAlive()).isTrue();
  }

  @Test
  void fullNodeSaysSo() {
    processes.full = "all 2 workers of this node are taken (transcode.max-workers)";

    assertThatThrownBy(this::ask).isInstanceOf(NoPlaceException.class).hasMessage(processes.full);
    await("its place").until(() -> host.count() == 0);
  }

  @Test
  void nodeThatCannotStartOneSaysWhy() {
    processes.fault = "no such program";

    assertThatThrownBy(this::ask)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoPlaceException.class)
        .hasMessage("500 a worker does not start: no such program");
  }

  @Test
  void nodeThatDrainsTakesNoneAndAsksForThoseItHasToGo() throws Exception {
    Worker worker = ask();
    Fake process = processes.next();
    host.drain(true);

    await("the wish").until(worker::mustMove);
    assertThat(worker.isAlive()).isTrue();
    assertThat(process.isAlive()).isTrue();
    assertThatThrownBy(this::ask)
        .isInstanceOf(NoPlaceException.class)
        .hasMessage("this node drains and takes no more workers");
    host.drain(false);
    assertThat(ask().isAlive()).isTrue();
  }

  @Test
  void strangersAreRefused() {
    try (RemoteWorkers stranger =
            remote(authority("authority"), new InternalToken("a guess"), PATIENCE);
        RemoteWorkers suspicious = remote(authority("other-authority"), TOKEN, PATIENCE)) {
      assertThatThrownBy(() -> ask(stranger, server.address()))
          .hasMessage("401 the token is missing or wrong");
      assertThatThrownBy(() -> ask(suspicious, server.address())).isInstanceOf(IOException.class);
    }
    assertThat(processes.started).isEmpty();
  }

  @Test
  void nonsenseIsNoJob() throws Exception {
    try (HostedByHand ingest = new HostedByHand("nonsense\n\n")) {
      assertThat(ingest.answer()).startsWith("HTTP/1.1 400 ").contains("this is no job");
    }
    assertThat(processes.started).isEmpty();
  }

  /** An ingest node that says one thing and then nothing more. */
  private final class HostedByHand implements AutoCloseable {
    private final Socket socket;

    HostedByHand() throws IOException {
      this(FakeWorkers.JOB.toText());
    }

    HostedByHand(String job) throws IOException {
      socket =
          authority("authority")
              .context()
              .getSocketFactory()
              .createSocket("127.0.0.1", server.address().getPort());
      socket.setSoTimeout(20_000);
      String request =
          "POST /internal/v1/workers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + TOKEN.secret()
              + "\r\nTransfer-Encoding: chunked\r\n\r\n"
              + Integer.toHexString(job.length())
              + "\r\n"
              + job
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    }

    String answer() throws IOException {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

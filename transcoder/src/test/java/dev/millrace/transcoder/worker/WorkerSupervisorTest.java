package dev.millrace.transcoder.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.http.TrustedAuthority;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Supervision of real child processes, which do without media. */
@Timeout(60)
class WorkerSupervisorTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final long MEMORY = 150L << 20;

  private final List<WorkerEvent> events = new CopyOnWriteArrayList<>();
  private final List<WorkerView> views = new CopyOnWriteArrayList<>();
  private final AtomicLong generation = new AtomicLong();
  private final AtomicInteger gone = new AtomicInteger();
  private volatile String behaviour = FakeWorkerMain.WORKS;
  private final List<Long> handedOver = new CopyOnWriteArrayList<>();
  private volatile Optional<Worker> started = Optional.empty();

  /** Whether a successor may take over now. */
  private volatile boolean border;

  private WorkerSupervisor supervisor() {
    return new WorkerSupervisor(PATH, this::start, new TestWard(), MEMORY, System::nanoTime);
  }

  private Worker start(WorkerJob job, Runnable changed, WorkerLauncher.WorkerEvents log)
      throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            FakeWorkerMain.class.getName());
    Worker worker =
        WorkerProcess.of(command.start(), job, "worker", changed, events::add, System::nanoTime);
    started = Optional.of(worker);
    return worker;
  }

  private final class TestWard implements WorkerSupervisor.Ward {
    @Override
    public WorkerJob successorJob() {
      return nextJob();
    }

    @Override
    public boolean handOver(WorkerJob successor, boolean atOnce) {
      handedOver.add(successor.generation());
      return atOnce || border;
    }

    @Override
    public WorkerJob nextJob() {
      return new WorkerJob(
          URI.create("http://127.0.0.1:1/internal/v1/feed/live/main"),
          URI.create("http://127.0.0.1:1"),
          "token",
          TrustedAuthority.NONE,
          generation.incrementAndGet(),
          PATH,
          EncoderPreference.AUTO,
          behaviour,
          0,
          Duration.ZERO,
          160,
          Duration.ofMillis(100),
          true);
    }

    @Override
    public void gone() {
      gone.incrementAndGet();
    }

    @Override
    public void changed(WorkerView view) {
      views.add(view);
    }
  }

  private static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(30)).until(condition);
  }

  private void awaitWorking(WorkerSupervisor supervisor, long ofGeneration) {
    await(
        "generation " + ofGeneration + " to work",
        () -> generation.get() == ofGeneration && supervisor.view().phase() == WorkerPhase.WORKING);
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  @Test
  void oneIsStartedWhenWantedAndGoneWhenClosed() {
    Worker worker;
    try (WorkerSupervisor supervisor = supervisor()) {
      assertThat(started).isEmpty();
      supervisor.want(true);
      awaitWorking(supervisor, 1);
      worker = started.orElseThrow();
      await("its words", () -> !events.isEmpty());
      assertThat(events.getFirst().text()).isEqualTo("generation 1 is at work");
    }

    assertThat(worker.isAlive()).isFalse();
    assertThat(gone).hasValue(1);
  }

  @Test
  void killedOneIsReplacedWithinTwoSeconds() throws Exception {
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      awaitWorking(supervisor, 1);
      long before = System.nanoTime();
      signal("KILL", started.orElseThrow().pid());
      awaitWorking(supervisor, 2);

      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
      assertThat(supervisor.view().reason()).isEqualTo("ended with status 137 (signal 9)");
      assertThat(supervisor.view().restarts()).isEqualTo(1);
      assertThat(gone).hasValue(1);
    }
  }

  @Test
  void stoppedOneIsFoundAndReplaced() throws Exception {
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      awaitWorking(supervisor, 1);
      Worker first = started.orElseThrow();
      long before = System.nanoTime();
      signal("STOP", first.pid());
      await("another one", () -> generation.get() == 2);

      System.out.println(
          "MEASURED a stopped worker is replaced after "
              + Duration.ofNanos(System.nanoTime() - before).toMillis()
              + " ms");
      assertThat(first.isAlive()).isFalse();
      assertThat(supervisor.view().reason()).startsWith("hangs: ");
    }
  }

  @Test
  void oneThatGrowsTooLargeIsReplaced() {
    behaviour = FakeWorkerMain.GROWS;
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      await("the large one to be killed", () -> generation.get() == 2);

      assertThat(supervisor.view().reason()).matches("takes 2\\d\\d MiB of memory, may take 150");
    }
  }

  @Test
  void oneThatEndsByItselfIsReplacedWhileItIsWanted() {
    behaviour = FakeWorkerMain.ENDS;
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      await("the second", () -> generation.get() == 2);

      assertThat(supervisor.view().reason()).isEqualTo("ended with status 0");
    }
  }

  @Test
  void whatItWritesToItsErrorsIsLoggedButNotWithoutEnd() {
    behaviour = FakeWorkerMain.COMPLAINS;
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      await("its end", () -> gone.get() == 1);
      await("its errors", () -> events.size() >= 40);

      assertThat(events.stream().map(WorkerEvent::text).limit(40))
          .startsWith("complaint 0", "complaint 1")
          .endsWith("complaint 38", "(what else it writes is left out)");
    }
  }

  @Test
  void oneThatIsNotReadyYetIsEndedToo() {
    behaviour = FakeWorkerMain.NEVER_READY;
    WorkerSupervisor supervisor = supervisor();
    supervisor.want(true);
    await("a process", () -> started.isPresent());
    long before = System.nanoTime();
    supervisor.close();

    assertThat(started.orElseThrow().isAlive()).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
  }

  /** Workers that the test moves and loses, without processes. */
  private static final class Farm implements WorkerLauncher {
    final List<Far> farmed = new CopyOnWriteArrayList<>();
    volatile boolean full;

    @Override
    public Optional<String> obstacle(StreamPath path) {
      return full ? Optional.of("all are full") : Optional.empty();
    }

    @Override
    public Worker start(WorkerJob job, Runnable changed, WorkerEvents log) {
      Far worker = new Far("node-" + (farmed.size() + 1), changed);
      farmed.add(worker);
      return worker;
    }

    Far awaitReady(int number) {
      await("worker " + number, () -> farmed.size() == number);
      Far worker = farmed.getLast();
      worker.ready = true;
      worker.changed.run();
      return worker;
    }
  }

  /** On another node. */
  private static final class Far implements Worker {
    private final String node;
    private final Runnable changed;
    volatile boolean ready;
    volatile boolean mustMove;
    volatile boolean alive = true;
    volatile Optional<String> lost = Optional.empty();

    Far(String node, Runnable changed) {
      this.node = node;
      this.changed = changed;
    }

    @Override
    public String node() {
      return node;
    }

    @Override
    public boolean mustMove() {
      return mustMove;
    }

    @Override
    public Optional<String> lost() {
      return lost;
    }

    @Override
    public boolean isAlive() {
      return alive;
    }

    @Override
    public int exitStatus() {
      return alive ? 0 : 137;
    }

    @Override
    public Optional<WorkerStatus> status() {
      return ready
          ? Optional.of(new WorkerStatus(1, 1, 0, "libx264", List.of()))
          : Optional.empty();
    }

    @Override
    public long statusNanos() {
      return System.nanoTime();
    }

    @Override
    public long residentBytes() {
      return 1;
    }

    @Override
    public long cpuNanos() {
      return -1;
    }

    @Override
    public long pid() {
      return 1;
    }

    @Override
    public void kill() {
      alive = false;
      changed.run();
    }
  }

  private WorkerSupervisor supervisor(Farm farm) {
    WorkerSupervisor supervisor =
        new WorkerSupervisor(PATH, farm, new TestWard(), MEMORY, System::nanoTime);
    supervisor.want(true);
    return supervisor;
  }

  private void awaitWorkingOn(WorkerSupervisor supervisor, String node) {
    await(
        "a worker on " + node,
        () ->
            supervisor.view().phase() == WorkerPhase.WORKING
                && supervisor.view().node().equals(node));
  }

  @Test
  void oneThatIsLostIsReplacedAtOnceEachTime() {
    Farm farm = new Farm();
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      for (int number = 1; number <= 3; number++) {
        Far worker = farm.awaitReady(number);
        awaitWorkingOn(supervisor, worker.node());
        long before = System.nanoTime();
        worker.lost = Optional.of(worker.node() + " is gone");
        worker.kill();
        int next = number + 1;
        await("the next", () -> farm.farmed.size() == next);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
      }
      assertThat(supervisor.view().reason()).isEqualTo("is lost: node-3 is gone");
    }
    assertThat(farm.farmed).noneMatch(Far::isAlive);
  }

  @Test
  void oneThatMustMoveGoesWhenItsSuccessorMayTakeOver() {
    Farm farm = new Farm();
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      Far first = farm.awaitReady(1);
      awaitWorkingOn(supervisor, "node-1");
      first.mustMove = true;
      first.changed.run();
      await("a successor", () -> farm.farmed.size() == 2);
      assertThat(handedOver).as("not before it is ready").isEmpty();
      farm.awaitReady(2);
      await("a border", () -> handedOver.size() > 2);
      assertThat(first.isAlive()).isTrue();
      assertThat(supervisor.view().node()).isEqualTo("node-1");
      border = true;
      awaitWorkingOn(supervisor, "node-2");

      assertThat(first.isAlive()).isFalse();
      assertThat(supervisor.view().restarts()).isZero();
      assertThat(gone).as("nobody kept the rungs").hasValue(0);
    }
  }

  @Test
  void oneThatDiesBeforeItsSuccessorIsReadyIsSucceededAtOnce() {
    Farm farm = new Farm();
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      Far first = farm.awaitReady(1);
      awaitWorkingOn(supervisor, "node-1");
      first.mustMove = true;
      first.changed.run();
      await("a successor", () -> farm.farmed.size() == 2);
      first.kill();
      farm.awaitReady(2);
      awaitWorkingOn(supervisor, "node-2");

      assertThat(handedOver).containsExactly(2L);
      assertThat(supervisor.view().restarts()).isZero();
    }
  }

  @Test
  void oneThatMustMoveStaysWhileThereIsNowhereToGo() {
    Farm farm = new Farm();
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      Far first = farm.awaitReady(1);
      awaitWorkingOn(supervisor, "node-1");
      farm.full = true;
      first.mustMove = true;
      first.changed.run();
      first.ready = true;
      assertThat(first.isAlive()).isTrue();
      farm.full = false;
      border = true;
      farm.awaitReady(2);
      awaitWorkingOn(supervisor, "node-2");
    }
    assertThat(farm.farmed).noneMatch(Far::isAlive);
  }

  @Test
  void successorThatIsNotNeededAnyMoreIsEnded() {
    Farm farm = new Farm();
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      Far first = farm.awaitReady(1);
      awaitWorkingOn(supervisor, "node-1");
      first.mustMove = true;
      first.changed.run();
      await("a successor", () -> farm.farmed.size() == 2);
      supervisor.want(false);
      await("both to end", () -> farm.farmed.stream().noneMatch(Far::isAlive));
    }
  }

  @Test
  void waitsForAPlaceAndBeginsWhenThereIsOne() {
    Farm farm = new Farm();
    farm.full = true;
    try (WorkerSupervisor supervisor = supervisor(farm)) {
      await("no place", () -> supervisor.view().phase() == WorkerPhase.WAITING);
      assertThat(supervisor.view().obstacle()).isEqualTo("all are full");
      assertThat(generation).as("nothing was asked of the ladder").hasValue(0);
      farm.full = false;
      farm.awaitReady(1);
      awaitWorkingOn(supervisor, "node-1");

      assertThat(supervisor.view().obstacle()).isEmpty();
    }
  }

  @Test
  void programThatIsNotThereIsGivenUp() {
    WorkerLauncher missing =
        (job, changed, log) -> {
          throw new IOException("no such program");
        };
    try (WorkerSupervisor supervisor =
        new WorkerSupervisor(PATH, missing, new TestWard(), MEMORY, System::nanoTime)) {
      supervisor.want(true);
      await("the reason", () -> supervisor.view().phase() == WorkerPhase.PAUSED);

      assertThat(supervisor.view().reason()).isEqualTo("does not start: no such program");
    }
  }

  @Test
  void startedAndStoppedOverAndOverLeavesNothing() throws Exception {
    int rounds = Integer.getInteger("millrace.supervision.rounds", 5);
    startAndStop(); // what the JVM itself opens once is open now
    long filesBefore = openFiles();
    for (int i = 0; i < rounds; i++) {
      startAndStop();
    }

    await("pipes to be closed", () -> openFiles() <= filesBefore);
    assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive)).isEmpty();
    await(
        "threads to end",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("worker ")));
  }

  private void startAndStop() {
    long next = generation.get() + 1;
    try (WorkerSupervisor supervisor = supervisor()) {
      supervisor.want(true);
      awaitWorking(supervisor, next);
    }
    assertThat(started.orElseThrow().isAlive()).isFalse();
  }

  /** 0 where the system does not tell. */
  private static long openFiles() throws IOException {
    Path folder = Path.of("/proc/self/fd");
    if (!Files.isDirectory(folder)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }
}

package dev.millrace.media.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.log.LogMergeModel.Copy;
import dev.millrace.media.log.LogMergeModel.Merging;
import dev.millrace.media.log.LogMergeModel.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Writers that succeed each other, run on beside each other after a cut, and begin anew; replicas
 * that copy one of them or each other, late, with breaks, or from nothing; and one reader that
 * follows two of them at a time, a replica or the writer. Whatever happens, what the reader is told
 * must be one log.
 */
class LogMergeModelTest {
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 12_000_000);
  private static final List<String> NAMES = List.of("video", "audio");
  private static final int REPLICAS = 4;
  private static final int STEPS = 1000;

  private final Seen seen = new Seen();
  private final List<Copy> writers = new ArrayList<>();
  private final List<Merging> replicas = new ArrayList<>();
  private Merging reader = new Merging(seen);
  private long epoch = 1000;
  private long init;
  private Random random = new Random();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void whateverHappensIsOneLog(int seed) {
    for (int round = 0; round < 5; round++) {
      random = new Random(seed * 1000L + round);
      writers.clear();
      replicas.clear();
      reader = new Merging(seen);
      play();
    }
    assertThat(seen.restarts).as("the model covers new beginnings").isPositive();
    assertThat(seen.joins).as("and other ways that were joined").isPositive();
  }

  private void play() {
    writers.add(opened());
    for (int i = 0; i < REPLICAS; i++) {
      replicas.add(new Merging(seen));
      replicas.get(i).follow(newest());
    }
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    heal();
    Copy truth = newest();
    for (Merging each : all()) {
      assertThat(each.view.presentationEpoch()).isEqualTo(truth.view.presentationEpoch());
      assertThat(each.view.ended()).isEqualTo(truth.view.ended());
      for (RenditionView rendition : truth.view.renditions()) {
        RenditionView copied = each.view.rendition(rendition.description().name()).orElseThrow();
        if (truth.view.ended() && msn(copied) >= msn(rendition)) {
          continue; // It ran further with a writer that was cut off, and never goes back.
        }
        assertThat(copied.last()).as("all arrives").isEqualTo(rendition.last());
        assertThat(copied.description()).isEqualTo(rendition.description());
      }
    }
  }

  private static long msn(RenditionView of) {
    return of.last().map(LogPosition::msn).orElse(0L);
  }

  private void step() {
    int what = random.nextInt(1000);
    if (what < 400) {
      write(writers.get(random.nextInt(writers.size())));
    } else if (what < 960) {
      Merging one = any();
      if (!one.readings.isEmpty()) {
        one.read(one.readings.get(random.nextInt(one.readings.size())), 1 + random.nextInt(30));
      }
    } else if (what < 980) {
      reconnect(any());
    } else if (what < 986) {
      adopt();
    } else if (what < 989) {
      Copy gone = writers.get(random.nextInt(writers.size()));
      if (!gone.equals(newest())) {
        writers.remove(gone);
      }
    } else if (what < 992) {
      int at = random.nextInt(REPLICAS);
      replicas.set(at, new Merging(seen));
      replicas.get(at).follow(writers.get(random.nextInt(writers.size())));
    } else if (what < 993) {
      writers.add(opened());
    } else if (what < 994) {
      end(writers.get(random.nextInt(writers.size())));
    } else if (what < 997) {
      write(newest(), 80);
    } else {
      describe(writers.get(random.nextInt(writers.size())), NAMES.getFirst());
    }
  }

  private Merging any() {
    int at = random.nextInt(REPLICAS + 2);
    return at < REPLICAS ? replicas.get(at) : reader;
  }

  private List<Merging> all() {
    List<Merging> all = new ArrayList<>(replicas);
    all.add(reader);
    return all;
  }

  private Copy newest() {
    return writers.getLast();
  }

  private void reconnect(Merging one) {
    if (!one.readings.isEmpty() && (one.readings.size() > 1 || random.nextBoolean())) {
      one.leave(one.readings.get(random.nextInt(one.readings.size())));
    }
    if (one == reader && one.readings.size() < 2 && random.nextInt(3) == 0) {
      one.followWriter(newest());
    } else if (one.readings.size() < 2) {
      Copy other =
          one == reader || random.nextInt(4) == 0
              ? replicas.get(random.nextInt(REPLICAS))
              : writers.get(random.nextInt(writers.size()));
      if (!other.equals(one)) {
        one.follow(other);
      }
    }
  }

  /** All see the newest writer, and have time to read. */
  private void heal() {
    writers.removeIf(each -> !each.equals(newest()));
    if (!newest().view.ended()) {
      for (int i = 0; i < 24; i++) {
        write(newest());
      }
    }
    for (Merging each : all()) {
      List.copyOf(each.readings).forEach(each::leave);
      each.follow(newest());
    }
    boolean any = true;
    int more = 5000;
    while (any) {
      any = false;
      for (Merging each : all()) {
        any |= each.read(each.readings.getFirst(), 1000);
      }
      // Who followed a writer that ran on alone waits until the numbers of the newest are there.
      if (!any && all().stream().anyMatch(this::isBehind) && more-- > 0) {
        write(newest());
        any = !newest().view.ended();
      }
    }
  }

  private boolean isBehind(Merging one) {
    return NAMES.stream()
        .anyMatch(
            name ->
                !newest()
                    .view
                    .rendition(name)
                    .flatMap(RenditionView::last)
                    .equals(one.view.rendition(name).flatMap(RenditionView::last)));
  }

  private Copy opened() {
    Copy writer = new Copy();
    epoch += 1 + random.nextInt(5);
    writer.tell(List.of(new LogRecord.Opened(epoch, TARGETS)));
    NAMES.forEach(name -> describe(writer, name));
    return writer;
  }

  private void describe(Copy writer, String name) {
    if (writer.view.ended()) {
      return;
    }
    String text = "init-%016x.mp4".formatted(init++);
    writer.tell(
        List.of(
            new LogRecord.Described(
                new RenditionDescription(
                    name, MediaType.VIDEO, "avc1", 1, 1, 1, 0, 0, 0, text, Bytes.utf8(text)))));
  }

  /** A publisher comes to another node: it takes the log of one who has it, and goes on. */
  private void adopt() {
    Copy from = any();
    if (from.view.ended() || from.view.renditions().size() < NAMES.size()) {
      return;
    }
    Copy writer = new Copy();
    writer.tell(from.view.replay());
    epoch = Math.max(epoch, writer.view.epoch()) + 1 + random.nextInt(3);
    if (writer.view.presentationEpoch() < newest().view.presentationEpoch()) {
      return;
    }
    NAMES.forEach(name -> close(writer, name));
    int away = random.nextInt(4);
    for (int i = 0; i < away; i++) {
      NAMES.forEach(name -> append(writer, name, epoch, true, true, 0));
    }
    NAMES.forEach(name -> describe(writer, name));
    NAMES.forEach(name -> append(writer, name, epoch, random.nextInt(4) == 0, false, 1));
    writers.add(writer);
  }

  private void close(Copy writer, String name) {
    RenditionView rendition = writer.view.rendition(name).orElseThrow();
    rendition
        .openSegment()
        .ifPresent(
            open ->
                writer.tell(
                    List.of(
                        new LogRecord.Appended(
                            name,
                            new PartEntry(
                                new LogPosition(open.epoch(), open.msn(), open.parts().size()),
                                0,
                                0,
                                false,
                                true,
                                false,
                                open.discontinuitySequence(),
                                open.init(),
                                0,
                                0,
                                Bytes.EMPTY,
                                Bytes.EMPTY)))));
  }

  private void write(Copy writer) {
    write(writer, 1);
  }

  private void write(Copy writer, int parts) {
    for (int i = 0; i < parts && !writer.view.ended(); i++) {
      for (String name : NAMES) {
        if (parts > 1 || random.nextInt(10) > 0) {
          append(writer, name, 0, random.nextInt(4) == 0, false, 0);
        }
      }
    }
  }

  /** One entry; {@code session} 0 stays with the session before. */
  private void append(Copy writer, String name, long session, boolean last, boolean gap, int step) {
    RenditionView rendition = writer.view.rendition(name).orElseThrow();
    LogPosition next =
        rendition.next().orElse(new LogPosition(writer.view.presentationEpoch(), 700, 0));
    long at = session != 0 ? session : next.epoch();
    long msn = next.msn();
    int part = next.part();
    long discontinuities =
        rendition.segments().isEmpty()
            ? 3
            : rendition.segments().getLast().discontinuitySequence() + step;
    String described =
        rendition.openSegment().map(Segment::init).orElse(rendition.description().init());
    int size = gap ? 0 : 1 + random.nextInt(1000);
    Bytes hash = gap ? Bytes.EMPTY : Bytes.utf8(name + at + "-" + msn + part + size).sha256();
    writer.tell(
        List.of(
            new LogRecord.Appended(
                name,
                new PartEntry(
                    new LogPosition(at, msn, part),
                    500_000,
                    size,
                    part == 0,
                    last,
                    gap,
                    discontinuities,
                    described,
                    msn * 2_000_000 + part,
                    0,
                    hash,
                    hash))));
  }

  private void end(Copy writer) {
    if (!writer.view.ended()) {
      writer.tell(List.of(new LogRecord.Ended()));
    }
  }
}

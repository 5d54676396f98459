package dev.millrace.transcoder.packager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.Subscription;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Targets;
import dev.millrace.testkit.SharedMedia;
import dev.millrace.transcoder.packager.RecordedLog.Line;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real footage through hub and packager; what comes out is judged by ffmpeg. */
class SharedFootageTest {
  private static final StreamPath PATH = StreamPath.parse("live/footage");

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong(1_000_000_000L);
  private final RecordedLog log = new RecordedLog(nanos::get);
  private final LogRules rules = new LogRules(Targets.DEFAULT);
  private final Map<String, String> warnings = new LinkedHashMap<>();

  @BeforeEach
  void needsFfmpeg() {
    boolean there =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(each -> Files.isExecutable(Path.of(each, "ffmpeg")));
    if (!there) {
      System.err.println("SKIPPED: footage needs the program ffmpeg to judge the output");
    }
    Assumptions.assumeTrue(there, "needs the program ffmpeg");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bbb_480p_gop2s.flv",
        "gop_30s.flv",
        "open_gop_bpyramid.flv",
        "h264_aud_mp3.flv",
        "portrait_odd_crop.flv",
        "vfr_8_to_24fps.flv",
        "60fps_4slices_mono44k.flv",
        "srs_bbb_640x360.flv"
      })
  void everyPictureComesOutAsItWentIn(String name) throws Exception {
    if (name.startsWith("vfr")) {
      rules.coarseGrid();
    }
    Path source = SharedMedia.require("media/" + name);
    publish(source);

    rules.check(log);
    List<Path> video = write("video", log.video());
    assertThat(video).hasSize(1);
    assertThat(pictures(video.getFirst())).isEqualTo(pictures(source));
    if (!log.audio().isEmpty()) {
      List<Path> audio = write("audio", log.audio());
      assertThat(run("ffmpeg", "-v", "error", "-i", audio.getFirst().toString(), "-f", "null", "-"))
          .isEmpty();
    }
  }

  @Test
  void aLongGroupOfPicturesIsCutAndTheOperatorWarned() throws Exception {
    publish(SharedMedia.require("media/gop_30s.flv"));

    assertThat(warnings).containsKey("gop-too-long");
    assertThat(RecordedLog.segments(log.video()).size()).isGreaterThan(6);
  }

  @Test
  void newSizesComeBehindDiscontinuities() throws Exception {
    Path source = SharedMedia.require("media/size_change_640_480_640.flv");
    publish(source);

    rules.check(log);
    List<Path> parts = write("video", log.video());
    assertThat(parts).hasSize(3);
    int frames = 0;
    for (Path part : parts) {
      frames += pictures(part).size();
    }
    assertThat(frames).isEqualTo(packets(source));
    assertThat(log.described("video").stream().map(RenditionDescription::width).distinct())
        .hasSize(2);
  }

  /** Publishes an FLV file by the clock of its tags. */
  private void publish(Path file) throws Exception {
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      LiveStreams hub = new LiveStreams(LiveConfig.DEFAULT, this::wall, nanos::get, timer);
      PublishRequest request =
          new PublishRequest(
              new Grant(PATH, "test"), new PublisherFacts("127.0.0.1", "file", "rtmp"), () -> {});
      var accepted = (PublishResult.Accepted) hub.publish(request);
      Packager packager =
          new Packager(
              PATH,
              log,
              Targets.DEFAULT,
              new SequenceNumbers(folder, this::wall),
              this::wall,
              warnings(),
              Ladder.NONE,
              Adoptions.NONE);
      try (Subscription subscription = hub.find(PATH).orElseThrow().subscribe()) {
        FlvPublisher publisher = new FlvPublisher(accepted.publication(), FlvLimits.DEFAULT);
        long zero = nanos.get();
        for (FlvTag tag : tags(file)) {
          nanos.set(Math.max(nanos.get(), zero + tag.timestamp() * 1_000_000L));
          publisher.tag(tag.type(), tag.timestamp(), tag.body(), nanos.get());
          drain(subscription, packager);
        }
        hub.close();
        drain(subscription, packager);
      }
    }
    assertThat(log.ended).isTrue();
  }

  private void drain(Subscription subscription, Packager packager) throws InterruptedException {
    for (var event = subscription.poll(Duration.ZERO);
        event.isPresent();
        event = subscription.poll(Duration.ZERO)) {
      packager.on(event.get(), nanos.get());
    }
  }

  private Instant wall() {
    return Instant.ofEpochSecond(Rig.START_S).plusNanos(nanos.get());
  }

  private Warnings warnings() {
    return new Warnings() {
      @Override
      public void set(String code, String text) {
        warnings.put(code, text);
      }

      @Override
      public void clear(String code) {}
    };
  }

  private static List<FlvTag> tags(Path file) throws IOException {
    List<FlvTag> tags = new ArrayList<>();
    byte[] bytes = Files.readAllBytes(file);
    new FlvFileReader(16 << 20, tags::add).feed(bytes, 0, bytes.length);
    return tags;
  }

  /** One file for each timeline: its initialization section and all its media. */
  private List<Path> write(String name, List<Line> lines) throws IOException {
    List<Path> files = new ArrayList<>();
    long sequence = -1;
    for (Line line : lines) {
      if (line.data().isEmpty()) {
        continue;
      }
      if (line.entry().discontinuitySequence() != sequence) {
        sequence = line.entry().discontinuitySequence();
        Path file = folder.resolve(name + files.size() + ".mp4");
        files.add(file);
        Files.write(file, init(name, line).toArray());
      }
      try (OutputStream out = Files.newOutputStream(files.getLast(), StandardOpenOption.APPEND)) {
        line.data().writeTo(out);
      }
    }
    return files;
  }

  private Bytes init(String name, Line line) {
    return log.described(name).stream()
        .filter(described -> described.init().equals(line.entry().init()))
        .findFirst()
        .orElseThrow()
        .initBytes();
  }

  /** The checksums of all decoded pictures, in order of presentation. */
  private List<String> pictures(Path file) throws Exception {
    List<String> lines =
        run(
            "ffmpeg",
            "-v",
            "error",
            "-i",
            file.toString(),
            "-map",
            "0:v",
            "-fps_mode",
            "passthrough",
            "-f",
            "framemd5",
            "-");
    return lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
        .toList();
  }

  private int packets(Path file) throws Exception {
    return Integer.parseInt(
        run(
                "ffprobe",
                "-v",
                "error",
                "-count_packets",
                "-select_streams",
                "v",
                "-show_entries",
                "stream=nb_read_packets",
                "-of",
                "csv=p=0",
                file.toString())
            .getLast());
  }

  private List<String> run(String... command) throws Exception {
    Path output = Files.createTempFile(folder, "out", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    return Files.readAllLines(output);
  }
}

package dev.millrace.transcoder.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSink;
import dev.millrace.media.log.Thumbnail;
import dev.millrace.testkit.SharedMedia;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Key frames in, JPEGs out, on the maker's own thread. */
class PosterMakerTest {
  private static final StreamPath PATH = StreamPath.parse("live/main");
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final Kept kept = new Kept();

  /** Stands still, so that a rest would last for ever; only tests that say so move it. */
  private final AtomicLong nanos = new AtomicLong();

  private final PosterMaker maker = new PosterMaker(kept, nanos::get, nanos::get);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(PosterMaker.class);

  @BeforeEach
  void listen() {
    logger.setLevel(Level.INFO);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void close() {
    logger.detachAppender(lines);
    maker.close();
  }

  @Test
  void makesThePosterThatFfmpegWouldMake() throws Exception {
    Path file = SharedMedia.require("media/bbb_480p_gop2s.flv");

    offer(file);

    await().atMost(LONG).until(() -> !kept.thumbnails.isEmpty());
    Picture poster = kept.posters.getFirst();
    assertThat(poster.width()).isEqualTo(640);
    assertThat(poster.height()).isEqualTo(360);
    BufferedImage image = read(poster);
    assertThat(psnr(image, scaledByFfmpeg(file, 640, 360))).isGreaterThan(32);
    Thumbnail thumbnail = kept.thumbnails.getFirst();
    assertThat(thumbnail.epoch()).isEqualTo(7);
    assertThat(thumbnail.msn()).isEqualTo(42);
    assertThat(thumbnail.pdtUs()).isEqualTo(1_000_000);
    assertThat(thumbnail.picture().width()).isEqualTo(160);
    assertThat(thumbnail.picture().height()).isEqualTo(90);
    assertThat(psnr(read(thumbnail.picture()), scaledByFfmpeg(file, 160, 90))).isGreaterThan(30);
  }

  @Test
  void keepsTheShapeOfPortraitPictures() throws Exception {
    offer(SharedMedia.require("media/portrait_odd_crop.flv"));

    await().atMost(LONG).until(() -> !kept.thumbnails.isEmpty());
    assertThat(kept.posters.getFirst().width()).isEqualTo(242);
    assertThat(kept.posters.getFirst().height()).isEqualTo(432);
    assertThat(kept.thumbnails.getFirst().picture().width()).isEqualTo(160);
    assertThat(kept.thumbnails.getFirst().picture().height()).isEqualTo(286);
  }

  @Test
  void showsSamplesThatAreNotSquareInTheirShape() throws Exception {
    Path file = folder.resolve("pal.flv");
    Footage.ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=720x576",
        "-vf",
        "setsar=64/45",
        "-frames:v",
        "2",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        file.toString());

    offer(file);

    await().atMost(LONG).until(() -> !kept.posters.isEmpty());
    assertThat(kept.posters.getFirst().width()).isEqualTo(640);
    assertThat(kept.posters.getFirst().height()).isEqualTo(360);
  }

  @Test
  void damagedKeyFramesCostOneLine() throws Exception {
    Footage footage = Footage.of(SharedMedia.require("media/srs_bbb_640x360.flv"));
    Bytes noise =
        Bytes.concat(List.of(Bytes.of(0, 0, 0, 9, 0x65), Bytes.of(1, 2, 3, 4, 5, 6, 7, 8)));
    StreamPath other = StreamPath.parse("live/other");

    maker.offer(PATH, 7, 1, 0, footage.track(), Footage.frame(noise));
    await().atMost(LONG).until(() -> lines.list.size() == 1);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    maker.offer(PATH, 7, 2, 0, footage.track(), Footage.frame(noise));
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    maker.offer(other, 7, 1, 0, footage.track(), footage.key());

    await().atMost(LONG).until(() -> !kept.posters.isEmpty());
    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.getFirst().getFormattedMessage()).contains("could not be decoded");
    assertThat(lines.list.getFirst().getKeyValuePairs().toString()).contains("live/main");
  }

  @Test
  void saysOnceThatInterlacedVideoHasNoPoster() throws Exception {
    Path file = folder.resolve("interlaced.flv");
    Footage.ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x240",
        "-frames:v",
        "2",
        "-flags",
        "+ildct",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
        file.toString());

    offer(file);

    await().atMost(LONG).until(() -> !lines.list.isEmpty());
    assertThat(lines.list.getFirst().getLevel()).isEqualTo(Level.INFO);
    assertThat(lines.list.getFirst().getFormattedMessage()).contains("interlaced");
    assertThat(kept.posters).isEmpty();
  }

  @Test
  void restsNineTimesAsLongAsItWorked() {
    assertThat(PosterMaker.restNanos(100)).isEqualTo(900);
    assertThat(PosterMaker.restNanos(Duration.ofMinutes(5).toNanos()))
        .isEqualTo(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void endsItsThreadWhenClosed() {
    maker.close();

    Stream<Thread> pictures =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("pictures"));
    assertThat(pictures).isEmpty();
  }

  private void offer(Path file) throws Exception {
    Footage footage = Footage.of(file);
    maker.offer(PATH, 7, 42, 1_000_000, footage.track(), footage.key());
  }

  private static BufferedImage read(Picture picture) throws Exception {
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(picture.jpeg().toArray()));
    assertThat(image.getWidth()).isEqualTo(picture.width());
    assertThat(image.getHeight()).isEqualTo(picture.height());
    return image;
  }

  private static BufferedImage scaledByFfmpeg(Path file, int width, int height) throws Exception {
    String scale = "scale=%d:%d:flags=area+accurate_rnd+full_chroma_int".formatted(width, height);
    byte[] rgb =
        Footage.ffmpeg(
            "-i",
            file.toString(),
            "-frames:v",
            "1",
            "-vf",
            scale,
            "-pix_fmt",
            "rgb24",
            "-f",
            "rawvideo",
            "-");
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(
          i % width,
          i / width,
          (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF));
    }
    return image;
  }

  private static double psnr(BufferedImage one, BufferedImage other) {
    double sum = 0;
    for (int y = 0; y < one.getHeight(); y++) {
      for (int x = 0; x < one.getWidth(); x++) {
        for (int shift = 0; shift < 24; shift += 8) {
          int difference =
              (one.getRGB(x, y) >> shift & 0xFF) - (other.getRGB(x, y) >> shift & 0xFF);
          sum += difference * difference;
        }
      }
    }
    double mean = sum / (3.0 * one.getWidth() * one.getHeight());
    return 10 * Math.log10(255 * 255 / mean);
  }

  private static final class Kept implements PictureSink {
    private final List<Picture> posters = new CopyOnWriteArrayList<>();
    private final List<Thumbnail> thumbnails = new CopyOnWriteArrayList<>();

    @Override
    public void poster(StreamPath path, long epoch, Picture poster) {
      posters.add(poster);
    }

    @Override
    public void thumbnail(StreamPath path, Thumbnail thumbnail) {
      thumbnails.add(thumbnail);
    }
  }
}

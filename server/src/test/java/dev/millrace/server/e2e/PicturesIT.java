package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.testkit.BarCode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Poster and thumbnails show the moment they say, told by the number in the picture: made by a
 * worker where one encodes rungs, and by the node itself where none does.
 */
class PicturesIT {
  private static final String NAME = "pictures";
  private static final int FPS = 30;

  /** Renewed every five seconds; a busy machine is late. */
  private static final int POSTER_AGE_SECONDS = 15;

  private static final Pattern ZERO = Pattern.compile("X-PROGRAM-DATE-TIME:(\\S+)");
  private static final Pattern CUE =
      Pattern.compile(
          "(\\d+):(\\d\\d):(\\d\\d)\\.(\\d{3}) --> \\S+\n(thumbnails/\\d+-(\\d+)\\.jpg)");

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  /** An entry of the storyboard; the wall time of its beginning. */
  private record Cue(long msn, long startUs, String uri) {}

  @ParameterizedTest
  @ValueSource(strings = {"180p:200k", "none"})
  void showTheirMoment(String ladder) throws Exception {
    try (NodeUnderTest node =
            NodeUnderTest.start(folder, Map.of("MILLRACE_TRANSCODE_LADDER", ladder), "--open");
        ChildProcess publisher =
            Publisher.libav(folder, "test", node.rtmp(NAME), "--size", "640x360", "--bar-code")) {
      Renditions stream = new Renditions(node, NAME, folder);
      thumbnailsAreTheFirstPictureOfTheirSegment(node, stream);
      boolean worker = !ladder.equals("none");
      // A worker's poster is as large as its largest rendition, 640 wide at most.
      posterIsRenewed(node, stream, worker ? 320 : 640);
      assertThat(WorkerProcesses.of(node)).hasSize(worker ? 1 : 0);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private void posterIsRenewed(NodeUnderTest node, Renditions stream, int width) throws Exception {
    URI address = node.http("/hls/live/" + NAME + "/poster.jpg");
    Streams.await(node, NAME, "a poster", () -> get(address).statusCode() == 200);
    HttpResponse<byte[]> first = get(address);
    assertThat(first.headers().firstValue("cache-control")).hasValue("public, max-age=3");
    String etag = first.headers().firstValue("etag").orElseThrow();
    Streams.await(
        node,
        NAME,
        "the next poster",
        () -> !etag.equals(get(address).headers().firstValue("etag").orElseThrow()));

    HttpResponse<byte[]> second = get(address);
    long newest = stream.playlist("video").newest();
    int now = stream.decode("video", newest, newest).pictures().getLast().number();
    BufferedImage poster = image(second, width, width * 9 / 16);
    assertThat(number(poster))
        .as("the next poster's number; that of a picture now is %s", now)
        .isGreaterThan(number(image(first, width, width * 9 / 16)))
        .isBetween(now - POSTER_AGE_SECONDS * FPS, now + POSTER_AGE_SECONDS * FPS);
    HttpResponse<byte[]> again =
        http.send(
            HttpRequest.newBuilder(address)
                .header("If-None-Match", second.headers().firstValue("etag").orElseThrow())
                .build(),
            BodyHandlers.ofByteArray());
    assertThat(again.body()).as("nothing, or by now another picture").isNotEqualTo(second.body());
  }

  private void thumbnailsAreTheFirstPictureOfTheirSegment(NodeUnderTest node, Renditions stream)
      throws Exception {
    URI address = node.http("/hls/live/" + NAME + "/storyboard.vtt");
    Streams.await(node, NAME, "three thumbnails", () -> cues(get(address)).size() >= 3);
    HttpResponse<byte[]> storyboard = get(address);
    assertThat(storyboard.headers().firstValue("content-type")).hasValue("text/vtt; charset=utf-8");
    List<Cue> cues = cues(storyboard);
    stream.await(cues.getLast().msn(), List.of("video"));
    for (Cue cue : cues) {
      HttpResponse<byte[]> thumbnail = get(address.resolve(cue.uri()));
      assertThat(thumbnail.headers().firstValue("cache-control").orElseThrow())
          .contains("immutable");
      assertThat(number(image(thumbnail, 160, 90)))
          .as("number of the thumbnail of segment %s", cue.msn())
          .isEqualTo(stream.decode("video", cue.msn(), cue.msn()).pictures().getFirst().number());
      assertThat(cue.startUs())
          .as("wall time of segment %s", cue.msn())
          .isCloseTo(
              stream.playlist("video").segment(cue.msn()).orElseThrow().pdtUs(), within(2_000L));
    }
  }

  /** Its entries; none where there is no storyboard yet. */
  private static List<Cue> cues(HttpResponse<byte[]> storyboard) {
    List<Cue> cues = new ArrayList<>();
    String text = new String(storyboard.body(), StandardCharsets.UTF_8);
    Matcher zero = ZERO.matcher(text);
    if (storyboard.statusCode() == 200 && zero.find()) {
      long zeroUs = Instant.parse(zero.group(1)).toEpochMilli() * 1000;
      Matcher cue = CUE.matcher(text);
      while (cue.find()) {
        Duration start =
            Duration.ofHours(Long.parseLong(cue.group(1)))
                .plusMinutes(Long.parseLong(cue.group(2)))
                .plusSeconds(Long.parseLong(cue.group(3)))
                .plusMillis(Long.parseLong(cue.group(4)));
        cues.add(
            new Cue(Long.parseLong(cue.group(6)), zeroUs + start.toMillis() * 1000, cue.group(5)));
      }
    }
    return cues;
  }

  private static BufferedImage image(HttpResponse<byte[]> response, int width, int height)
      throws IOException {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("image/jpeg");
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(response.body()));
    assertThat(image).as("a JPEG that can be decoded").isNotNull();
    assertThat(List.of(image.getWidth(), image.getHeight())).isEqualTo(List.of(width, height));
    return image;
  }

  private static int number(BufferedImage image) {
    return BarCode.read(
            (x, y) -> image.getRGB(x, y) >> 8 & 0xFF, image.getWidth(), image.getHeight())
        .orElseThrow(() -> new AssertionError("no number in the picture"));
  }

  private HttpResponse<byte[]> get(URI address) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray());
  }
}

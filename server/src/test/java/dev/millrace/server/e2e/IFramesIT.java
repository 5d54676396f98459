package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an I-frame playlist names can be decoded by itself, into one picture each. */
class IFramesIT {
  private static final Pattern MAP = Pattern.compile("#EXT-X-MAP:URI=\"(.*?)\"");
  private static final Pattern KEY_FRAME =
      Pattern.compile("#EXT-X-BYTERANGE:(\\d+)@0\n#EXTINF:([\\d.]+),\n(.*)\n");

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void eachRangeIsOnePicture() throws Exception {
    Path ffprobe = Programs.require("ffprobe");
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher =
            Publisher.libav(folder, "test", node.rtmp("keys"), "--size", "320x180")) {
      URI playlist = node.http("/hls/live/keys/video/iframes.m3u8");
      await().atMost(Patience.OF_A_BUSY_MACHINE).until(() -> keyFrames(text(playlist)).size() >= 3);
      assertThat(node.get("/hls/live/keys/index.m3u8").body())
          .containsPattern("#EXT-X-I-FRAME-STREAM-INF:.*URI=\"video/iframes.m3u8\"");
      String listed = text(playlist);
      Matcher map = MAP.matcher(listed);
      assertThat(map.find()).isTrue();
      byte[] init = bytes(playlist.resolve(map.group(1)), "bytes=0-");
      for (MatchResult keyFrame : keyFrames(listed)) {
        int length = Integer.parseInt(keyFrame.group(1));
        byte[] range = bytes(playlist.resolve(keyFrame.group(3)), "bytes=0-" + (length - 1));
        assertThat(range).hasSize(length);
        Path file = folder.resolve("key-frame.mp4");
        try (OutputStream out = Files.newOutputStream(file)) {
          out.write(init);
          out.write(range);
        }
        assertThat(decode(ffprobe, file)).containsExactly("I,320,180");
      }
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  /** Type, width and height of each decoded picture. */
  private static List<String> decode(Path ffprobe, Path file)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ffprobe.toString(),
                "-v",
                "quiet",
                "-show_entries",
                "frame=pict_type,width,height",
                "-of",
                "csv=p=0",
                file.toString())
            .start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return text.lines()
          .filter(line -> !line.isBlank())
          // Old and new ffprobe order the fields differently.
          .map(line -> line.replaceFirst("^(\\d+),(\\d+),([A-Z]).*", "$3,$1,$2"))
          .toList();
    }
  }

  private static List<MatchResult> keyFrames(String playlist) {
    return KEY_FRAME.matcher(playlist).results().toList();
  }

  private String text(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  private byte[] bytes(URI uri, String range) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            HttpRequest.newBuilder(uri).header("Range", range).build(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(206);
    return answer.body();
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad input costs its sender the connection; a stream beside it never notices. */
class HostileInputIT {
  @TempDir Path folder;
  private NodeUnderTest node;
  private ChildProcess good;

  @BeforeEach
  void startWithAGoodStream() {
    node = NodeUnderTest.startOpen(folder);
    good = Publisher.libav(folder, "test", node.rtmp("good"), "--size", "320x180");
    node.awaitPlayable("good");
  }

  @AfterEach
  void theGoodStreamWentOnUndisturbed() {
    try {
      long newest = Streams.newest(node, "good");
      Streams.await(node, "good", "goes on", () -> Streams.newest(node, "good") > newest);
      assertThat(Streams.playlist(node, "good", "video"))
          .doesNotContain("#EXT-X-DISCONTINUITY\n")
          .doesNotContain("#EXT-X-GAP");
      assertThat(good.isAlive()).isTrue();
      assertThat(node.process().output()).doesNotContain("LEAK").doesNotContain("ERROR");
    } finally {
      good.close();
      node.close();
    }
  }

  @Test
  void garbageInsteadOfAHandshake() throws IOException {
    byte[] garbage = new byte[100_000];
    new Random(1).nextBytes(garbage);
    garbage[0] = 'G';
    assertClosed(garbage);
  }

  @Test
  void httpOnTheRtmpPort() throws IOException {
    assertClosed("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void halfAHandshakeAndSilence() throws IOException {
    byte[] half = new byte[700];
    half[0] = 3;
    assertClosed(half);
  }

  @Test
  void randomBytesBehindAGoodHandshake() throws IOException {
    byte[] input = new byte[1 + 1536 + 1536 + 50_000];
    new Random(2).nextBytes(input);
    input[0] = 3;
    for (int i = 5; i < 9; i++) {
      input[i] = 0;
    }
    assertClosed(input);
  }

  @Test
  void namesThatAreNoNames() {
    for (String path :
        new String[] {
          "/hls/live/../../etc/passwd",
          "/hls/live/%2e%2e/index.m3u8",
          "/hls/live/a%00b/index.m3u8",
          "/hls/live/a%2fb/index.m3u8",
          "/hls/live/good/video/..%2f..%2f",
          "/hls/live/good/video/99999999999999999999-1.m4s",
          "/watch/live/%3Cscript%3E",
          "/api/v1/streams/live/%0d%0a",
          "/hls/live/" + "x".repeat(5000) + "/index.m3u8"
        }) {
      assertThat(rawStatus(path))
          .as(path.substring(0, Math.min(60, path.length())))
          .isBetween(400, 431);
    }
  }

  /** The status of a request whose path no client library has tidied up. */
  private int rawStatus(String path) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.httpPort())) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.ISO_8859_1));
      String head = new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
      return Integer.parseInt(head.substring(9));
    } catch (IOException e) {
      throw new AssertionError(path, e);
    }
  }

  /** Writes the input and reads until the server closes, which it must within the time-out. */
  private void assertClosed(byte[] input) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.rtmpPort())) {
      socket.setSoTimeout(20_000);
      try {
        socket.getOutputStream().write(input);
        InputStream answers = socket.getInputStream();
        while (answers.read() >= 0) {
          // whatever it says first
        }
      } catch (java.net.SocketTimeoutException e) {
        throw new AssertionError("the server kept the connection open", e);
      } catch (java.net.SocketException e) {
        // Reset: closed as well.
        assertThat(e).isNotNull();
      }
    }
  }
}

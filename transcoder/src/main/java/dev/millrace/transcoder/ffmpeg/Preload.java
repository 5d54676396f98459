package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;

/** What every worker needs, loaded while one that has started early still waits for its job. */
final class Preload {
  /** Where nobody listens (RFC 863). */
  private static final int DISCARD = 9;

  private Preload() {}

  /**
   * FFmpeg's libraries, told to be silent.
   *
   * @throws LinkageError if one of them cannot be loaded
   */
  static void libraries() {
    avutil.av_log_set_level(AV_LOG_QUIET);
    avcodec.avcodec_version();
    avfilter.avfilter_version();
    swscale.swscale_version();
    swresample.swresample_version();
  }

  /**
   * The JDK's HTTP and TLS: half of what a worker takes from its job to its first request is their
   * classes. Nobody is spoken to: the request is refused, the greeting is thrown away.
   */
  static void network() {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls()).build()) {
      SSLEngine engine = tls().createSSLEngine("localhost", DISCARD);
      engine.setUseClientMode(true);
      engine.wrap(
          ByteBuffer.allocate(0), ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
      URI nobody = URI.create("http://127.0.0.1:" + DISCARD + "/");
      client.send(HttpRequest.newBuilder(nobody).build(), BodyHandlers.discarding());
    } catch (IOException | GeneralSecurityException e) {
      // As expected. If not, the job will say why.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static SSLContext tls() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[0], null);
    return context;
  }
}

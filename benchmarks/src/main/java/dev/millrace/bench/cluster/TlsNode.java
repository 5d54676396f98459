package dev.millrace.bench.cluster;

import dev.millrace.media.log.http.HttpPartSource;
import dev.millrace.media.log.http.ReadAddress;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.origin.http.ReadEndpoint;
import dev.millrace.origin.http.ReadSource;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A store behind HTTPS on the loopback interface, as a node of a cluster has it. */
final class TlsNode implements AutoCloseable {
  private static final String PASSWORD = "benchmark";

  final OriginStore store = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;

  TlsNode(Path keys) throws Exception {
    ReadEndpoint endpoint = new ReadEndpoint(ReadSource.of(store));
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setTcpNoDelay(true)
                    .setSsl(true)
                    .setUseAlpn(false)
                    .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                    .setKeyCertOptions(
                        new PfxOptions().setPath(keys.toString()).setPassword(PASSWORD)))
            .requestHandler(
                request ->
                    endpoint.handle(
                        vertx.getOrCreateContext(),
                        request,
                        ReadAddress.parse(String.valueOf(request.path())).orElseThrow()));
    server.listen(0, "127.0.0.1").await(10, TimeUnit.SECONDS);
  }

  /** This node as another one sees it. */
  HttpPartSource source(HttpClient client, ScheduledExecutorService timer) {
    return new HttpPartSource(
        "node " + server.actualPort(),
        URI.create("https://127.0.0.1:" + server.actualPort()),
        "token",
        client,
        timer);
  }

  /** A client that trusts the key. */
  static HttpClient client(Path keys) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      trusted.load(in, PASSWORD.toCharArray());
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(tls)
        .connectTimeout(Duration.ofSeconds(2))
        .build();
  }

  /** A key for 127.0.0.1, signed by itself. */
  static Path keys(Path folder) throws Exception {
    Path keys = folder.resolve("node.p12");
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "node",
            "-keyalg",
            "EC",
            "-groupname",
            "secp256r1",
            "-dname",
            "CN=bench",
            "-ext",
            "san=ip:127.0.0.1",
            "-validity",
            "2",
            "-storetype",
            "PKCS12",
            "-keystore",
            keys.toString(),
            "-storepass",
            PASSWORD)
        .inheritIO()
        .start()
        .waitFor();
    return keys;
  }

  @Override
  public void close() {
    try {
      vertx.close().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
    store.close();
  }
}

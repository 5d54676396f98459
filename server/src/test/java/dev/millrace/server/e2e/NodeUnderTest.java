package dev.millrace.server.e2e;

import dev.millrace.server.hosts.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A real node in its own process, on free ports, with its own data folder. */
final class NodeUnderTest implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final ChildProcess process;
  private final Path folder;
  private final String address;
  private final int rtmpPort;
  private final int httpPort;
  private final int clusterPort;

  private NodeUnderTest(
      ChildProcess process,
      Path folder,
      String address,
      int rtmpPort,
      int httpPort,
      int clusterPort) {
    this.clusterPort = clusterPort;
    this.process = process;
    this.folder = folder;
    this.address = address;
    this.rtmpPort = rtmpPort;
    this.httpPort = httpPort;
  }

  /** Any key is a name, free ports. */
  static NodeUnderTest startOpen(Path folder) {
    return start(folder, Map.of(), "--open");
  }

  /** Starts on free ports unless the arguments say otherwise, and waits until it is ready. */
  static NodeUnderTest start(Path folder, Map<String, String> environment, String... arguments) {
    return start(folder, 0, 0, environment, arguments);
  }

  /** Without a ladder unless the environment asks for one: most tests need the source only. */
  static NodeUnderTest start(
      Path folder, int rtmpPort, int httpPort, Map<String, String> environment, String... more) {
    return start(folder, Optional.empty(), rtmpPort, httpPort, environment, more);
  }

  /** The same in a host of its own, if one is given; the environment says that it listens there. */
  static NodeUnderTest start(
      Path folder,
      Optional<VirtualHost> host,
      int rtmpPort,
      int httpPort,
      Map<String, String> environment,
      String... more) {
    try {
      Files.createDirectories(folder);
      Path announce = folder.resolve("announce.json");
      Files.deleteIfExists(announce);
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "run",
                  "--rtmp-port",
                  Integer.toString(rtmpPort),
                  "--http-port",
                  Integer.toString(httpPort),
                  "--data",
                  folder.resolve("data").toString(),
                  "--announce",
                  announce.toString()));
      arguments.addAll(List.of(more));
      Map<String, String> variables = new HashMap<>(environment);
      variables.putIfAbsent("MILLRACE_TRANSCODE_LADDER", "none");
      List<String> command = Installation.node(arguments);
      ChildProcess process =
          ChildProcess.start(
              host.map(each -> each.command(command)).orElse(command), variables, folder);
      Awaitility.await("the node to be ready")
          .atMost(Patience.OF_A_BUSY_MACHINE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> Files.exists(announce) || ended(process));
      String json = Files.readString(announce);
      return new NodeUnderTest(
          process,
          folder,
          host.map(VirtualHost::address).orElse("127.0.0.1"),
          port(json, "rtmpPort"),
          port(json, "httpPort"),
          port(json, "clusterPort"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean ended(ChildProcess process) {
    if (!process.isAlive()) {
      throw new AssertionError("the node ended before it was ready:\n" + process.output());
    }
    return false;
  }

  private static int port(String json, String key) {
    Matcher port = Pattern.compile("\"" + key + "\"\\s*:\\s*(\\d+)").matcher(json);
    return port.find() ? Integer.parseInt(port.group(1)) : 0;
  }

  int rtmpPort() {
    return rtmpPort;
  }

  int httpPort() {
    return httpPort;
  }

  /** For membership; 0 for a node without a cluster. */
  int clusterPort() {
    return clusterPort;
  }

  ChildProcess process() {
    return process;
  }

  /** What it and the other processes of its folder have printed last. */
  String tails() {
    return ChildProcess.tails(folder);
  }

  /** Where to publish. */
  String rtmp(String key) {
    return "rtmp://" + address + ":" + rtmpPort + "/live/" + key;
  }

  /** An address on its HTTP port. */
  URI http(String path) {
    return URI.create("http://" + address + ":" + httpPort + path);
  }

  /** The multivariant playlist of {@code live/NAME}. */
  URI playlist(String name) {
    return http("/hls/live/" + name + "/index.m3u8");
  }

  HttpResponse<String> get(String path) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(http(path)).timeout(Duration.ofSeconds(30)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  byte[] bytes(String path) {
    try {
      HttpResponse<byte[]> response =
          HTTP.send(
              HttpRequest.newBuilder(http(path)).timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new AssertionError(path + " answered " + response.statusCode());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Waits until the stream {@code live/NAME} can be played. */
  void awaitPlayable(String name) {
    Streams.await(
        this,
        name,
        "is playable",
        () -> get("/hls/live/" + name + "/index.m3u8").statusCode() == 200);
  }

  @Override
  public void close() {
    process.close();
  }
}

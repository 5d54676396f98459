package dev.millrace.server;

import dev.millrace.server.config.QuotedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalInt;

/**
 * What a node bound, for scripts and tests.
 *
 * @param rtmpHost an address at which the node can be reached from its own machine
 * @param rtmpPort empty where it takes no publishers
 * @param clusterPort empty where it is alone
 * @param sitePort for the relays of sites; empty where none are served
 */
record Announcement(
    String node,
    long pid,
    Path data,
    String rtmpHost,
    OptionalInt rtmpPort,
    String httpHost,
    int httpPort,
    OptionalInt clusterPort,
    OptionalInt sitePort) {

  /** Writes it as JSON, whole or not at all. */
  void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.writeString(temporary, json());
    Files.move(
        temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String json() {
    StringBuilder json = new StringBuilder("{\n");
    json.append("  \"node\": ").append(QuotedText.of(node)).append(",\n");
    json.append("  \"pid\": ").append(pid);
    field(json, "data", QuotedText.of(data.toString()));
    rtmpPort.ifPresent(
        port -> {
          field(json, "rtmp", QuotedText.of("rtmp://" + rtmpHost + ":" + port));
          field(json, "rtmpPort", String.valueOf(port));
        });
    field(json, "http", QuotedText.of("http://" + httpHost + ":" + httpPort));
    field(json, "httpPort", String.valueOf(httpPort));
    clusterPort.ifPresent(port -> field(json, "clusterPort", String.valueOf(port)));
    sitePort.ifPresent(port -> field(json, "sitePort", String.valueOf(port)));
    return json.append("\n}\n").toString();
  }

  private static void field(StringBuilder json, String name, String value) {
    json.append(",\n  ").append(QuotedText.of(name)).append(": ").append(value);
  }
}

package dev.millrace.server;

import dev.millrace.server.config.QuotedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What a node bound, for scripts and tests.
 *
 * @param rtmpHost an address at which the node can be reached from its own machine
 */
record Announcement(
    String node,
    long pid,
    Path data,
    String rtmpHost,
    int rtmpPort,
    String httpHost,
    int httpPort) {

  /** Writes it as JSON, whole or not at all. */
  void write(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.writeString(temporary, json());
    Files.move(
        temporary, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  String json() {
    return """
    {
      "node": %s,
      "pid": %d,
      "data": %s,
      "rtmp": %s,
      "rtmpPort": %d,
      "http": %s,
      "httpPort": %d
    }
    """
        .formatted(
            QuotedText.of(node),
            pid,
            QuotedText.of(data.toString()),
            QuotedText.of("rtmp://" + rtmpHost + ":" + rtmpPort),
            rtmpPort,
            QuotedText.of("http://" + httpHost + ":" + httpPort),
            httpPort);
  }
}

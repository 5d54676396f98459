package dev.millrace.server.e2e;

import dev.millrace.server.hosts.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The machine's VLC, as a receiver whose decoded pictures are counted. */
final class Vlc {
  private Vlc() {}

  /**
   * Plays an address on a host until so many pictures of 4:2:0 were shown; fails where they do not
   * come.
   *
   * @param pictureBytes of one
   */
  static void play(VirtualHost host, String address, int pictureBytes, int pictures)
      throws IOException {
    Path vlc = Programs.require("cvlc");
    // It refuses to be root, and a temporary folder of a test is root's alone.
    Path folder = Files.createTempDirectory("vlc");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path film = folder.resolve("film.y4m");
    List<String> command =
        List.of(
            "runuser",
            "--user=nobody",
            "--",
            vlc.toString(),
            "--intf=dummy",
            "--no-audio",
            "--vout=yuv",
            "--yuv-file=" + film,
            address);
    Map<String, String> home = Map.of("HOME", folder.toString());
    try (ChildProcess player = ChildProcess.start(host.command(command), home, folder)) {
      try {
        Awaitility.await("VLC to show " + pictures + " pictures of " + address)
            .atMost(Patience.OF_A_BUSY_MACHINE)
            .until(() -> Files.exists(film) && Files.size(film) >= (long) pictures * pictureBytes);
      } catch (ConditionTimeoutException e) {
        throw new AssertionError(e.getMessage() + "\n" + player.output(), e);
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}

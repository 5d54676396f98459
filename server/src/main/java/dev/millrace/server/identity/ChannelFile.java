package dev.millrace.server.identity;

import dev.millrace.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The channels of IPTV that were set or removed at run time, in the data folder, so that a node
 * that starts again sends what it sent: a line {@code NAME=TEXT} each, or {@code -NAME} for one of
 * the configuration that was removed. Any thread; the monitor guards it.
 */
public final class ChannelFile {
  private static final String NAME = "iptv-channels";
  private static final String HEAD =
      "# Set or removed by the API; over relay.iptv-channels of the configuration.\n";

  private final Path path;
  private final Map<String, Optional<String>> changes;

  private ChannelFile(Path path, Map<String, Optional<String>> changes) {
    this.path = path;
    this.changes = changes;
  }

  /**
   * Reads what was kept.
   *
   * @throws ConfigException if it cannot be read, or a line is none
   */
  public static ChannelFile open(DataFolder folder) {
    Path path = folder.path().resolve(NAME);
    Map<String, Optional<String>> changes = new LinkedHashMap<>();
    try {
      if (Files.exists(path)) {
        for (String line : Files.readAllLines(path)) {
          read(path, line, changes);
        }
      }
    } catch (IOException e) {
      throw new ConfigException("the channels in " + path + " cannot be read: " + e);
    }
    return new ChannelFile(path, changes);
  }

  private static void read(Path path, String line, Map<String, Optional<String>> changes) {
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    int equals = line.indexOf('=');
    if (line.startsWith("-") && equals < 0) {
      changes.put(line.substring(1), Optional.empty());
    } else if (equals > 0) {
      changes.put(line.substring(0, equals), Optional.of(line));
    } else {
      throw new ConfigException(
          "%s has the line '%s', expected NAME=TEXT or -NAME; mend it, or remove the file"
              .formatted(path, line));
    }
  }

  /** What is kept, by name: the channel's line, or empty for one that was removed. */
  public synchronized Map<String, Optional<String>> changes() {
    return Collections.unmodifiableMap(new LinkedHashMap<>(changes));
  }

  /**
   * Keeps a channel, in the place of the one of its name.
   *
   * @param line as the configuration has it, {@code NAME=TEXT}
   * @throws IOException if it cannot be written; then it is not kept
   */
  public synchronized void put(String name, String line) throws IOException {
    Map<String, Optional<String>> next = new LinkedHashMap<>(changes);
    next.put(name, Optional.of(line));
    write(next);
  }

  /**
   * Keeps that a channel is no more.
   *
   * @param configured whether it would come back from the configuration
   * @throws IOException if it cannot be written; then the channel is still kept
   */
  public synchronized void remove(String name, boolean configured) throws IOException {
    Map<String, Optional<String>> next = new LinkedHashMap<>(changes);
    if (configured) {
      next.put(name, Optional.empty());
    } else {
      next.remove(name);
    }
    write(next);
  }

  private void write(Map<String, Optional<String>> next) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    next.forEach((name, line) -> text.append(line.orElse("-" + name)).append('\n'));
    OwnerFile.write(path, text.toString());
    changes.clear();
    changes.putAll(next);
  }
}

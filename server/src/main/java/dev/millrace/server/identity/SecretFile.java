package dev.millrace.server.identity;

import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.NodeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the cluster's secret comes from: the settings, the file they name, or the file {@code
 * cluster-secret} of the data folder, which only its owner may read and which the first node of a
 * cluster makes.
 */
public final class SecretFile {
  private static final String FILE = "cluster-secret";

  private SecretFile() {}

  /**
   * A secret and where it is.
   *
   * @param made whether it was made just now, so that nobody else can have it
   */
  public record Found(ClusterSecret secret, String where, boolean made) {}

  /**
   * The secret that is configured, or in the data folder; empty if there is none.
   *
   * @throws ConfigException if what is there is no secret; the message has no part of it
   */
  public static Optional<Found> find(NodeConfig config) {
    NodeConfig.Cluster cluster = config.cluster();
    if (cluster.secret().isPresent()) {
      return Optional.of(parsed(cluster.secret().get(), "cluster.secret"));
    }
    if (cluster.secretFile().isPresent()) {
      return Optional.of(read(cluster.secretFile().get()));
    }
    Path own = config.data().resolve(FILE);
    return Files.exists(own) ? Optional.of(read(own)) : Optional.empty();
  }

  /**
   * The secret that is configured or in the data folder, made there if there is none.
   *
   * @throws ConfigException if what is there is no secret, or none can be written
   */
  public static Found findOrCreate(NodeConfig config, DataFolder folder) {
    Optional<Found> existing = find(config);
    if (existing.isPresent()) {
      return existing.get();
    }
    ClusterSecret made = ClusterSecret.generate();
    Path file = folder.path().resolve(FILE);
    try {
      OwnerFile.write(file, made.text() + "\n");
    } catch (IOException e) {
      throw new ConfigException("data folder " + folder.path() + " cannot be written: " + e);
    }
    return new Found(made, file.toString(), true);
  }

  private static Found read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file);
      return parsed(lines.isEmpty() ? "" : lines.getFirst(), file.toString());
    } catch (IOException e) {
      throw new ConfigException("the cluster's secret cannot be read: " + e);
    }
  }

  private static Found parsed(String text, String where) {
    try {
      return new Found(ClusterSecret.parse(text), where, false);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(where + ": " + e.getMessage());
    }
  }
}

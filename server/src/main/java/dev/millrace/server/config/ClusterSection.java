package dev.millrace.server.config;

import dev.millrace.cluster.NodeRole;
import dev.millrace.cluster.secret.ClusterSecret;
import dev.millrace.server.config.NodeConfig.Certificates;
import dev.millrace.server.config.NodeConfig.Cluster;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks what concerns many nodes: the section {@code cluster}, roles and public addresses. */
final class ClusterSection {
  private ClusterSection() {}

  /**
   * Reads it.
   *
   * @throws ConfigException if a value does not go with the others
   */
  static Cluster read(Settings settings) {
    String name = settings.get(ClusterKeys.NAME);
    NodeConfig.require(
        settings,
        ClusterKeys.NAME,
        name.isEmpty() || name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}"),
        "1 to 63 of A-Z a-z 0-9 . _ -, beginning with a letter or digit");
    Optional<String> secret = text(settings, ClusterKeys.SECRET);
    if (secret.isPresent()) {
      try {
        ClusterSecret.parse(secret.get());
      } catch (IllegalArgumentException e) {
        throw new ConfigException(settings.place(ClusterKeys.SECRET) + ": " + e.getMessage());
      }
    }
    NodeConfig.require(
        settings,
        ClusterKeys.STEERING_TTL,
        settings.get(ClusterKeys.STEERING_TTL).toMillis() >= 1000,
        "at least 1s");
    return new Cluster(
        name,
        settings.get(ClusterKeys.ADDRESS),
        settings.get(ClusterKeys.PORT),
        settings.get(ClusterKeys.INTERNAL_PORT),
        discovery(settings),
        settings.get(ClusterKeys.SEEDS),
        settings.get(ClusterKeys.DNS),
        settings.get(ClusterKeys.FOLDER),
        secret,
        text(settings, ClusterKeys.SECRET_FILE).map(Path::of),
        text(settings, ClusterKeys.STACK).map(Path::of),
        certificates(settings),
        settings.get(ClusterKeys.DRAIN_DEADLINE),
        settings.get(ClusterKeys.STEERING_TTL));
  }

  /**
   * The roles; a node that is alone needs all that there are.
   *
   * @throws ConfigException if it lacks one
   */
  static Set<NodeRole> roles(Settings settings) {
    Set<NodeRole> roles = EnumSet.copyOf(settings.get(ConfigKeys.NODE_ROLES));
    String place = settings.place(ConfigKeys.NODE_ROLES);
    Optional<NodeRole> missing =
        ConfigKeys.NODE_ROLES.fallback().stream().filter(role -> !roles.contains(role)).findFirst();
    if (missing.isPresent() && settings.get(ClusterKeys.NAME).isEmpty()) {
      throw new ConfigException(
          place
              + " leaves out "
              + missing.get().name().toLowerCase(Locale.ROOT)
              + "; a node that is alone needs all of "
              + ConfigKeys.NODE_ROLES.fallback().stream()
                  .map(role -> role.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", "))
              + "; name a cluster (cluster.name, --cluster NAME) to share roles with other nodes");
    }
    return roles;
  }

  /**
   * An address without a path.
   *
   * @throws ConfigException if it is none of these schemes
   */
  static Optional<URI> publicUrl(Settings settings, ConfigKey<String> key, Set<String> schemes) {
    String text = settings.get(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    boolean sound;
    try {
      URI url = URI.create(trimmed);
      sound =
          schemes.contains(String.valueOf(url.getScheme()))
              && url.getHost() != null
              && String.valueOf(url.getPath()).isEmpty()
              && url.getQuery() == null;
    } catch (IllegalArgumentException e) {
      sound = false;
    }
    NodeConfig.require(
        settings,
        key,
        sound,
        schemes.stream().sorted().collect(Collectors.joining(" or "))
            + "://HOST or with :PORT, without a path");
    return Optional.of(URI.create(trimmed));
  }

  private static Set<Discovery> discovery(Settings settings) {
    List<String> seeds = settings.get(ClusterKeys.SEEDS);
    boolean chosen = settings.where(ClusterKeys.DISCOVERY).isPresent();
    if (!chosen && !settings.get(ClusterKeys.FOLDER).isEmpty()) {
      return EnumSet.of(Discovery.FILE);
    }
    Set<Discovery> ways = EnumSet.copyOf(settings.get(ClusterKeys.DISCOVERY));
    NodeConfig.require(
        settings,
        ClusterKeys.DISCOVERY,
        ways.size() == 1 || !ways.contains(Discovery.FILE),
        "file alone, or others without it");
    add(settings, ways, chosen, Discovery.SEEDS, ClusterKeys.SEEDS, !seeds.isEmpty());
    for (var way :
        List.of(
            new Way(Discovery.DNS, ClusterKeys.DNS), new Way(Discovery.FILE, ClusterKeys.FOLDER))) {
      add(settings, ways, chosen, way.way(), way.key(), !settings.get(way.key()).isEmpty());
    }
    return ways;
  }

  private record Way(Discovery way, ConfigKey<String> key) {}

  private static void add(
      Settings settings,
      Set<Discovery> ways,
      boolean chosen,
      Discovery way,
      ConfigKey<?> key,
      boolean given) {
    if (given && !chosen) {
      ways.add(way);
    }
    // The first node of a cluster has nobody to name.
    if (ways.contains(way) && !given && way != Discovery.SEEDS) {
      throw new ConfigException(
          settings.place(ClusterKeys.DISCOVERY)
              + " has "
              + way.name().toLowerCase(Locale.ROOT)
              + ", which needs "
              + key.path());
    }
  }

  private static Optional<Certificates> certificates(Settings settings) {
    Optional<String> authority = text(settings, ClusterKeys.CA_CERTIFICATE);
    Optional<String> certificate = text(settings, ClusterKeys.CERTIFICATE);
    Optional<String> key = text(settings, ClusterKeys.KEY);
    if (authority.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (authority.isEmpty() || certificate.isEmpty() || key.isEmpty()) {
      throw new ConfigException(
          "cluster.ca-certificate, cluster.certificate and cluster.key belong together, expected"
              + " all three or none");
    }
    return Optional.of(
        new Certificates(Path.of(authority.get()), Path.of(certificate.get()), Path.of(key.get())));
  }

  private static Optional<String> text(Settings settings, ConfigKey<String> key) {
    return Optional.of(settings.get(key)).filter(text -> !text.isEmpty());
  }
}

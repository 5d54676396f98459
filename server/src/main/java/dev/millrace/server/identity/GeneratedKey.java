package dev.millrace.server.identity;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.PublishKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * The stream key that the first start makes for {@code live/main}, 128 random bits in URL-safe
 * letters, in the file {@code stream-key} that only its owner may read.
 */
public final class GeneratedKey {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final String FILE = "stream-key";
  private static final int KEY_BYTES = 16;

  private GeneratedKey() {}

  /** The key of a cluster, the same on all its nodes: it follows from their secret. */
  public static PublishKey of(ClusterKeys cluster) {
    byte[] bytes = cluster.sign(Bytes.utf8("stream key of " + PATH)).slice(0, KEY_BYTES).toArray();
    return new PublishKey(PATH, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** The key in a data folder, if one was made. */
  public static Optional<PublishKey> find(Path dataFolder) {
    Path file = dataFolder.resolve(FILE);
    try {
      return Files.exists(file)
          ? Optional.of(new PublishKey(PATH, Files.readString(file).strip()))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          file + " holds no stream key; delete it to get a new one (" + e.getMessage() + ")");
    }
  }

  /** The key in a data folder, made if there is none yet. */
  public static PublishKey findOrCreate(DataFolder folder) {
    Optional<PublishKey> existing = find(folder.path());
    if (existing.isPresent()) {
      return existing.get();
    }
    byte[] random = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(random);
    String key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    try {
      OwnerFile.write(folder.path().resolve(FILE), key + "\n");
    } catch (IOException e) {
      throw new ConfigException("data folder " + folder.path() + " cannot be written: " + e);
    }
    return new PublishKey(PATH, key);
  }
}

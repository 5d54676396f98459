package dev.millrace.server.identity;

import dev.millrace.media.StreamPath;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.PublishKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * The stream key that the first start makes for {@code live/main}, 128 random bits in URL-safe
 * letters, in the file {@code stream-key} that only its owner may read.
 */
public final class GeneratedKey {
  private static final StreamPath PATH = new StreamPath("live", "main");
  private static final String FILE = "stream-key";
  private static final int KEY_BYTES = 16;

  private GeneratedKey() {}

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
      write(folder.path().resolve(FILE), key + "\n");
    } catch (IOException e) {
      throw new ConfigException("data folder " + folder.path() + " cannot be written: " + e);
    }
    return new PublishKey(PATH, key);
  }

  /** Whole or not at all, and never readable by others, not even for a moment. */
  private static void write(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(FILE + ".new");
    Files.deleteIfExists(temporary);
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<Set<PosixFilePermission>> ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    FileAttribute<?>[] attributes =
        posix ? new FileAttribute<?>[] {ownerOnly} : new FileAttribute<?>[0];
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            temporary,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            attributes)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}

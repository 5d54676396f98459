package dev.millrace.server.identity;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.sign.SigningKey;
import dev.millrace.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The key with which a node signs logs, in the file {@code node-key} of its data folder that only
 * its owner may read: the private key (PKCS #8) and the public one, each a line of hexadecimal
 * digits.
 */
public final class NodeKey {
  private static final String FILE = "node-key";

  private NodeKey() {}

  /**
   * The key in a data folder, made if there is none yet.
   *
   * @throws ConfigException if the file holds something else, or none can be written; the message
   *     has no part of it
   */
  public static SigningKey findOrCreate(DataFolder folder) {
    Path file = folder.path().resolve(FILE);
    try {
      if (Files.exists(file)) {
        return read(file, Files.readAllLines(file));
      }
      SigningKey key = SigningKey.generate();
      OwnerFile.write(file, key.pkcs8().hex() + "\n" + key.publicKey().hex() + "\n");
      return key;
    } catch (IOException e) {
      throw new ConfigException("data folder " + folder.path() + " cannot be used: " + e);
    }
  }

  private static SigningKey read(Path file, List<String> lines) {
    try {
      if (lines.size() == 2) {
        return SigningKey.of(Bytes.fromHex(lines.getFirst()), Bytes.fromHex(lines.getLast()));
      }
    } catch (IllegalArgumentException e) {
      // What it says may have a part of the key.
    }
    throw new ConfigException(file + " holds no key of a node; delete it to get a new one");
  }
}

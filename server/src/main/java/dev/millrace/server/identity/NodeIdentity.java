package dev.millrace.server.identity;

import dev.millrace.server.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The id of a node, ten hexadecimal digits in the file {@code node-id} of its data folder: the same
 * over restarts, and never that of another node.
 */
public final class NodeIdentity {
  private static final String FILE = "node-id";
  private static final int ID_BYTES = 5;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{10}");

  private NodeIdentity() {}

  /**
   * The id in a data folder, made if there is none yet.
   *
   * @throws ConfigException if the file holds something else, or none can be written
   */
  public static String findOrCreate(DataFolder folder) {
    Path file = folder.path().resolve(FILE);
    try {
      if (Files.exists(file)) {
        String id = Files.readString(file).strip();
        if (!ID.matcher(id).matches()) {
          throw new ConfigException(file + " holds no node id; delete it to get a new one");
        }
        return id;
      }
      byte[] random = new byte[ID_BYTES];
      new SecureRandom().nextBytes(random);
      String id = HexFormat.of().formatHex(random);
      OwnerFile.write(file, id + "\n");
      return id;
    } catch (IOException e) {
      throw new ConfigException("data folder " + folder.path() + " cannot be used: " + e);
    }
  }
}

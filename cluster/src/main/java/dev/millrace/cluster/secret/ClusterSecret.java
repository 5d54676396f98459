package dev.millrace.cluster.secret;

import dev.millrace.media.Bytes;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The text that nodes of one cluster share; who has it is in. 256 bits, because whoever can connect
 * may try guesses against a certificate for as long as it likes. Never printed by {@link
 * #toString}. Immutable; any thread.
 */
public final class ClusterSecret {
  private static final int KEY_BYTES = 32;
  private static final int CHECK_BYTES = 3;
  private static final int TEXT_LENGTH = (KEY_BYTES + CHECK_BYTES) * 8 / 5;
  private static final Pattern BASE32 = Pattern.compile("[a-z2-7]{" + TEXT_LENGTH + "}");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{" + 2 * KEY_BYTES + "}");
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private final byte[] key;

  private ClusterSecret(byte[] key) {
    this.key = key;
  }

  /** One that follows from another: 32 bytes. */
  static ClusterSecret of(byte[] key) {
    return new ClusterSecret(key.clone());
  }

  /** A new one, from the system's randomness. */
  public static ClusterSecret generate() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new ClusterSecret(key);
  }

  /**
   * Reads what {@link #text} gave, or 64 hexadecimal digits of an operator's own making. Blanks and
   * line ends around and within, and capitals, are what copying may add and are passed over.
   *
   * @throws IllegalArgumentException saying what is wrong, without the text
   */
  public static ClusterSecret parse(String text) {
    String plain = text.replaceAll("\\s+", "").toLowerCase(Locale.ROOT);
    if (HEX.matcher(plain).matches()) {
      return new ClusterSecret(HexFormat.of().parseHex(plain));
    }
    if (!BASE32.matcher(plain).matches()) {
      throw new IllegalArgumentException(
          "a cluster secret has %d letters a-z and digits 2-7, or 64 hexadecimal digits; this has %d characters"
              .formatted(TEXT_LENGTH, plain.length()));
    }
    byte[] bytes = fromBase32(plain);
    byte[] key = Arrays.copyOf(bytes, KEY_BYTES);
    if (!Arrays.equals(bytes, KEY_BYTES, bytes.length, check(key), 0, CHECK_BYTES)) {
      throw new IllegalArgumentException(
          "the cluster secret has a wrong letter: its check letters do not fit");
    }
    return new ClusterSecret(key);
  }

  /**
   * The form for files and for other nodes: {@value #TEXT_LENGTH} letters and digits that one
   * double click marks, the last of them telling a slip of the pen.
   */
  public String text() {
    byte[] bytes = Arrays.copyOf(key, KEY_BYTES + CHECK_BYTES);
    System.arraycopy(check(key), 0, bytes, KEY_BYTES, CHECK_BYTES);
    return toBase32(bytes);
  }

  /** The keys of the cluster of this name; those of two names have nothing in common. */
  public ClusterKeys keys(String clusterName) {
    return new ClusterKeys(key.clone(), clusterName);
  }

  /** Says that it is one, not which. */
  @Override
  public String toString() {
    return "ClusterSecret(hidden)";
  }

  private static byte[] check(byte[] key) {
    return Bytes.wrap(key).sha256().slice(0, CHECK_BYTES).toArray();
  }

  private static String toBase32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    long bits = 0;
    int count = 0;
    for (byte next : bytes) {
      bits = bits << 8 | (next & 0xFF);
      count += 8;
      for (; count >= 5; count -= 5) {
        text.append(ALPHABET.charAt((int) (bits >> (count - 5)) & 31));
      }
    }
    return text.toString();
  }

  private static byte[] fromBase32(String text) {
    byte[] bytes = new byte[text.length() * 5 / 8];
    long bits = 0;
    int count = 0;
    int at = 0;
    for (int i = 0; i < text.length(); i++) {
      bits = bits << 5 | ALPHABET.indexOf(text.charAt(i));
      count += 5;
      if (count >= 8) {
        count -= 8;
        bytes[at++] = (byte) (bits >> count);
      }
    }
    return bytes;
  }
}

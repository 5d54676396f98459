package dev.millrace.ingest.rtmp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The digest of the complete handshake, which Flash Player 9 and its servers agreed on and Adobe's
 * text does not tell: an HMAC-SHA256 hidden in C1 and S1, proven in S2 and C2. It keeps no secret,
 * the keys are known to all; some clients insist on it all the same. Pure functions.
 */
final class HandshakeDigest {
  static final int PACKET_LENGTH = 1536;
  static final int LENGTH = 32;

  private static final byte[] KEY_TAIL =
      HexFormat.of().parseHex("f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae");

  /** Signs what a server sends: digests by the text alone, proofs by the whole key. */
  static final Key SERVER = new Key("Genuine Adobe Flash Media Server 001");

  /** Signs what a client sends. */
  static final Key CLIENT = new Key("Genuine Adobe Flash Player 001");

  private HandshakeDigest() {}

  /** A key with and without its binary tail. */
  static final class Key {
    private final byte[] text;
    private final byte[] whole;

    Key(String text) {
      this.text = text.getBytes(StandardCharsets.US_ASCII);
      this.whole = Arrays.copyOf(this.text, this.text.length + KEY_TAIL.length);
      System.arraycopy(KEY_TAIL, 0, whole, this.text.length, KEY_TAIL.length);
    }
  }

  /** Where in the packet the digest lies: the four bytes at {@code offsetAt} choose the place. */
  enum Layout {
    /** Digest in the first half, as FFmpeg and librtmp send. */
    DIGEST_FIRST(8),
    /** Key in the first half, digest in the second. */
    KEY_FIRST(772);

    private static final int PLACES = 728;
    private final int offsetAt;

    Layout(int offsetAt) {
      this.offsetAt = offsetAt;
    }

    int digestAt(byte[] packet) {
      int sum = 0;
      for (int i = 0; i < 4; i++) {
        sum += packet[offsetAt + i] & 0xFF;
      }
      return offsetAt + 4 + sum % PLACES;
    }
  }

  /** In which layout the packet holds a valid digest of the key; empty if in none. */
  static Optional<Layout> find(byte[] packet, Key key) {
    for (Layout layout : Layout.values()) {
      if (MessageDigest.isEqual(digest(packet, layout, key), read(packet, layout))) {
        return Optional.of(layout);
      }
    }
    return Optional.empty();
  }

  /** The digest as it stands in the packet. */
  static byte[] read(byte[] packet, Layout layout) {
    int at = layout.digestAt(packet);
    return Arrays.copyOfRange(packet, at, at + LENGTH);
  }

  /** Puts the digest of the packet into it. */
  static void sign(byte[] packet, Layout layout, Key key) {
    System.arraycopy(digest(packet, layout, key), 0, packet, layout.digestAt(packet), LENGTH);
  }

  /**
   * Makes the packet an answer to a digest: its last 32 bytes prove that the signer has read it.
   */
  static void prove(byte[] packet, byte[] peerDigest, Key key) {
    byte[] proof = hmac(hmac(key.whole, peerDigest), Arrays.copyOf(packet, PACKET_LENGTH - LENGTH));
    System.arraycopy(proof, 0, packet, PACKET_LENGTH - LENGTH, LENGTH);
  }

  /** The HMAC of all of the packet but the digest itself. */
  private static byte[] digest(byte[] packet, Layout layout, Key key) {
    int at = layout.digestAt(packet);
    byte[] rest = new byte[PACKET_LENGTH - LENGTH];
    System.arraycopy(packet, 0, rest, 0, at);
    System.arraycopy(packet, at + LENGTH, rest, at, rest.length - at);
    return hmac(key.text, rest);
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}

package dev.millrace.relay.swarm;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Lets a page into one swarm for some hours, from the network where it asked: {@code CLAIMS.MAC} in
 * base64url, CLAIMS being {@code expiry network swarm}, MAC the first 16 bytes of HMAC-SHA-256 (RFC
 * 2104) over CLAIMS. Whoever has the key can check it, so any edge lets in whom another edge gave a
 * token. Any thread.
 */
public final class SwarmToken {
  /**
   * How long a page may connect with one. As long as somebody watches: a page's tracker client
   * connects again by the address that it began with, and who has one is a viewer in that network
   * anyway.
   */
  public static final Duration LIFETIME = Duration.ofHours(4);

  private static final int MAC_BYTES = 16;
  private static final int LONGEST = 1024;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final byte[] key;

  /**
   * @param key a secret of the cluster's, 32 bytes
   */
  public SwarmToken(byte[] key) {
    this.key = key.clone();
  }

  /**
   * Makes one.
   *
   * @param swarm what its bearer may join; without blanks
   * @param bearer where the page is
   */
  public String issue(String swarm, InetAddress bearer, Instant now) {
    long expiry = now.plus(LIFETIME).getEpochSecond();
    byte[] claims =
        (expiry + " " + Subnet.around(bearer) + " " + swarm).getBytes(StandardCharsets.UTF_8);
    return ENCODER.encodeToString(claims) + "." + ENCODER.encodeToString(mac(claims));
  }

  /**
   * Which swarm a token lets its bearer into; empty if it is not one of ours, too old, or was given
   * to somebody in another network.
   */
  public Optional<String> check(String token, InetAddress bearer, Instant now) {
    int dot = token.indexOf('.');
    if (dot < 0 || token.length() > LONGEST) {
      return Optional.empty();
    }
    byte[] claims;
    byte[] mac;
    try {
      claims = Base64.getUrlDecoder().decode(token.substring(0, dot));
      mac = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (!MessageDigest.isEqual(mac, mac(claims))) {
      return Optional.empty();
    }
    String[] parts = new String(claims, StandardCharsets.UTF_8).split(" ", 3);
    boolean valid =
        now.getEpochSecond() < Long.parseLong(parts[0]) && Subnet.parse(parts[1]).contains(bearer);
    return valid ? Optional.of(parts[2]) : Optional.empty();
  }

  private byte[] mac(byte[] claims) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return Arrays.copyOf(mac.doFinal(claims), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}

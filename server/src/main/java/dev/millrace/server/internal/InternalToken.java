package dev.millrace.server.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** The secret that internal requests must carry. Never logged. Immutable. */
public final class InternalToken {
  private static final int RANDOM_BYTES = 32;
  private static final String SCHEME = "Bearer ";

  private final String token;
  private final byte[] header;

  public InternalToken(String token) {
    this.token = token;
    this.header = (SCHEME + token).getBytes(StandardCharsets.UTF_8);
  }

  /** A new one, for the life of one node. */
  public static InternalToken random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new InternalToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** For the job of a worker only. */
  public String secret() {
    return token;
  }

  /** Whether an Authorization header has it; takes the same time for every wrong one. */
  boolean isIn(String authorization) {
    return MessageDigest.isEqual(header, authorization.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "InternalToken";
  }
}

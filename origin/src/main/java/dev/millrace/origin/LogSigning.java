package dev.millrace.origin;

import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.sign.SigningKey;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * With what a store signs the logs in it.
 *
 * @param key of this node
 * @param card what others are told of the key
 * @param delay from the first record of a block to its end
 * @param timer for that delay; its tasks only hand over to the executor
 * @param executor signs, and then tells followers
 */
public record LogSigning(
    SigningKey key,
    SignerKey card,
    Duration delay,
    ScheduledExecutorService timer,
    Executor executor) {
  /**
   * Records that are made one after the other, as those of sound and picture, go into one block.
   * Viewers of relays wait for it, all others do not.
   */
  public static final Duration DELAY = Duration.ofMillis(5);
}

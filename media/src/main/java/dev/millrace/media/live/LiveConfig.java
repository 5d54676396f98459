package dev.millrace.media.live;

import java.time.Duration;

/**
 * The limits of the live hub.
 *
 * @param reconnectWindow how long a stream waits for its publisher to come back; zero ends it at
 *     once
 * @param queueFrames frames a subscriber may fall behind before it skips to a key frame; the cached
 *     group of pictures that a newcomer gets has half of this at most
 * @param queueBytes the same in bytes of media
 */
public record LiveConfig(Duration reconnectWindow, int queueFrames, long queueBytes) {
  /** 30 s; 2048 frames, which is about 25 s of video with audio; 16 MiB. */
  public static final LiveConfig DEFAULT =
      new LiveConfig(Duration.ofSeconds(30), 2048, 16L * 1024 * 1024);

  public LiveConfig {
    if (reconnectWindow.isNegative() || queueFrames < 2 || queueBytes < 2) {
      throw new IllegalArgumentException(
          "needs a window >= 0 and room for 2 frames and 2 bytes, found "
              + reconnectWindow
              + ", "
              + queueFrames
              + " frames, "
              + queueBytes
              + " bytes");
    }
  }
}

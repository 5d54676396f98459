package dev.millrace.ingest.rtmp;

/**
 * What one connection may cost; whoever crosses a limit loses the connection.
 *
 * @param chunkSizeBytes largest chunk size a peer may announce (§5.4.1)
 * @param messageBytes longest message of an accepted publisher
 * @param messageBytesBeforePublish longest message before a publication is accepted, so that
 *     strangers cannot make the server hold much
 * @param chunkStreams how many chunk streams a peer may use at the same time
 * @param bufferedBytes memory of all messages that have begun and not ended
 */
public record RtmpLimits(
    int chunkSizeBytes,
    int messageBytes,
    int messageBytesBeforePublish,
    int chunkStreams,
    int bufferedBytes) {
  private static final int MIB = 1024 * 1024;

  /** Room for a key frame of any camera. */
  public static final RtmpLimits DEFAULT =
      new RtmpLimits(16 * MIB, 16 * MIB, 64 * 1024, 64, 32 * MIB);

  public RtmpLimits {
    if (chunkSizeBytes < 128
        || messageBytesBeforePublish < 1024
        || messageBytes < messageBytesBeforePublish
        || messageBytes > 0xFFFFFF + 1
        || chunkStreams < 4
        || bufferedBytes < messageBytes) {
      throw new IllegalArgumentException(
          "needs chunk size >= 128, 1024 <= message before publish <= message <= 16 MiB, chunk"
              + " streams >= 4, buffered >= message; found %d, %d, %d, %d, %d"
                  .formatted(
                      chunkSizeBytes,
                      messageBytesBeforePublish,
                      messageBytes,
                      chunkStreams,
                      bufferedBytes));
    }
  }
}

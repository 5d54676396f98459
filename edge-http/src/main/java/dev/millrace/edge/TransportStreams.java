package dev.millrace.edge;

import dev.millrace.media.Bytes;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Channels of IPTV by HTTP. Called on event loops: nothing here may block. What viewers are given
 * they are given on any thread, one at a time, in whole packets of a transport stream.
 */
public interface TransportStreams {
  /** None. */
  TransportStreams NONE =
      new TransportStreams() {
        @Override
        public Optional<Runnable> watch(String channel, Consumer<Bytes> viewer) {
          return Optional.empty();
        }

        @Override
        public Optional<Runnable> watchGroup(boolean rtp, String group, Consumer<Bytes> viewer) {
          return Optional.empty();
        }

        @Override
        public Optional<Bytes> repair(
            String channel, String client, long ssrc, int from, int count) {
          throw new java.util.NoSuchElementException("there is no channel " + channel);
        }
      };

  /**
   * Gives a viewer a channel that is sent or received here.
   *
   * @return what ends it; empty if there is no channel of this name
   */
  Optional<Runnable> watch(String channel, Consumer<Bytes> viewer);

  /**
   * Gives a viewer a group by its address.
   *
   * @param group such as {@code 239.255.1.1:5004}
   * @return what ends it; empty if this group is not given
   * @throws IllegalArgumentException if it is no address with a port
   */
  Optional<Runnable> watchGroup(boolean rtp, String group, Consumer<Bytes> viewer);

  /**
   * RTP packets of a channel that is sent here once more, each behind its length in 16 bits.
   *
   * @param client who asks, for its share
   * @param from the first sequence number
   * @return empty if the client, or all together, have had their share
   * @throws java.util.NoSuchElementException if there is no channel of this name
   * @throws IllegalArgumentException if a number is out of its range
   */
  Optional<Bytes> repair(String channel, String client, long ssrc, int from, int count);
}

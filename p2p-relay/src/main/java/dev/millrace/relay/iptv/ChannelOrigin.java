package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.List;
import java.util.function.Consumer;

/**
 * The node that sends a channel, asked by HTTP for what the group did not bring. What is called
 * back is called on any thread.
 */
interface ChannelOrigin {
  /** Most packets of one request. */
  int MAX_PACKETS = 200;

  /**
   * Asks for packets once more.
   *
   * @param from the first sequence number, 0..65535
   * @param count 1..200
   * @param packets gets those that could be had; none where the request failed
   */
  void repair(long ssrc, int from, int count, Consumer<List<Bytes>> packets);

  /**
   * Reads the channel itself.
   *
   * @param payload gets the transport stream, in pieces of any size
   * @param ended told once, when nothing more comes, unless it was ended from here
   * @return what ends it
   */
  Runnable stream(Consumer<Bytes> payload, Consumer<String> ended);
}

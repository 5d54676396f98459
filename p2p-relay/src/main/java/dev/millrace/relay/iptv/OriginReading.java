package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Reads a channel from its sender, one answer at a time; what an older answer still brings is
 * dropped. One thread.
 */
final class OriginReading {
  private final ChannelOrigin origin;
  private final Executor here;
  private final Consumer<Bytes> payload;
  private final Consumer<String> ended;

  /** Which answer is read, counted from 1; 0: none. */
  private int reading;

  private int answers;
  private Runnable end = () -> {};

  /**
   * @param here has tasks run on the owner's thread, soon
   * @param ended told why an answer ended by itself
   */
  OriginReading(
      ChannelOrigin origin, Executor here, Consumer<Bytes> payload, Consumer<String> ended) {
    this.origin = origin;
    this.here = here;
    this.payload = payload;
    this.ended = ended;
  }

  boolean isReading() {
    return reading > 0;
  }

  void begin() {
    int answer = ++answers;
    reading = answer;
    end =
        origin.stream(
            packets -> here.execute(() -> take(answer, packets)),
            why -> here.execute(() -> end(answer, why)));
  }

  private void take(int answer, Bytes packets) {
    if (answer == reading) {
      payload.accept(packets);
    }
  }

  private void end(int answer, String why) {
    if (answer == reading) {
      reading = 0;
      ended.accept(why);
    }
  }

  void stop() {
    reading = 0;
    end.run();
    end = () -> {};
  }
}

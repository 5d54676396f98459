package dev.millrace.transcoder.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class KeyFrameQueueTest {
  private static final Track.Video TRACK =
      new Track.Video(
          0,
          Track.VideoCodec.AVC,
          "avc1.42c01e",
          Bytes.EMPTY,
          16,
          16,
          1,
          1,
          OptionalDouble.empty(),
          false);

  private final KeyFrameQueue queue = new KeyFrameQueue(100);

  @Test
  void keepsTheNewestFrameOfAStreamOnly() {
    queue.offer(frame("live/a", 1), 0);
    queue.offer(frame("live/a", 2), 10);

    assertThat(queue.take(20)).contains(frame("live/a", 2));
    assertThat(queue.take(20)).isEmpty();
  }

  @Test
  void leavesAStreamAloneForTheInterval() {
    queue.offer(frame("live/a", 1), 0);
    queue.take(50);

    assertThat(queue.offer(frame("live/a", 2), 149)).isFalse();
    assertThat(queue.take(149)).isEmpty();
    assertThat(queue.offer(frame("live/a", 3), 150)).isTrue();
    assertThat(queue.take(160)).contains(frame("live/a", 3));
  }

  @Test
  void servesWhoHasBeenDueForLongest() {
    queue.offer(frame("live/a", 1), 0);
    queue.offer(frame("live/b", 1), 5);
    assertThat(queue.take(6)).contains(frame("live/a", 1));
    queue.offer(frame("live/a", 2), 106);

    assertThat(queue.take(107)).contains(frame("live/b", 1));
    assertThat(queue.take(108)).contains(frame("live/a", 2));
  }

  @Test
  void reportsTroubleOnceUntilTheStreamIsForgotten() {
    StreamPath path = StreamPath.parse("live/a");
    queue.offer(frame("live/a", 1), 0);
    assertThat(queue.firstTrouble(path)).isTrue();
    assertThat(queue.firstTrouble(path)).isFalse();

    queue.forget(path);
    assertThat(queue.take(1)).isEmpty();
    assertThat(queue.firstTrouble(path)).isFalse();
    queue.offer(frame("live/a", 2), 2);
    assertThat(queue.firstTrouble(path)).isTrue();
  }

  private static KeyFrame frame(String path, long msn) {
    return new KeyFrame(StreamPath.parse(path), 7, msn, 0, TRACK, Bytes.EMPTY);
  }
}

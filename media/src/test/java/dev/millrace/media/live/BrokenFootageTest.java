package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.live.StreamEvent.FrameArrived;
import dev.millrace.testkit.SharedMedia;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real files with seeded damage: only refusals come out, and times that never go back. */
class BrokenFootageTest {
  private static final LiveConfig LARGE =
      new LiveConfig(Duration.ofSeconds(30), 100_000, 100_000_000);

  @ParameterizedTest
  @ValueSource(strings = {"srs_bbb_640x360", "size_change_640_480_640", "h264_aud_mp3"})
  void refusesOrGoesOn(String name) {
    List<FlvTag> tags = new ArrayList<>();
    byte[] file = SharedMedia.bytes("media/" + name + ".flv");
    new FlvFileReader(1_000_000, tags::add).feed(file, 0, file.length);
    int refused = 0;
    for (int seed = 0; seed < 300; seed++) {
      refused += publishDamaged(tags, new Random(seed)) ? 0 : 1;
    }
    assertThat(refused).isBetween(30, 299);
  }

  /** Whether the publisher went on to the end. */
  private static boolean publishDamaged(List<FlvTag> tags, Random random) {
    Hub hub = new Hub(LARGE);
    Publication publication = hub.publish(new StreamPath("live", "main"), "key-1");
    Subscription reader = publication.stream().subscribe();
    FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
    long arrivalMs = 0;
    try {
      for (FlvTag tag : tags.subList(0, 200)) {
        arrivalMs += 15;
        FlvTag damaged = random.nextInt(40) == 0 ? damage(tag, random) : tag;
        publisher.tag(
            damaged.type(), damaged.timestamp(), damaged.body(), arrivalMs * 1_000_000);
      }
      return true;
    } catch (ProtocolException refusal) {
      assertThat(refusal).hasMessageMatching("(?s).{10,400}");
      return false;
    } finally {
      publication.end("test");
      assertTimesNeverGoBack(Hub.drain(reader));
    }
  }

  private static FlvTag damage(FlvTag tag, Random random) {
    byte[] body = tag.body().toArray();
    int timestamp = tag.timestamp();
    switch (random.nextInt(4)) {
      case 0 -> body = Arrays.copyOf(body, random.nextInt(body.length + 1));
      case 1 -> timestamp = random.nextInt();
      case 2 -> body[random.nextInt(Math.min(body.length, 60))] = (byte) random.nextInt();
      default -> {
        for (int i = 0; i < 20; i++) {
          body[random.nextInt(body.length)] = (byte) random.nextInt();
        }
      }
    }
    return new FlvTag(tag.type(), timestamp, Bytes.wrap(body));
  }

  private static void assertTimesNeverGoBack(List<StreamEvent> events) {
    Map<MediaType, Long> last = new EnumMap<>(MediaType.class);
    for (StreamEvent event : events) {
      if (event instanceof FrameArrived(Frame frame)) {
        long before = last.getOrDefault(frame.type(), 0L);
        assertThat(frame.dtsUs()).isGreaterThanOrEqualTo(before);
        last.put(frame.type(), frame.dtsUs());
      }
    }
  }
}

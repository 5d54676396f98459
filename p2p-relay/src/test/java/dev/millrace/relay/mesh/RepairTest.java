package dev.millrace.relay.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.LogPosition;
import dev.millrace.relay.mesh.TestSite.Relay;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is asked of whom, where nothing comes along the trees (section 7). */
class RepairTest {
  private static final LogPosition AT = new LogPosition(1, 700, 0);
  private static final int CHUNKS = 8;

  private final TestSite site = new TestSite(2);
  private final Relay other = site.inOrder().getLast();

  private static Frame.Linked withoutStripes(Frame.Linked frame) {
    return frame instanceof Frame.Subscribe asked
        ? new Frame.Subscribe(
            asked.track(), asked.app(), asked.name(), asked.rendition(), 0, asked.fromMsn())
        : frame;
  }

  @Test
  void whereOneOnlyHasWhatLacksItIsAskedForAllOfItAtOnce() {
    other.conduct = RepairTest::withoutStripes;
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(500);
    site.publish(AT, CHUNKS * FrameType.CHUNK_BYTES);
    CompletableFuture<Bytes> part = other.part(AT);
    site.passMs(59);
    assertThat(part).as("it may still come").isNotDone();
    site.passMs(20);
    assertThat(part).isCompletedWithValue(site.part(AT));
    assertThat(other.mesh.snapshot().repaired()).isEqualTo(CHUNKS);
    assertThat(site.fetched).hasSize(1);
  }
}

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

  private static Frame.Linked withoutStripes(Frame.Linked frame) {
    return frame instanceof Frame.Subscribe asked
        ? new Frame.Subscribe(
            asked.track(), asked.app(), asked.name(), asked.rendition(), 0, asked.fromMsn())
        : frame;
  }

  /** Publishes a part 60 ms before the last relay, to which no stripe goes, asks for what lacks. */
  private static CompletableFuture<Bytes> publish(TestSite site) {
    Relay last = site.inOrder().getLast();
    last.conduct = RepairTest::withoutStripes;
    site.relays().forEach(relay -> relay.mesh.want(TestSite.PATH, TestSite.RENDITION));
    site.passMs(500);
    site.publish(AT, CHUNKS * FrameType.CHUNK_BYTES);
    CompletableFuture<Bytes> part = last.part(AT);
    site.passMs(59);
    assertThat(part).as("it may still come").isNotDone();
    return part;
  }

  @Test
  void whereOneOnlyHasWhatLacksItIsAskedForAllOfItAtOnce() {
    TestSite site = new TestSite(2);
    CompletableFuture<Bytes> part = publish(site);
    site.passMs(20);
    assertThat(part).isCompletedWithValue(site.part(AT));
    assertThat(site.inOrder().getLast().mesh.snapshot().repaired()).isEqualTo(CHUNKS);
    assertThat(site.fetched).hasSize(1);
  }

  @Test
  void whoDoesNotSendWhatItWasAskedIsNotAskedAgain() {
    TestSite site = new TestSite(6);
    site.inOrder()
        .subList(2, 4)
        .forEach(
            relay ->
                relay.times =
                    frame -> frame instanceof Frame.Chunk chunk && chunk.repair() ? 0 : 1);
    CompletableFuture<Bytes> part = publish(site);
    site.passMs(20);
    assertThat(part).as("some of it was asked there").isNotDone();
    site.passMs(26);
    assertThat(part).isCompletedWithValue(site.part(AT));
  }
}

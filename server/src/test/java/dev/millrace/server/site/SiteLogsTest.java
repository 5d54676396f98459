package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.MergedPartSource;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.SourceEvents;
import dev.millrace.relay.mesh.SiteRelay;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SiteLogsTest {
  private static final StreamPath PATH = new StreamPath("live", "alice");
  private static final SignerKey KEY = new SignerKey(bytes(1), bytes(2));

  private final List<String> asked = new ArrayList<>();
  private final List<SiteRelay> relays = List.of(relay("a"), relay("b"), relay("c"));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  /** Notes what it is asked for. */
  private final class Noting implements PartSource {
    private final String name;

    Noting(String name) {
      this.name = name;
    }

    @Override
    public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
      asked.add(name + " log");
      follower.accept(new LogRecord.SignerTold(KEY));
      return Optional.of(() -> {});
    }

    @Override
    public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
      asked.add(name + " " + file);
      return CompletableFuture.completedStage(Bytes.of(7));
    }

    @Override
    public List<StreamPath> streams() {
      return List.of();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Bytes bytes(int value) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) value;
    return Bytes.wrap(bytes);
  }

  private static SiteRelay relay(String name) {
    return new SiteRelay(SiteRelay.idOf(name), 100_000);
  }

  /** Of the relay that stands last for the stream; all others are sources. */
  private SiteLogs last(int readers) {
    for (SiteRelay self : relays) {
      SiteLogs logs =
          new SiteLogs(self, readers, id -> Optional.of(new Noting("relay " + id.hex())));
      logs.site(relays);
      if (!logs.of(PATH).isEmpty()) {
        return logs;
      }
    }
    throw new AssertionError("all of them read at edges");
  }

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void untilOthersAreKnownAllIsReadAtEdges() {
    SiteLogs logs = new SiteLogs(relays.getFirst(), 1, id -> Optional.of(new Noting("other")));
    assertThat(logs.of(PATH)).isEmpty();
    assertThat(logs.site(List.of(relays.getFirst()))).isFalse();
    assertThat(logs.site(relays)).isTrue();
    assertThat(logs.site(relays.reversed())).isFalse();
  }

  @Test
  void otherRelaysAreFollowedAndCountedAndEdgesAskedForBytes() throws Exception {
    SiteLogs logs = last(2);
    List<PartSource> holders = new ArrayList<>(logs.of(PATH));
    assertThat(holders).hasSize(2);
    holders.add(new Noting("edge"));
    try (MergedPartSource merged =
        new MergedPartSource(
            path -> holders, List::of, System::nanoTime, timer, SourceEvents.NONE)) {
      try (PartSource.Following following = merged.watch(PATH, record -> {})) {
        assertThat(following).isNotNull();
        assertThat(asked).hasSize(2).allMatch(each -> each.matches("relay [0-9a-f]+ log"));
        assertThat(logs.records()).isEqualTo(2);
        asked.clear();
        assertThat(merged.bytes(PATH, "video", "1-2.3.m4s").toCompletableFuture().get().length())
            .isEqualTo(1);
        assertThat(asked).containsExactly("edge 1-2.3.m4s");
      }
    }
  }

  @Test
  void keysOfSignersAreTakenFromEdgesOnly() {
    PartSource edge = new Noting("edge");
    PartSource relay = last(1).of(PATH).getFirst();
    SignerBook signers = new SignerBook();
    SiteTrust trust = new SiteTrust(edge::equals, signers);
    LogRecord told = new LogRecord.SignerTold(KEY);
    assertThatThrownBy(() -> trust.check(PATH, relay).record(told))
        .isInstanceOf(ProtocolException.class);
    assertThat(signers.all()).isEmpty();
    trust.check(PATH, edge).record(told);
    trust.check(PATH, relay).record(told);
    assertThat(signers.all()).containsExactly(KEY);
  }

  @Test
  void relayThatIsGoneIsPassedOver() {
    SiteRelay self =
        relays.stream()
            .filter(
                each -> {
                  SiteLogs logs = new SiteLogs(each, 1, id -> Optional.of(new Noting("other")));
                  logs.site(relays);
                  return !logs.of(PATH).isEmpty();
                })
            .findFirst()
            .orElseThrow();
    SiteLogs alone = new SiteLogs(self, 1, id -> Optional.empty());
    alone.site(relays);
    assertThat(alone.of(PATH)).isEmpty();
  }
}

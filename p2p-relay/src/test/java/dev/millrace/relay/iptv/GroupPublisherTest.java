package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStream;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.live.StreamFacts;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a channel sends is what is published of it. */
class GroupPublisherTest {
  private static final long STEP_NANOS = 1_000_000;
  private static final StreamPath BACK = new StreamPath("live", "back");

  private final FootageSource source = new FootageSource("bbb_480p_gop2s.flv");
  private final IptvChannel channel =
      ChannelText.read("main=live/main udp://239.255.1.1:5004?rate=2500k");
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private long nowNanos;
  private boolean received = true;
  private boolean elsewhere;
  private final LiveStreams hub =
      new LiveStreams(
          new LiveConfig(Duration.ofMinutes(10), 2048, 16 << 20),
          InstantSource.system(),
          () -> nowNanos,
          timer);
  private final GroupPublisher publisher =
      new GroupPublisher(
          ReceivedChannel.read("back=udp://239.255.1.1:5004?publish=live/back"),
          hub::publish,
          path -> elsewhere,
          () -> nowNanos);
  private final ChannelSender sender = new ChannelSender(channel, this::put, 1, () -> {});
  private final ChannelFeed feed = new ChannelFeed(channel, source, sender::offer);

  private void put(int portOffset, Bytes datagram) {
    if (received) {
      publisher.packets(datagram);
    }
  }

  private void run(long untilMs) {
    for (; nowNanos / 1_000_000 < untilMs; nowNanos += STEP_NANOS) {
      source.advance(nowNanos / 1000);
      while (sender.step(nowNanos) <= nowNanos) {
        assertThat(hub.list()).hasSizeLessThan(2);
      }
      publisher.tick();
    }
  }

  @AfterEach
  void close() {
    hub.close();
    timer.shutdownNow();
  }

  @Test
  void publishesPicturesAndSoundAsTheyWereSent() {
    feed.follow();
    run(12_000);
    StreamFacts facts = hub.find(BACK).map(LiveStream::facts).orElseThrow();
    assertThat(facts.state()).isEqualTo(StreamFacts.State.LIVE);
    assertThat(facts.publisher().orElseThrow().protocol()).isEqualTo("mpeg-ts");
    assertThat(facts.publisher().orElseThrow().remoteAddress()).contains("239.255.1.1:5004");
    assertThat(facts.warnings()).isEmpty();
    assertThat(facts.frameRate()).isBetween(23.9, 24.1);
    assertThat(facts.tracks()).extracting(Track::codecs).contains("mp4a.40.2");
    assertThat(facts.tracks())
        .anySatisfy(
            track -> {
              assertThat(track).isInstanceOf(Track.Video.class);
              assertThat(((Track.Video) track).height()).isEqualTo(480);
            });
  }

  @Test
  void endsWithTheGroupAndComesBackWithIt() {
    feed.follow();
    run(6_000);
    received = false;
    run(8_500);
    assertThat(state()).isEqualTo(StreamFacts.State.LIVE);
    run(9_500);
    assertThat(state()).as("silent for 3 s").isEqualTo(StreamFacts.State.WAITING);
    received = true;
    run(16_000);
    assertThat(state()).isEqualTo(StreamFacts.State.LIVE);
    assertThat(hub.find(BACK).map(LiveStream::facts).orElseThrow().reconnects()).isEqualTo(1);
  }

  @Test
  void standsByWhileAnotherNodePublishes() {
    elsewhere = true;
    feed.follow();
    run(6_000);
    assertThat(hub.list()).isEmpty();
    elsewhere = false;
    run(12_000);
    assertThat(state()).isEqualTo(StreamFacts.State.LIVE);
  }

  @Test
  void leavesAPathToItsOwner() {
    PublishResult other =
        hub.publish(
            new PublishRequest(
                new Grant(BACK, "key-1"), new PublisherFacts("peer", "", "rtmp"), () -> {}));
    feed.follow();
    run(6_000);
    assertThat(((PublishResult.Accepted) other).publication().isCurrent()).isTrue();
    assertThat(hub.find(BACK).map(LiveStream::facts).orElseThrow().owner()).isEqualTo("key-1");
  }

  private StreamFacts.State state() {
    return hub.find(BACK).map(LiveStream::facts).orElseThrow().state();
  }
}

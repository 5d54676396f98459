package dev.millrace.media.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Frame;
import dev.millrace.media.Track;
import dev.millrace.media.flv.FlvTag;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Multitrack video (Enhanced RTMP v2) by hand-made messages. */
class FurtherTracksTest {
  private static final String AVC = "avc1.42c01e";
  private static final String SMALL = "avc1.640015";
  private static final String KEY = "00000005 65 88 84 00 10";
  private static final String INTER = "00000004 41 9a 00 10";

  private final Feed feed = new Feed();

  @Test
  void publishesAllTracksOfOneMessageTheMainOneFirst() {
    feed.metadata(true, false);
    many(0, 0, track(1, Feed.AVC_480), track(0, Feed.AVC_640));
    many(0, 3, track(1, KEY), track(0, KEY));
    many(40, 3, track(1, INTER), track(0, INTER));
    assertThat(feed.told())
        .containsExactly(
            "started",
            "tracks " + AVC + " " + SMALL,
            "key 0",
            "key 0 of 1",
            "inter 40",
            "inter 40 of 1");
    assertThat(warnings()).isEmpty();
  }

  @Test
  void readsOneTrackMessagesBesideOrdinaryOnes() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    one(0, 0, 2, Feed.AVC_480);
    feed.key(1000);
    one(1000, 3, 2, KEY);
    feed.inter(1040);
    one(1040, 3, 2, INTER);
    assertThat(feed.told())
        .containsExactly(
            "started",
            "tracks " + AVC + " " + SMALL,
            "key 0",
            "key 0 of 2",
            "inter 40",
            "inter 40 of 2");
    assertThat(feed.publication.stream().facts().tracks()).extracting(Track::id).contains(0, 2);
  }

  @Test
  void aTrackThatIsConfiguredLateJoinsWithItsKeyFrame() {
    feed.metadata(true, false).avc(0, Feed.AVC_640).key(0).inter(40);
    one(60, 0, 1, Feed.AVC_480);
    one(80, 3, 1, INTER);
    feed.key(120);
    one(120, 3, 1, KEY);
    one(160, 3, 1, INTER);
    assertThat(feed.told())
        .containsExactly(
            "started",
            "tracks " + AVC,
            "key 0",
            "inter 40",
            "key 120",
            "tracks " + AVC + " " + SMALL,
            "key 120 of 1",
            "inter 160 of 1");
  }

  @Test
  void aTrackMayStopAndReturnWithItsLastConfiguration() {
    start();
    feed.inter(450).key(900);
    one(900, 3, 1, KEY);
    assertThat(feed.told()).containsExactly("inter 450", "key 900", "key 900 of 1");
  }

  @Test
  void anotherConfigurationOfATrackWaitsForItsKeyFrame() {
    start();
    one(40, 0, 1, Feed.AVC_640);
    one(40, 3, 1, INTER);
    feed.key(80);
    one(80, 3, 1, KEY);
    assertThat(feed.told()).containsExactly("key 80", "tracks " + AVC + " " + AVC, "key 80 of 1");
  }

  @Test
  void framesFromBeforeTheMainTracksFirstAreDropped() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    one(0, 0, 1, Feed.AVC_480);
    one(960, 3, 1, KEY);
    feed.key(1000);
    one(1000, 3, 1, INTER);
    feed.key(1040);
    one(1040, 3, 1, KEY);
    assertThat(feed.told())
        .containsExactly(
            "started", "tracks " + AVC + " " + SMALL, "key 0", "key 40", "key 40 of 1");
  }

  @Test
  void goesAlongWhenTheMainTracksClockJumps() {
    start();
    feed.late(-50_000);
    feed.inter(50_040);
    one(50_040, 3, 1, INTER);
    feed.inter(50_080);
    one(50_080, 3, 1, INTER);
    List<String> told = feed.told().stream().filter(line -> line.startsWith("inter")).toList();
    assertThat(told).containsExactly("inter 20", "inter 20 of 1", "inter 60", "inter 60 of 1");
  }

  @Test
  void damageOfATrackCostsNoMoreThanItsFrame() {
    start();
    feed.inter(40);
    one(40, 3, 1, "00000009 65 88");
    feed.inter(80);
    one(80, 3, 1, INTER);
    assertThat(feed.told()).containsExactly("inter 40", "inter 80", "inter 80 of 1");
  }

  @Test
  void leavesOutTheNinthTrackAndSaysSo() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    for (int id = 1; id <= 9; id++) {
      one(0, 0, id, Feed.AVC_480);
    }
    feed.key(0);
    for (int id = 1; id <= 9; id++) {
      one(0, 3, id, KEY);
    }
    assertThat(feed.told()).hasSize(2 + 8).doesNotContain("key 0 of 8", "key 0 of 9");
    assertThat(warnings()).containsOnlyKeys("multitrack-limit");
  }

  @Test
  void leavesOutATrackOfAnUnknownCodecAndSaysSo() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    feed.tag(FlvTag.VIDEO, 0, "96 00 61763031 01 8104");
    feed.key(0);
    feed.tag(FlvTag.VIDEO, 0, "96 03 61763031 01 1200");
    assertThat(feed.told()).containsExactly("started", "tracks " + AVC, "key 0");
    assertThat(warnings()).containsOnlyKeys("multitrack-codec");
    assertThat(warnings().get("multitrack-codec")).contains("track 1").contains("av01");
  }

  @Test
  void aNewcomerStartsAtTheMainTracksKeyFrame() {
    start();
    feed.key(2000);
    one(2000, 3, 1, KEY);
    one(2040, 3, 1, KEY);
    Subscription newcomer = feed.publication.stream().subscribe();
    List<Frame> frames =
        Hub.drain(newcomer).stream()
            .filter(StreamEvent.FrameArrived.class::isInstance)
            .map(event -> ((StreamEvent.FrameArrived) event).frame())
            .toList();
    assertThat(frames).extracting(Frame::trackId).containsExactly(0, 1, 1);
  }

  private void start() {
    feed.metadata(true, false).avc(0, Feed.AVC_640);
    one(0, 0, 1, Feed.AVC_480);
    feed.key(0);
    one(0, 3, 1, KEY);
    assertThat(feed.told()).hasSize(4);
  }

  private Map<String, String> warnings() {
    return feed.publication.stream().facts().warnings();
  }

  private static String track(int id, String payload) {
    return "%02x%06x".formatted(id, payload.replace(" ", "").length() / 2) + payload;
  }

  private void many(long ms, int packetType, String... tracks) {
    feed.tag(FlvTag.VIDEO, ms, "96 1" + packetType + "61766331" + String.join("", tracks));
  }

  private void one(long ms, int packetType, int id, String payload) {
    feed.tag(FlvTag.VIDEO, ms, "96 0" + packetType + "61766331" + "%02x".formatted(id) + payload);
  }
}

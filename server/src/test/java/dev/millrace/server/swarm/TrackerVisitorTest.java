package dev.millrace.server.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.edge.EdgeSwarm;
import dev.millrace.relay.swarm.Sites;
import dev.millrace.relay.swarm.Tracker;
import dev.millrace.relay.swarm.TrackerLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages as bittorrent-tracker 11 writes and reads them. */
class TrackerVisitorTest {
  private static final String HASH = "aaaabbbbccccddddeeee";
  private static final String OFFER_ID = "\u00e9fer-id-of-20-bytes";

  private final Tracker tracker =
      new Tracker(TrackerLimits.DEFAULT, Sites.NONE, new Random(3), () -> 0);

  private final class Page implements EdgeSwarm.Wire {
    final List<JsonObject> heard = new ArrayList<>();
    final List<String> closed = new ArrayList<>();
    final String id;
    final EdgeSwarm.Visitor visitor;

    Page(int number) {
      id = "-PM0203-page%08d".formatted(number);
      visitor =
          TrackerVisitor.enter(tracker, "live/main", InetAddress.ofLiteral("10.0.0.1"), this)
              .orElseThrow();
    }

    @Override
    public void send(String text) {
      heard.add(new JsonObject(text));
    }

    @Override
    public void close(String reason) {
      closed.add(reason);
    }

    void announce(JsonObject more) {
      visitor.message(
          new JsonObject()
              .put("action", "announce")
              .put("info_hash", HASH)
              .put("peer_id", id)
              .mergeIn(more)
              .encode());
    }
  }

  private static JsonObject offers(int count, String sdp) {
    JsonArray offers = new JsonArray();
    IntStream.range(0, count)
        .forEach(
            i ->
                offers.add(
                    new JsonObject()
                        .put("offer_id", OFFER_ID.substring(0, 19) + i % 10)
                        .put("offer", new JsonObject().put("type", "offer").put("sdp", sdp))));
    return new JsonObject().put("numwant", count).put("offers", offers);
  }

  @Test
  void introducesTwoPages() {
    Page one = new Page(1);
    Page two = new Page(2);
    one.announce(offers(0, ""));
    two.announce(offers(1, "v=0\r\noffer"));
    assertThat(two.heard)
        .containsExactly(
            new JsonObject()
                .put("action", "announce")
                .put("info_hash", HASH)
                .put("interval", 60)
                .put("complete", 0)
                .put("incomplete", 2));
    JsonObject offer = one.heard.get(1);
    assertThat(offer.getString("peer_id")).isEqualTo(two.id);
    assertThat(offer.getJsonObject("offer"))
        .isEqualTo(new JsonObject().put("type", "offer").put("sdp", "v=0\r\noffer"));
    String offerId = offer.getString("offer_id");
    assertThat(offerId).startsWith("\u00e9");
    one.announce(
        new JsonObject()
            .put("to_peer_id", two.id)
            .put("offer_id", offerId)
            .put("answer", new JsonObject().put("type", "answer").put("sdp", "v=0\r\nanswer")));
    assertThat(two.heard.get(1))
        .isEqualTo(
            new JsonObject()
                .put("action", "announce")
                .put("info_hash", HASH)
                .put("peer_id", one.id)
                .put("offer_id", offerId)
                .put("answer", new JsonObject().put("type", "answer").put("sdp", "v=0\r\nanswer")));
  }

  @Test
  void whoStopsIsForgottenAndScrapeCounts() {
    Page one = new Page(1);
    Page two = new Page(2);
    one.announce(offers(0, ""));
    two.announce(offers(0, ""));
    one.visitor.message("{\"action\":\"scrape\",\"info_hash\":\"" + HASH + "\"}");
    assertThat(
            one.heard.getLast().getJsonObject("files").getJsonObject(HASH).getInteger("incomplete"))
        .isEqualTo(2);
    two.announce(new JsonObject().put("event", "stopped"));
    one.visitor.message("{\"action\":\"scrape\",\"info_hash\":[\"" + HASH + "\"]}");
    assertThat(
            one.heard.getLast().getJsonObject("files").getJsonObject(HASH).getInteger("incomplete"))
        .isEqualTo(1);
    one.visitor.gone();
    assertThat(tracker.peers()).isZero();
    assertThat(tracker.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"action\":7}",
        "{\"action\":\"exit\"}",
        "{\"action\":\"announce\",\"info_hash\":{}}",
        "{\"action\":\"announce\",\"info_hash\":\"aaaabbbbccccddddeeee\",\"peer_id\":\"x\"}",
        "{\"action\":\"announce\",\"offers\":\"many\"}",
        "{\"action\":\"announce\",\"offers\":[null]}",
        "{\"action\":\"announce\",\"offers\":[[]]}",
        "{\"action\":\"announce\",\"offers\":[{\"offer\":null}]}",
        "{\"action\":null}",
        "{\"action\":\"announce\",\"info_hash\":null,\"event\":null,\"peer_id\":null}",
        "{\"action\":\"scrape\",\"info_hash\":[null]}",
        "{\"action\":\"announce\",\"answer\":[]}",
        "{\"action\":\"scrape\",\"info_hash\":[7]}"
      })
  void whatIsNoMessageIsAFaultAndThreeOfThemEndIt(String text) {
    Page page = new Page(1);
    for (int i = 0; i < 3; i++) {
      assertThat(page.closed).isEmpty();
      page.visitor.message(text);
    }
    assertThat(page.heard).allMatch(each -> each.containsKey("failure reason")).hasSize(3);
    assertThat(page.closed).hasSize(1);
    assertThat(tracker.refused()).isEqualTo(3);
  }

  @Test
  void tooManyOffersAndTooLongOnesAreRefused() {
    Page page = new Page(1);
    page.announce(offers(6, "v=0"));
    page.announce(offers(1, "v=0" + "x".repeat(9000)));
    assertThat(page.heard)
        .extracting(each -> each.getString("failure reason"))
        .containsExactly(
            "at most 5 offers at once, found 6",
            "an sdp begins with v=0 and has at most 8192 characters, found 9003");
    assertThat(tracker.peers()).isZero();
  }

  @Test
  void whoFloodsIsCutOff() {
    Page page = new Page(1);
    for (int i = 0; i < 300; i++) {
      page.announce(offers(5, "v=0"));
    }
    assertThat(page.closed).containsExactly("more than 20 messages a second");
    assertThat(page.heard).hasSize(200);
    assertThat(tracker.peers()).isZero();
  }

  @Test
  void deepNestingIsNoMessage() {
    Page page = new Page(1);
    page.visitor.message("{\"a\":".repeat(9000) + "1" + "}".repeat(9000));
    assertThat(page.heard.getLast().getString("failure reason")).contains("JSON");
  }
}

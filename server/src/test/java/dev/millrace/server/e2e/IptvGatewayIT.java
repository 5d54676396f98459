package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ts.PesPacket;
import dev.millrace.media.ts.TsReader;
import dev.millrace.server.hosts.Half;
import dev.millrace.server.hosts.TestNetwork;
import dev.millrace.server.hosts.VirtualHost;
import dev.millrace.server.hosts.VirtualHosts;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * A node sends a channel to a multicast group over a network that loses one packet of a hundred; a
 * node on another host receives it, has the losses sent once more, gives it to viewers by HTTP, and
 * publishes it as a stream.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Isolated("needs the processors, or measures what having them costs")
class IptvGatewayIT {
  private static final String GROUP = "239.255.7.1:5004";

  /** For receivers that name their source (RFC 4607), without RTP. */
  private static final String SOURCE_GROUP = "232.7.7.7:5010";

  /** Of IPv6, unless the machine has that turned off. */
  private static final String FIRST_PATH =
      VirtualHosts.hasIpv6() ? "[ff15::7:1]:5020" : "239.255.7.4:5020";

  /** The same packets to another group, of IPv4 (SMPTE 2022-7). */
  private static final String TWO_PATHS =
      FIRST_PATH + "?interface=eth0&second=239.255.7.3:5022&second-interface=eth0";

  /** To which nobody sends. */
  private static final String SILENT_GROUP = "239.255.7.9:5004";

  private static final Pattern STATE = Pattern.compile("\"state\":\"(\\w+)\"");

  /** The targets are 200 ms, and 400 beside a GOP; the machine is shared. */
  private static final long JOIN_BUDGET_MILLIS = 3000;

  @TempDir private static Path folder;
  private VirtualHosts network;
  private VirtualHost viewer;
  private NodeUnderTest head;
  private NodeUnderTest gateway;
  private ChildProcess publisher;

  @BeforeAll
  void start() {
    Programs.require("ffmpeg");
    network = TestNetwork.create();
    VirtualHost near = network.add(Half.A);
    viewer = network.add(Half.A);
    VirtualHost far = network.add(Half.B);
    network.slow(Duration.ofMillis(1), 0.01, 2022);
    head =
        node(
            "head",
            near,
            "MILLRACE_RELAY_IPTV_CHANNELS",
            String.join(
                ",",
                "main=live/main rtp://" + GROUP + "?interface=eth0&rate=4M",
                "plain=live/main udp://" + SOURCE_GROUP + "?interface=eth0&rate=4M",
                "two=live/main rtp://" + TWO_PATHS + "&rate=4M"));
    String sender = "sender=" + head.http("/iptv/main");
    gateway =
        node(
            "gateway",
            far,
            "MILLRACE_RELAY_IPTV_RECEIVE",
            String.join(
                ",",
                "back=rtp://" + GROUP + "?interface=eth0&" + sender + "&publish=live/back",
                "ghost=rtp://" + SILENT_GROUP + "?interface=eth0&" + sender,
                "two=rtp://" + TWO_PATHS));
    publisher = Publisher.libav(folder, "test", head.rtmp("main"), "--size", "640x360");
  }

  private static NodeUnderTest node(String name, VirtualHost host, String key, String value) {
    return NodeUnderTest.start(
        folder.resolve(name),
        Optional.of(host),
        0,
        0,
        Map.of(key, value, "MILLRACE_HTTP_METRICS", "public"),
        "--open",
        "--roles",
        "ingest,transcoder,origin,edge,relay");
  }

  @AfterAll
  void stop() {
    for (AutoCloseable each : new AutoCloseable[] {publisher, gateway, head, network}) {
      try {
        if (each != null) {
          each.close();
        }
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void publishesWhatItReceives() throws IOException, InterruptedException {
    gateway.awaitPlayable("back");
    await("packets to be sent once more", () -> counter("back", "repaired") > 10);
    Path file = folder.resolve("back.mp4");
    long lostBefore = counter("back", "lost");
    ffmpeg(List.of("-i", gateway.playlist("back").toString(), "-t", "5", "-c", "copy"), file);
    String received = received("back");
    System.out.println("MEASURED iptv gateway at 1 % loss: " + received);
    assertThat(received).contains("\"stream\":\"live/back\"");
    assertThat(counter("back", "lost")).isEqualTo(lostBefore);
    assertThat(decodedPictures(file)).isBetween(120, 160);
    assertThat(gateway.get("/metrics").body())
        .contains("millrace_iptv_received_live{channel=\"back\"} 1");
  }

  @Test
  void givesTheGroupToViewersWithoutAHole() throws IOException {
    watchWithoutAHole("/rtp/" + GROUP);
    watchWithoutAHole("/iptv/back.ts");
    assertThat(gateway.get("/iptv/received.m3u").body())
        .contains("#EXTINF:-1 tvg-id=\"back\",back\n" + gateway.http("/iptv/back.ts") + "\n");
    await("nobody but the publication", () -> counter("back", "viewers") == 1);
  }

  /** Where the sender itself stood still, since the machine is shared, it is watched once more. */
  private void watchWithoutAHole(String path) throws IOException {
    for (int attempt = 0; attempt < 4; attempt++) {
      await("the group to come", () -> state("back").equals("live"));
      long changes = counter("back", "rejoins");
      Seen seen = watch(gateway.http(path), 60);
      if (counter("back", "rejoins") == changes) {
        assertThat(seen.gaps).as("at 1 % loss, repaired by the sender").isZero();
        return;
      }
    }
    throw new AssertionError("the sender stood still each time\n" + head.tails());
  }

  @Test
  void readsFromTheSenderWhereTheGroupDoesNotCome() throws IOException {
    await("it to be sent", () -> head.get("/api/v1/relay/iptv").body().contains("\"sending\""));
    long begin = System.nanoTime();
    Seen seen = watch(gateway.http("/iptv/ghost.ts"), 60);
    System.out.printf(
        "MEASURED iptv gateway, silent group: first packet from the sender after %d ms%n",
        (seen.firstNanos - begin) / 1_000_000);
    assertThat(seen.gaps).isZero();
    assertThat(state("ghost")).isEqualTo("fallback");
    assertThat(counter("ghost", "fallbacks")).isPositive();
  }

  /** Of 1 % lost on either path next to nothing is lost on both, and nobody is asked for it. */
  @Test
  void receivesTwoPaths() throws IOException {
    await("both paths", () -> head.get("/metrics").body().contains(sending("two")));
    long packet = joinMillis("/iptv/two.ts?join=anywhere");
    long keyFrame = joinMillis("/iptv/two.ts");
    System.out.printf(
        "MEASURED iptv gateway: a group's first packet after %d ms, a key frame after %d ms%n",
        packet, keyFrame);
    assertThat(packet).isLessThan(JOIN_BUDGET_MILLIS);
    assertThat(keyFrame).as("and a GOP of 2 s").isLessThan(2000 + JOIN_BUDGET_MILLIS);
    Seen seen = watch(gateway.http("/iptv/two.ts"), 60);
    System.out.println("MEASURED iptv by two paths at 1 % loss each: " + received("two"));
    assertThat(seen.gaps).isLessThan(3);
    // The second copy of what was delivered already counts as late.
    assertThat(counter("two", "late")).isGreaterThan(counter("two", "received") / 2);
    assertThat(counter("two", "repaired")).isZero();
  }

  private long joinMillis(String path) throws IOException {
    long begin = System.nanoTime();
    try (InputStream in = gateway.http(path).toURL().openStream()) {
      assertThat(in.read()).isEqualTo(0x47);
      return (System.nanoTime() - begin) / 1_000_000;
    }
  }

  private static String sending(String channel) {
    return "millrace_iptv_sending{channel=\"" + channel + "\"} 1";
  }

  @Test
  void isPlayedByVlc() throws IOException {
    await("it to be sent", () -> head.get("/metrics").body().contains(sending("plain")));
    int picture = 640 * 360 * 3 / 2;
    Vlc.play(viewer, "rtp://@" + GROUP, picture, 60);
    Vlc.play(viewer, "rtp://@" + FIRST_PATH, picture, 60);
    Vlc.play(viewer, "udp://" + head.http("").getHost() + "@" + SOURCE_GROUP, picture, 60);
  }

  @Test
  void refusesWhatItDoesNotGive() {
    assertThat(gateway.get("/udp/" + GROUP).statusCode()).as("this one is RTP").isEqualTo(404);
    assertThat(gateway.get("/rtp/239.1.2.3:5004").statusCode()).as("not listed").isEqualTo(404);
    assertThat(gateway.get("/rtp/10.0.0.1:5004").statusCode()).isEqualTo(404);
    assertThat(gateway.get("/rtp/nowhere:5004").statusCode()).isEqualTo(400);
    assertThat(gateway.get("/iptv/nothing.ts").statusCode()).isEqualTo(404);
    String repair = "/iptv/main/rtp?ssrc=1&from=";
    assertThat(head.get(repair + "0&count=200").statusCode()).isEqualTo(200);
    assertThat(head.get(repair + "0&count=201").statusCode()).isEqualTo(400);
    assertThat(head.get(repair + "70000&count=1").statusCode()).isEqualTo(400);
    assertThat(head.get("/iptv/main/rtp").statusCode()).isEqualTo(400);
    assertThat(head.get("/iptv/other/rtp?ssrc=1&from=0&count=1").statusCode()).isEqualTo(404);
  }

  /** What a viewer got. */
  private static final class Seen implements TsReader.Listener {
    int pictures;
    boolean beganWithAKeyFrame;
    int gaps;
    long firstNanos;

    @Override
    public void pes(int pid, PesPacket packet, boolean randomAccess) {
      boolean picture = packet.streamId() >= 0xE0;
      beganWithAKeyFrame |= picture && pictures == 0 && randomAccess;
      pictures += picture ? 1 : 0;
    }

    @Override
    public void gap(int pid) {
      gaps++;
    }
  }

  private static Seen watch(URI address, int pictures) throws IOException {
    Seen seen = new Seen();
    TsReader reader = new TsReader(seen, 1 << 22);
    try (InputStream in = address.toURL().openStream()) {
      byte[] buffer = new byte[16 * 1024];
      while (seen.pictures < pictures) {
        int count = in.read(buffer);
        assertThat(count).as(address + " ended").isPositive();
        if (seen.firstNanos == 0) {
          seen.firstNanos = System.nanoTime();
        }
        reader.read(Bytes.wrap(java.util.Arrays.copyOf(buffer, count)));
      }
    }
    assertThat(reader.faults().total() - reader.faults().continuity()).isZero();
    assertThat(seen.beganWithAKeyFrame).as("a key frame first").isTrue();
    return seen;
  }

  /** What the API says of a received channel, from its name to its counters. */
  private String received(String name) {
    String all = gateway.get("/api/v1/relay/iptv").body();
    int begin = all.indexOf("\"name\":\"" + name + "\"", all.indexOf("\"received\""));
    return begin < 0 ? "" : all.substring(begin, all.indexOf('}', begin));
  }

  private String state(String name) {
    Matcher state = STATE.matcher(received(name));
    return state.find() ? state.group(1) : "";
  }

  private long counter(String name, String counter) {
    Matcher value = Pattern.compile("\"" + counter + "\":(\\d+)").matcher(received(name));
    return value.find() ? Long.parseLong(value.group(1)) : 0;
  }

  private static int decodedPictures(Path file) throws IOException, InterruptedException {
    Path frames = folder.resolve("frames.txt");
    ffmpeg(List.of("-i", file.toString(), "-map", "0:v", "-f", "framemd5"), frames);
    return (int) Files.readAllLines(frames).stream().filter(line -> !line.startsWith("#")).count();
  }

  private static void ffmpeg(List<String> arguments, Path output)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("ffmpeg", "-v", "error", "-y"));
    command.addAll(arguments);
    command.add(output.toString());
    Path text = Files.createTempFile(folder, "ffmpeg", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(text.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    try {
      assertThat(process.waitFor(40, TimeUnit.SECONDS)).as(String.join(" ", command)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(text)).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Patience.OF_A_BUSY_MACHINE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () ->
                assertThat(condition.call())
                    .as(() -> what + "\n" + head.tails() + "\n" + gateway.tails())
                    .isTrue());
  }
}

package dev.millrace.relay.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class StunTest {
  /** RFC 5769 §2.1, as pages send it: with ICE's attributes and a fingerprint. */
  private static final String SAMPLE =
      "000100582112a442b7e7a701bc34d686fa87dfae"
          + "802200105354554e207465737420636c69656e74"
          + "002400046e0001ff80290008932ff9b151263b36"
          + "000600096576746a3a68367659202020"
          + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";

  private static final String HEAD = "2112a442b7e7a701bc34d686fa87dfae";

  private static Optional<ByteBuffer> ask(String hex, String address) {
    return StunMessage.answer(
        ByteBuffer.wrap(HexFormat.of().parseHex(hex)),
        new InetSocketAddress(InetAddress.ofLiteral(address), 32853));
  }

  private static String hex(ByteBuffer answer) {
    byte[] bytes = new byte[answer.remaining()];
    answer.duplicate().get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void tellsTheAddressAsTheSamplesOfTheRfcDo() {
    // RFC 5769 §2.2 and §2.3: XOR-MAPPED-ADDRESS of this transaction and these addresses.
    ByteBuffer v4 = ask(SAMPLE, "192.0.2.1").orElseThrow();
    assertThat(hex(v4)).startsWith("01010014" + HEAD + "002000080001a147e112a643" + "80280004");
    assertThat(hex(ask(SAMPLE, "2001:db8:1234:5678:11:2233:4455:6677").orElseThrow()))
        .startsWith("01010020" + HEAD + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9");
    assertThat(StunMessage.mappedAddress(v4))
        .contains(new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 32853));
  }

  @Test
  void namesWhatItDoesNotUnderstand() {
    // Attributes 0x0003 and 0x0042 must be understood, 0x8042 need not be.
    String request = "0001000c" + HEAD + "00030000" + "00420000" + "80420000";
    assertThat(hex(ask(request, "192.0.2.1").orElseThrow()))
        .startsWith("01110018" + HEAD + "0009000400000414" + "000a000400030042" + "80280004");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0001",
        "00010000" + "00000000" + "b7e7a701bc34d686fa87dfae", // of RFC 3489
        "01010000" + HEAD, // an answer: two servers would talk to each other for ever
        "00010004" + HEAD, // shorter than it says
        "00010000" + HEAD + "00000000", // longer than it says
        "00010004" + HEAD + "00240008", // an attribute beyond the end
        "00010008" + HEAD + "8028000400000000" // a wrong fingerprint
      })
  void doesNotAnswerWhatIsNoRequest(String datagram) {
    assertThat(ask(datagram, "192.0.2.1")).isEmpty();
  }

  @Test
  void noDatagramIsTooStrange() {
    Random random = new Random(7);
    byte[] sample = HexFormat.of().parseHex(SAMPLE);
    InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 1);
    for (int i = 0; i < 20_000; i++) {
      byte[] odd = sample.clone();
      for (int flips = random.nextInt(1, 5); flips > 0; flips--) {
        odd[random.nextInt(odd.length)] = (byte) random.nextInt();
      }
      Optional<ByteBuffer> answer = StunMessage.answer(ByteBuffer.wrap(odd), from);
      answer.ifPresent(is -> assertThat(is.remaining()).isLessThan(200));
    }
  }

  @Test
  void serverAnswersAndLimitsWhoAsksTooOften() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (StunServer server = StunServer.bind(any, () -> 0);
        DatagramChannel page = DatagramChannel.open().bind(any).connect(server.address())) {
      Thread.ofPlatform().daemon().start(server);
      page.write(ByteBuffer.wrap(HexFormat.of().parseHex(SAMPLE)));
      ByteBuffer answer = ByteBuffer.allocate(200);
      page.read(answer);
      assertThat(StunMessage.mappedAddress(answer.flip()))
          .contains((InetSocketAddress) page.getLocalAddress());

      for (int i = 0; i < 250; i++) {
        page.write(ByteBuffer.wrap(HexFormat.of().parseHex(SAMPLE)));
      }
      Awaitility.await("the limit").until(() -> server.dropped() > 0);
      assertThat(server.answered()).isEqualTo(200);
    }
  }
}

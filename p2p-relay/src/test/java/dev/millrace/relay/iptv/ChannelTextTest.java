package dev.millrace.relay.iptv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "main=live/main rtp://239.255.1.1:5004",
        "main=live/main udp://239.255.1.1:5004?rate=5500k",
        "hall_2=live/main rtp://232.1.1.1:5004?video=720p&audio=audio-128k&rate=5123456&fec=burst"
            + "&interface=eth1&second=239.255.2.1:5004&second-interface=eth2&ttl=16&dscp=46"
            + "&loopback=true",
        "six=live/main rtp://[ff15:0:0:0:0:0:0:1]:5004?audio=none",
        "one=live/main rtp://192.0.2.7:5004?fec=cheap&ttl=0"
      })
  void writesWhatItReads(String text) {
    assertThat(ChannelText.write(ChannelText.read(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "main rtp://239.255.1.1:5004",
        "main=live/main http://239.255.1.1:5004",
        "main=live/main rtp://239.255.1.1",
        "main=live/main rtp://239.255.1.1:65533",
        "main=live/main rtp://group.example:5004",
        "main=live rtp://239.255.1.1:5004",
        "main=live/main rtp://239.255.1.1:5004?speed=5M",
        "main=live/main rtp://239.255.1.1:5004?rate=100k",
        "main=live/main rtp://239.255.1.1:5004?fec=some",
        "main=live/main rtp://239.255.1.1:5004?ttl=256",
        "main=live/main udp://239.255.1.1:5004?fec=default",
        "main=live/main udp://239.255.1.1:5004?second=239.255.1.2:5004",
        "main=live/main rtp://239.255.1.1:5004?video=none&audio=none",
        "main=live/main rtp://239.255.1.1:5004?second=239.255.1.2"
      })
  void refusesWhatIsNoChannel(String text) {
    assertThatThrownBy(() -> ChannelText.read(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void namesTheSourceOfASourceSpecificGroup() throws UnknownHostException {
    Optional<InetAddress> source = Optional.of(InetAddress.getByName("10.7.0.1"));
    assertThat(url("rtp://232.1.1.1:5004", source)).isEqualTo("rtp://10.7.0.1@232.1.1.1:5004");
    assertThat(url("rtp://239.255.1.1:5004", source)).isEqualTo("rtp://239.255.1.1:5004");
    assertThat(url("udp://239.255.1.1:5004", source)).isEqualTo("udp://@239.255.1.1:5004");
    assertThat(url("udp://192.0.2.1:5004", source)).isEqualTo("udp://192.0.2.1:5004");
    assertThat(url("rtp://[ff35::1]:5004", source))
        .isEqualTo("rtp://10.7.0.1@[ff35:0:0:0:0:0:0:1]:5004");
  }

  @Test
  void describesAChannelInSdpAndAnnouncesIt() throws UnknownHostException {
    InetAddress origin = InetAddress.getByName("10.7.0.1");
    String sdp =
        SessionDescription.of(
            ChannelText.read("main=live/main rtp://232.1.1.1:5004?ttl=8"), origin, 17, 1);
    assertThat(sdp.split("\r\n"))
        .containsExactly(
            "v=0",
            "o=- 17 1 IN IP4 10.7.0.1",
            "s=main",
            "c=IN IP4 232.1.1.1/8",
            "t=0 0",
            "a=tool:millrace",
            "a=type:broadcast",
            "a=source-filter: incl IN IP4 232.1.1.1 10.7.0.1",
            "m=video 5004 RTP/AVP 33",
            "a=rtpmap:33 MP2T/90000");
    SapPacket packet = new SapPacket(false, 0xBEEF, origin, sdp);
    assertThat(packet.write().slice(0, 24).hex())
        .isEqualTo("2000beef" + "0a070001" + "6170706c69636174696f6e2f73647000");
    assertThat(SapPacket.read(packet.write())).isEqualTo(packet);
  }

  private static String url(String address, Optional<InetAddress> source) {
    return ChannelText.read("x=live/main " + address).receiverUrl(source);
  }
}

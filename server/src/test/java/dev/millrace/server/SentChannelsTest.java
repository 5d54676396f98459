package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.edge.EdgeRelay;
import dev.millrace.relay.iptv.ChannelText;
import dev.millrace.relay.iptv.IptvOut;
import dev.millrace.server.cluster.NamedSource;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.identity.ChannelFile;
import dev.millrace.server.identity.DataFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Channels over restarts of a node; each life has sockets of its own and the same folder. */
class SentChannelsTest {
  private static final String MAIN = "main=live/main udp://127.0.0.1:5004";
  private static final String HALL = "hall=live/hall udp://127.0.0.1:5012";

  @TempDir Path folder;

  /** From a start to a stop. */
  private final class Life implements AutoCloseable {
    final DataFolder data = DataFolder.take(folder);
    final IptvOut iptv = new IptvOut(new NamedSource("silence"), System::nanoTime, () -> 1, false);
    final SentChannels channels;

    Life(String... configured) {
      try {
        channels =
            new SentChannels(
                iptv,
                Stream.of(configured).map(ChannelText::read).toList(),
                ChannelFile.open(data));
        channels.start();
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    List<String> lines() {
      return iptv.channels().stream().map(each -> ChannelText.write(each.channel())).toList();
    }

    @Override
    public void close() {
      iptv.close();
      data.close();
    }
  }

  @Test
  void whatWasSetIsSentAfterARestart() {
    try (Life first = new Life(MAIN)) {
      first.channels.put("hall", "live/hall udp://127.0.0.1:5012");
      first.channels.put("main", "live/main udp://127.0.0.1:5020");
    }
    try (Life second = new Life(MAIN)) {
      assertThat(second.lines())
          .containsExactlyInAnyOrder(HALL, "main=live/main udp://127.0.0.1:5020");
      second.channels.remove("hall");
    }
    try (Life third = new Life(MAIN)) {
      assertThat(third.lines()).containsExactly("main=live/main udp://127.0.0.1:5020");
    }
  }

  @Test
  void whatWasRemovedStaysAwayAlsoIfItIsConfigured() {
    try (Life first = new Life(MAIN, HALL)) {
      first.channels.remove("main");
      assertThatThrownBy(() -> first.channels.remove("main"))
          .isInstanceOf(NoSuchElementException.class);
    }
    try (Life second = new Life(MAIN, HALL)) {
      assertThat(second.lines()).containsExactly(HALL);
      second.channels.put("main", "live/main udp://127.0.0.1:5004");
    }
    try (Life third = new Life(MAIN, HALL)) {
      assertThat(third.lines()).containsExactlyInAnyOrder(HALL, MAIN);
    }
  }

  @Test
  void nothingIsKeptOfWhatWasRefused() {
    try (Life first = new Life(MAIN)) {
      assertThatThrownBy(() -> first.channels.put("hall", "live/hall udp://127.0.0.1:5004"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("another channel is sent to");
      assertThatThrownBy(
              () -> first.channels.put("hall", "live/hall udp://127.0.0.1:5012?interface=none0"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("none0");
      assertThatThrownBy(() -> first.channels.put("hall", "live/hall"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
    }
    try (Life second = new Life(MAIN)) {
      assertThat(second.lines()).containsExactly(MAIN);
    }
  }

  @Test
  void waitsForAnInterfaceThatIsMissing() throws IOException {
    Files.writeString(
        folder.resolve("iptv-channels"), "hall=live/hall udp://127.0.0.1:5012?interface=none0\n");
    try (Life life = new Life(MAIN)) {
      life.channels.retry();
      assertThat(life.lines()).containsExactly(MAIN);
      EdgeRelay.Channel hall = life.channels.waiting().getFirst();
      assertThat(hall.name()).isEqualTo("hall");
      assertThat(hall.state()).isEqualTo("waiting");
      assertThat(hall.trouble()).contains("none0");
      life.channels.remove("hall");
      assertThat(life.channels.waiting()).isEmpty();
    }
    assertThat(folder.resolve("iptv-channels")).content().doesNotContain("hall");
  }

  @Test
  void waitsForAnAddressThatIsTaken() {
    try (Life first = new Life()) {
      first.channels.put("hall", "live/hall udp://127.0.0.1:5004");
    }
    try (Life second = new Life(MAIN)) {
      assertThat(second.lines()).containsExactly(MAIN);
      assertThat(second.channels.waiting()).hasSize(1);
      second.channels.remove("main");
      second.channels.retry();
      assertThat(second.channels.waiting()).isEmpty();
      assertThat(second.lines()).containsExactly("hall=live/hall udp://127.0.0.1:5004");
    }
  }

  @Test
  void refusesAFileThatMakesNoSense() throws IOException {
    Files.writeString(folder.resolve("iptv-channels"), "# a remark\n\nhall\n");
    assertThatThrownBy(Life::new)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("has the line 'hall', expected NAME=TEXT or -NAME");
    Files.writeString(folder.resolve("iptv-channels"), "hall=nonsense\n");
    assertThatThrownBy(Life::new)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("iptv-channels")
        .hasMessageContaining("expected NAME=APP/STREAM");
  }
}

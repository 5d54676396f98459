package dev.millrace.media.log.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogHeadersTest {
  private static final long LARGE = 999_999_999_999_999_999L;
  private static final Bytes INIT = Bytes.utf8("ftyp moov");
  private static final FileName.Init INIT_NAME = FileName.Init.of(INIT);
  private static final LogPosition AT = new LogPosition(1_763_740_000_000L, 700, 3);

  @Test
  void entriesArriveAsTheyWere() {
    Random random = new Random(8216);
    for (int i = 0; i < 1000; i++) {
      int size = random.nextInt(Integer.MAX_VALUE);
      Bytes hash = random.nextBoolean() ? Bytes.EMPTY : Bytes.utf8("x" + i).sha256();
      PartEntry entry =
          new PartEntry(
              AT,
              random.nextLong(LARGE),
              size,
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextBoolean(),
              random.nextLong(LARGE),
              INIT_NAME.toString(),
              random.nextLong(LARGE) * (random.nextBoolean() ? 1 : -1),
              size == 0 ? 0 : random.nextInt(size),
              hash,
              hash.isEmpty() ? hash : hash.sha256());
      assertThat(LogHeaders.entry(AT, LogHeaders.entry(entry))).isEqualTo(entry);
    }
  }

  @Test
  void descriptionsArriveAsTheyWere() {
    for (MediaType type : MediaType.values()) {
      RenditionDescription description =
          new RenditionDescription(
              "720p",
              type,
              "hvc1.1.6.L93.B0",
              1280,
              720,
              29_970,
              2,
              48_000,
              2_800_000,
              INIT_NAME.toString(),
              INIT);
      String header = LogHeaders.description(42, description);
      assertThat(LogHeaders.description("720p", INIT_NAME, header, INIT)).isEqualTo(description);
      assertThat(LogHeaders.epoch(LogHeaders.DESCRIPTION, header)).isEqualTo(42);
      assertThatThrownBy(
              () -> LogHeaders.description("720p", INIT_NAME, header, Bytes.utf8("moov ftyp")))
          .isInstanceOf(ProtocolException.class)
          .hasMessageContaining("of another content");
    }
  }

  @Test
  void tailsArriveAsTheyWere() {
    LogTail tail = new LogTail(AT, 1_763_740_000_123_456L, 7, INIT_NAME.toString(), true);
    assertThat(LogHeaders.tail(LogHeaders.tail(tail))).isEqualTo(tail);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "=",
        "size=1",
        "size=1; size=2",
        "size=1;independent=1",
        "size=-1; duration-us=0",
        "size=99999999999999999999",
        "size= 1",
        "\u0000",
        "init=../../etc/passwd",
      })
  void refusesOtherHeaders(String header) {
    assertThatThrownBy(() -> LogHeaders.entry(AT, header)).isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> LogHeaders.tail(header)).isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> LogHeaders.description("a", INIT_NAME, header, INIT))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void onlyProtocolExceptionsEscapeFromDamage() {
    String whole =
        LogHeaders.entry(
            new PartEntry(
                AT,
                1,
                5,
                true,
                false,
                false,
                0,
                INIT_NAME.toString(),
                9,
                4,
                INIT.sha256(),
                MerkleTree.root(INIT)));
    Random random = new Random(1);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      char[] damaged = whole.toCharArray();
      damaged[random.nextInt(damaged.length)] = (char) (32 + random.nextInt(96));
      try {
        LogHeaders.entry(AT, new String(damaged));
      } catch (ProtocolException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(10_000, 19_999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/internal/v1/parts/live/main/720p/1-2.3.m4s",
        "/internal/v1/parts/live/main/720p/init-0123456789abcdef.mp4",
        "/internal/v1/parts/live/main/tail/tail",
        "/internal/v1/pictures/live/main/poster.jpg",
        "/internal/v1/pictures/live/main/1763740000000-700.jpg"
      })
  void readsTheAddressesThatItWrites(String path) {
    LogAddress address = LogAddress.parse(path).orElseThrow();
    assertThat(address).hasToString(path);
    assertThat(address.path()).isEqualTo(new StreamPath("live", "main"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/internal/v1/",
        "/internal/v1/parts/live/main/720p/1-2.m4s",
        "/internal/v1/parts/live/main/720p/",
        "/internal/v1/parts/live/../720p/tail",
        "/internal/v1/parts/live/main/720p/tail/",
        "/internal/v1/parts//main/720p/tail",
        "/internal/v1/parts/live/main/7%32p/tail",
        "/internal/v1/pictures/live/main/1-02.jpg",
        "/internal/v1/pictures/live/main/1-2.png",
        "/internal/v2/pictures/live/main/poster.jpg",
        "/internal/v1/feed/live/main"
      })
  void readsNoOtherAddresses(String path) {
    assertThat(LogAddress.parse(path)).isEmpty();
  }
}

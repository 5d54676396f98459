package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {
  private static final StreamPath PATH = new StreamPath("live", "a.b~c");

  @Test
  void readsTheAddressesOfAStream() {
    assertThat(Route.parse("/hls/live/a.b~c/index.m3u8")).isEqualTo(new Route.Multivariant(PATH));
    assertThat(Route.parse("/hls/live/a.b~c/audio/index.m3u8"))
        .isEqualTo(new Route.Media(PATH, "audio"));
    assertThat(Route.parse("/hls/live/a.b~c/video/7-8.9.m4s"))
        .isEqualTo(new Route.MediaFile(PATH, "video", new FileName.Part(new LogPosition(7, 8, 9))));
    assertThat(Route.parse("/watch/live/a.b~c")).isEqualTo(new Route.Watch(PATH));
    assertThat(Route.parse("/api/v1/streams/live/a.b~c")).isEqualTo(new Route.Stream(PATH));
  }

  @Test
  void readsTheOthers() {
    assertThat(Route.parse("/")).isEqualTo(new Route.Home());
    assertThat(Route.parse("/healthz")).isEqualTo(new Route.Ready());
    assertThat(Route.parse("/readyz")).isEqualTo(new Route.Ready());
    assertThat(Route.parse("/livez")).isEqualTo(new Route.Live());
    assertThat(Route.parse("/api/v1/streams")).isEqualTo(new Route.StreamList());
    assertThat(Route.parse("/assets/fonts/a-b_c.woff2"))
        .isEqualTo(new Route.Asset("fonts/a-b_c.woff2"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/assets/../x",
        "/assets/a/../b",
        "/assets/a//b",
        "/assets/.x",
        "/assets/a/b/c",
        "/watch/../x",
        "/watch/a/..",
        "/hls/a/b/c/d/e",
        "/healthz/",
        "/api/v2/streams",
        "/hls/",
        "/hls/a/b/../index.m3u8",
        "/index.htm",
        "//healthz"
      })
  void knowsNothingElse(String path) {
    assertThat(Route.parse(path)).isInstanceOf(Route.Unknown.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "*", "/%2e", "/a b", "/a\u0000", "/é", "/a\\b", "/a\u007f"})
  void refusesWhatNoPathOfOursLooksLike(String path) {
    assertThat(Route.parse(path)).isInstanceOf(Route.Malformed.class);
  }

  @Test
  void readsAnythingWithoutFailing() {
    String alphabet = "/.~%-_ab0hlswtc\\\u0000é1234567890.m4sindex.m3u8";
    Random random = new Random(1);
    for (int run = 0; run < 20_000; run++) {
      StringBuilder path = new StringBuilder("/hls/live/x/".substring(0, random.nextInt(13)));
      for (int i = random.nextInt(40); i > 0; i--) {
        path.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(Route.parse(path.toString())).isNotNull();
    }
  }
}

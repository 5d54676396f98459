package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.StreamPath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteStreamsTest {
  @Test
  void siteReadsWhatIsNamedForItAndOneThatIsNotNamedAll() {
    SiteStreams streams =
        SiteStreams.read("campus=live/lectures-*, live/news,hotel = tv/*").orElseThrow();
    assertThat(mayRead(streams, "campus", "live/lectures-1")).isTrue();
    assertThat(mayRead(streams, "campus", "live/lectures-")).isTrue();
    assertThat(mayRead(streams, "campus", "live/lectures")).isFalse();
    assertThat(mayRead(streams, "campus", "live/news")).isTrue();
    assertThat(mayRead(streams, "campus", "live/news2")).isFalse();
    assertThat(mayRead(streams, "campus", "tv/one")).isFalse();
    assertThat(mayRead(streams, "hotel", "tv/one")).isTrue();
    assertThat(mayRead(streams, "hotel", "live/news")).isFalse();
    assertThat(mayRead(streams, "office", "live/news")).isTrue();
    assertThat(streams.write()).isEqualTo("campus=live/lectures-*, live/news, hotel=tv/*");
    assertThat(SiteStreams.read(streams.write())).contains(streams);
  }

  private static boolean mayRead(SiteStreams streams, String site, String path) {
    return streams.mayRead(site, StreamPath.parse(path));
  }

  @Test
  void nothingIsAllOfThem() {
    assertThat(SiteStreams.read(" ")).contains(SiteStreams.ALL);
    assertThat(mayRead(SiteStreams.ALL, "campus", "live/news")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "live/news",
        "campus=",
        "campus=live",
        "campus=*",
        "campus=live/*x",
        "campus=live/a b",
        "campus=live/a, campus=live/b",
        "Campus=live/a",
        "campus=live/a,,"
      })
  void refusesWhatIsNone(String text) {
    assertThat(SiteStreams.read(text)).isEmpty();
  }
}

package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Part;
import java.util.List;

/** What a player asks for first: playlists, and from the newest segment on its bytes. Stateless. */
final class StartUp {
  private StartUp() {}

  /** How long that takes at a node, milliseconds, one request after the other. */
  static long millis(NodeUnderTest node, String name) {
    long begin = System.nanoTime();
    load(node, "/hls/live/" + name + "/index.m3u8");
    for (String rendition : List.of("video", "audio")) {
      String folder = "/hls/live/" + name + "/" + rendition + "/";
      List<Part> parts = MediaPlaylist.parse(load(node, folder + "index.m3u8")).parts();
      Part newest = parts.getLast();
      load(node, folder + newest.map());
      parts.stream()
          .filter(part -> part.msn() == newest.msn() && !part.gap())
          .forEach(part -> load(node, folder + part.uri()));
    }
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static String load(NodeUnderTest node, String path) {
    var answer = node.get(path);
    assertThat(answer.statusCode()).as(() -> path + ": " + answer.body()).isEqualTo(200);
    return answer.body();
  }
}

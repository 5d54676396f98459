package dev.millrace.server.e2e;

import dev.millrace.server.chaos.MediaPlaylist;
import dev.millrace.server.chaos.MediaPlaylist.Segment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The renditions of one stream {@code live/NAME}, as a player loads them. */
final class Renditions {
  private final NodeUnderTest node;
  private final String name;
  private final Path folder;

  Renditions(NodeUnderTest node, String name, Path folder) {
    this.node = node;
    this.name = name;
    this.folder = folder;
  }

  /** The multivariant playlist, empty if there is none (yet). */
  String multivariant() {
    var response = node.get("/hls/live/" + name + "/index.m3u8");
    return response.statusCode() == 200 ? response.body() : "";
  }

  /** The media playlist of a rendition, without segments if it is not there. */
  MediaPlaylist playlist(String rendition) {
    return MediaPlaylist.parse(Streams.playlist(node, name, rendition));
  }

  /** The media playlists of the source and its rungs, by name, each as it is now. */
  Map<String, MediaPlaylist> playlists(String source, List<String> rungs) {
    Map<String, MediaPlaylist> all = new LinkedHashMap<>();
    all.put(source, playlist(source));
    rungs.forEach(rung -> all.computeIfAbsent(rung, this::playlist));
    return all;
  }

  /** Those of a rendition's listed segments that have these numbers. */
  List<Segment> segments(String rendition, long first, long last) {
    return playlist(rendition).segments().stream()
        .filter(segment -> segment.msn() >= first && segment.msn() <= last)
        .toList();
  }

  /** Waits until all renditions have this segment complete. */
  void await(long msn, List<String> renditions) {
    for (String rendition : renditions) {
      Streams.await(
          node,
          name,
          "has segment " + msn + " in " + rendition,
          () -> playlist(rendition).newest() >= msn);
    }
  }

  /** Waits until each rendition lists this many whole segments with media at its end. */
  void awaitMedia(int segments, List<String> renditions) {
    for (String rendition : renditions) {
      Streams.await(
          node,
          name,
          "has %d segments with media in %s".formatted(segments, rendition),
          () -> {
            List<Segment> all = playlist(rendition).segments();
            return all.size() >= segments
                && all.subList(all.size() - segments, all.size()).stream().noneMatch(Segment::gap);
          });
    }
  }

  /** Loads and decodes these segments, which must have media and one initialization section. */
  DecodedMedia decode(String rendition, long first, long last) {
    List<Segment> wanted = segments(rendition, first, last);
    if (wanted.size() != last - first + 1 || wanted.stream().anyMatch(Segment::gap)) {
      throw new AssertionError(
          "segments %d to %d of %s: %s".formatted(first, last, rendition, wanted));
    }
    if (wanted.stream().map(Segment::map).distinct().count() != 1) {
      throw new AssertionError("several initialization sections: " + wanted);
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(bytes(rendition, wanted.getFirst().map()));
    wanted.forEach(segment -> file.writeBytes(bytes(rendition, segment.uri())));
    try {
      Path media = Files.createTempFile(folder, rendition, ".mp4");
      Files.write(media, file.toByteArray());
      return DecodedMedia.read(media, -CompositionOffsets.smallestUs(file.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] bytes(String rendition, String uri) {
    return node.bytes("/hls/live/" + name + "/" + rendition + "/" + uri);
  }

  /** The highest bit rate of a whole segment in the playlist. */
  long bitrate(String rendition) {
    return playlist(rendition).segments().stream()
        .filter(segment -> !segment.gap())
        .mapToLong(each -> bytes(rendition, each.uri()).length * 8_000_000L / each.durationUs())
        .max()
        .orElseThrow();
  }

  /** The stream in the API, as JSON. */
  String api() {
    return node.get("/api/v1/streams/live/" + name).body();
  }

  /** A text field of the API's {@code ladder} object, empty where it is not there. */
  String ladder(String field) {
    String json = api();
    int ladder = json.indexOf("\"ladder\"");
    Matcher value =
        Pattern.compile("\"" + field + "\"\\s*:\\s*\"?([^\",}\\]]*)")
            .matcher(ladder < 0 ? "" : json.substring(ladder));
    return value.find() ? value.group(1) : "";
  }
}

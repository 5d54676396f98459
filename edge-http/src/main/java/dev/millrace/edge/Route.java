package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.FileName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a request path asks for. Paths are read strictly, so that nothing odd goes further in. */
sealed interface Route {
  /** {@code /} */
  record Home() implements Route {}

  /** {@code /watch/APP/NAME} */
  record Watch(StreamPath path) implements Route {}

  /** {@code /assets/NAME} */
  record Asset(String name) implements Route {}

  /** {@code /livez} */
  record Live() implements Route {}

  /** {@code /readyz} and {@code /healthz} */
  record Ready() implements Route {}

  /** {@code /api/v1/streams} */
  record StreamList() implements Route {}

  /** {@code /api/v1/streams/APP/NAME} */
  record Stream(StreamPath path) implements Route {}

  /** {@code /api/v1/streams/APP/NAME/swarm} */
  record Swarm(StreamPath path) implements Route {}

  /** {@code /hls/APP/NAME/RENDITION/hashes.json} */
  record Hashes(StreamPath path, String rendition) implements Route {}

  /** {@code /tracker} */
  record Tracker() implements Route {}

  /** {@code /hls/APP/NAME/index.m3u8} */
  record Multivariant(StreamPath path) implements Route {}

  /** {@code /hls/APP/NAME/classic.m3u8} */
  record ClassicMultivariant(StreamPath path) implements Route {}

  /** {@code /hls/APP/NAME/RENDITION/classic.m3u8} */
  record Classic(StreamPath path, String rendition) implements Route {}

  /** {@code /hls/APP/NAME/RENDITION/index.m3u8} */
  record Media(StreamPath path, String rendition) implements Route {}

  /** {@code /hls/APP/NAME/RENDITION/iframes.m3u8} */
  record IFrames(StreamPath path, String rendition) implements Route {}

  /** {@code /hls/APP/NAME/poster.jpg} */
  record Poster(StreamPath path) implements Route {}

  /** {@code /hls/APP/NAME/storyboard.vtt} */
  record StoryboardIndex(StreamPath path) implements Route {}

  /** {@code /hls/APP/NAME/thumbnails/EPOCH-MSN.jpg} */
  record ThumbnailFile(StreamPath path, long epoch, long msn) implements Route {}

  /** {@code /hls/APP/NAME/RENDITION/FILE}, a part, segment or initialization section. */
  record MediaFile(StreamPath path, String rendition, FileName name) implements Route {}

  /** {@code /steering/APP/NAME.json} */
  record Steering(StreamPath path) implements Route {}

  /** {@code /api/v1/cluster} */
  record Cluster() implements Route {}

  /** {@code /iptv/channels.m3u} */
  record IptvPlaylist() implements Route {}

  /** {@code /iptv/NAME.sdp} */
  record IptvDescription(String name) implements Route {}

  /** {@code /iptv/received.m3u} */
  record IptvReceived() implements Route {}

  /** {@code /iptv/NAME.ts} */
  record IptvStream(String name) implements Route {}

  /** {@code /iptv/NAME/rtp} */
  record IptvRepair(String name) implements Route {}

  /** {@code /udp/GROUP:PORT} and {@code /rtp/GROUP:PORT} */
  record IptvGroup(boolean rtp, String group) implements Route {}

  /** {@code /nodes} */
  record Nodes() implements Route {}

  /** {@code /metrics} */
  record Metrics() implements Route {}

  /** Nothing is there. */
  record Unknown(String reason) implements Route {}

  /** No path of this server can look like this. */
  record Malformed(String reason) implements Route {}

  /** Longer than any path of this server: two stream halves, a rendition and a file name. */
  int MAX_LENGTH = 512;

  /** Asset names: a file or one folder and a file, no hidden ones. */
  Pattern ASSET =
      Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}/)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}");

  /** The name of a channel of IPTV. */
  Pattern CHANNEL = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /** A thumbnail's name: numbers without leading zeros, so that it has one name only. */
  Pattern THUMBNAIL = Pattern.compile("(0|[1-9]\\d{0,17})-(0|[1-9]\\d{0,17})\\.jpg");

  /** Whether it concerns the node and not streams, so that a node without viewers has it, too. */
  default boolean isForOperators() {
    return this instanceof Live
        || this instanceof Ready
        || this instanceof Metrics
        || this instanceof Cluster
        || this instanceof IptvPlaylist
        || this instanceof IptvDescription
        || this instanceof IptvReceived
        || this instanceof IptvStream
        || this instanceof IptvRepair
        || this instanceof IptvGroup
        || this instanceof Malformed;
  }

  /** Reads the raw, still encoded path of a request. */
  static Route parse(String path) {
    if (path.length() > MAX_LENGTH) {
      return new Malformed("the path is longer than " + MAX_LENGTH + " characters");
    }
    if (!path.startsWith("/")) {
      return new Malformed("a path must begin with '/'");
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      // Every name here consists of characters that are never encoded (RFC 3986 §2.3).
      if (c == '%' || c == '\\' || c <= ' ' || c >= 0x7F) {
        return new Malformed("paths here have only the characters A-Z a-z 0-9 _ - . ~ and '/'");
      }
    }
    String[] steps = path.substring(1).split("/", -1);
    return switch (steps[0]) {
      case "" -> steps.length == 1 ? new Home() : unknown();
      case "hls" -> hls(steps);
      case "api" -> api(steps);
      case "steering" -> steering(steps);
      case "iptv" -> iptv(steps);
      case "udp", "rtp" ->
          steps.length == 2 ? new IptvGroup(steps[0].equals("rtp"), steps[1]) : unknown();
      case "nodes" -> steps.length == 1 ? new Nodes() : unknown();
      case "watch" -> steps.length == 3 ? watch(steps) : unknown();
      case "assets" -> asset(path.substring("/assets".length()));
      case "tracker" -> steps.length == 1 ? new Tracker() : unknown();
      case "metrics" -> steps.length == 1 ? new Metrics() : unknown();
      case "livez" -> steps.length == 1 ? new Live() : unknown();
      case "readyz", "healthz" -> steps.length == 1 ? new Ready() : unknown();
      case "index.html" -> steps.length == 1 ? new Home() : unknown();
      default -> unknown();
    };
  }

  private static Route hls(String[] steps) {
    if (steps.length < 4 || steps.length > 5) {
      return new Unknown(
          "expected /hls/APP/NAME/index.m3u8 or /hls/APP/NAME/RENDITION/FILE below /hls");
    }
    Optional<StreamPath> path = streamPath(steps[1], steps[2]);
    if (path.isEmpty()) {
      return new Unknown("no stream can have this name");
    }
    if (steps.length == 4) {
      return ofStream(path.get(), steps[3]);
    }
    if (steps[3].equals("thumbnails")) {
      return thumbnail(path.get(), steps[4]);
    }
    if (!StreamPath.isValidSegment(steps[3])) {
      return new Unknown("no rendition can have this name");
    }
    return ofRendition(path.get(), steps[3], steps[4]);
  }

  private static Route ofRendition(StreamPath path, String rendition, String file) {
    return switch (file) {
      case "index.m3u8" -> new Media(path, rendition);
      case "classic.m3u8" -> new Classic(path, rendition);
      case "iframes.m3u8" -> new IFrames(path, rendition);
      case "hashes.json" -> new Hashes(path, rendition);
      default ->
          FileName.parse(file)
              .<Route>map(name -> new MediaFile(path, rendition, name))
              .orElseGet(() -> new Unknown("no part, segment or init section can have this name"));
    };
  }

  private static Route ofStream(StreamPath path, String file) {
    return switch (file) {
      case "index.m3u8" -> new Multivariant(path);
      case "classic.m3u8" -> new ClassicMultivariant(path);
      case "poster.jpg" -> new Poster(path);
      case "storyboard.vtt" -> new StoryboardIndex(path);
      default ->
          new Unknown(
              "expected index.m3u8, classic.m3u8, poster.jpg, storyboard.vtt or a rendition after"
                  + " the stream's name");
    };
  }

  private static Route thumbnail(StreamPath path, String file) {
    Matcher name = THUMBNAIL.matcher(file);
    return name.matches()
        ? new ThumbnailFile(path, Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))
        : new Unknown("no thumbnail can have this name");
  }

  private static Route api(String[] steps) {
    if (steps.length == 3 && steps[1].equals("v1") && steps[2].equals("cluster")) {
      return new Cluster();
    }
    boolean streams = steps.length >= 3 && steps[1].equals("v1") && steps[2].equals("streams");
    if (streams && steps.length == 3) {
      return new StreamList();
    }
    if (streams && steps.length == 5) {
      return streamPath(steps[3], steps[4])
          .<Route>map(Stream::new)
          .orElseGet(() -> new Unknown("no stream can have this name"));
    }
    if (streams && steps.length == 6 && steps[5].equals("swarm")) {
      return streamPath(steps[3], steps[4])
          .<Route>map(Swarm::new)
          .orElseGet(() -> new Unknown("no stream can have this name"));
    }
    return new Unknown("expected /api/v1/streams, /api/v1/streams/APP/NAME or /api/v1/cluster");
  }

  private static Route steering(String[] steps) {
    String suffix = ".json";
    return steps.length == 3 && steps[2].endsWith(suffix)
        ? streamPath(steps[1], steps[2].substring(0, steps[2].length() - suffix.length()))
            .<Route>map(Steering::new)
            .orElseGet(() -> new Unknown("no stream can have this name"))
        : new Unknown("expected /steering/APP/NAME.json");
  }

  private static Route iptv(String[] steps) {
    String file = steps.length > 1 ? steps[1] : "";
    int dot = file.lastIndexOf('.');
    String name = dot < 0 ? file : file.substring(0, dot);
    if (!CHANNEL.matcher(name).matches()) {
      return unknown();
    }
    if (steps.length == 3 && dot < 0 && steps[2].equals("rtp")) {
      return new IptvRepair(name);
    }
    return switch (steps.length == 2 ? file.substring(dot + 1) : "") {
      case "m3u" ->
          name.equals("channels")
              ? new IptvPlaylist()
              : name.equals("received") ? new IptvReceived() : unknown();
      case "sdp" -> new IptvDescription(name);
      case "ts" -> new IptvStream(name);
      default ->
          new Unknown(
              "expected /iptv/channels.m3u, /iptv/received.m3u, /iptv/NAME.sdp, /iptv/NAME.ts or"
                  + " /iptv/NAME/rtp");
    };
  }

  private static Route watch(String[] steps) {
    return streamPath(steps[1], steps[2])
        .<Route>map(Watch::new)
        .orElseGet(() -> new Unknown("no stream can have this name"));
  }

  private static Route asset(String rest) {
    return rest.startsWith("/") && ASSET.matcher(rest.substring(1)).matches()
        ? new Asset(rest.substring(1))
        : unknown();
  }

  private static Optional<StreamPath> streamPath(String app, String name) {
    return StreamPath.isValidSegment(app) && StreamPath.isValidSegment(name)
        ? Optional.of(new StreamPath(app, name))
        : Optional.empty();
  }

  private static Route unknown() {
    return new Unknown("there is nothing at this address");
  }
}

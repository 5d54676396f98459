package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.flv.FlvTag;
import java.time.Duration;
import java.util.List;

/**
 * A publisher in a test: hand-made tags into an {@link FlvPublisher}, and what comes out of the
 * hub.
 */
final class Feed {
  static final String AVC_640 =
      "0142c01effe100196742c01ed890280bfe5c0440000003004000000c83c58b898001000568c888cb20";
  static final String AVC_480 =
      "01640015ffe1001a67640015acd941e0bfe5c044000003000400000300c83c58b65801000668ebe3cb22c0";
  static final String HEVC_640 =
      "0101600000009000000000003ff000fcfdf8f800000f03"
          + "a00001001840010c01ffff01600000030090000003000003003f959409"
          + "a10001003042010101600000030090000003000003003fa005020171f2e595952930bffc14041401a7080000"
          + "03000800000300c040a2000100064401c073c189";
  static final String AAC_44100 = "1210";
  static final String AAC_48000 = "1190";

  private static final String KEY = "00000005 65 88 84 00 10";
  private static final String INTER = "00000004 41 9a 00 10";

  final Hub hub = new Hub(new LiveConfig(Duration.ofSeconds(30), 10_000, 100_000_000));
  final Publication publication = hub.publish(new StreamPath("live", "main"), "key-1");
  final Subscription reader = publication.stream().subscribe();
  final FlvPublisher publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
  private long lateMs;

  /** What the reader got since the last call, one line each; times in milliseconds. */
  List<String> told() {
    return Hub.drain(reader).stream().map(Feed::tell).toList();
  }

  /** From now on tags arrive this much later than their timestamps say. */
  Feed late(long ms) {
    lateMs = ms;
    return this;
  }

  Feed metadata(boolean video, boolean audio) {
    String names =
        (video ? "000c 766964656f636f6465636964 00 401c000000000000" : "")
            + (audio ? "000c 617564696f636f6465636964 00 4024000000000000" : "");
    return tag(
        FlvTag.SCRIPT,
        0,
        "02000d40736574446174614672616d65 02000a6f6e4d65746144617461 08 00000002"
            + names
            + "000009");
  }

  Feed avc(long ms, String avcC) {
    return tag(FlvTag.VIDEO, ms, "17 00 000000" + avcC);
  }

  Feed aac(long ms, String config) {
    return tag(FlvTag.AUDIO, ms, "af 00" + config);
  }

  Feed key(long ms) {
    return tag(FlvTag.VIDEO, ms, "17 01 000000" + KEY);
  }

  Feed inter(long ms) {
    return tag(FlvTag.VIDEO, ms, "27 01 000000" + INTER);
  }

  Feed audio(long ms) {
    return tag(FlvTag.AUDIO, ms, "af 01 2100");
  }

  Feed tag(int type, long ms, String hex) {
    publisher.tag(type, (int) ms, Bytes.fromHex(hex), (ms + lateMs) * 1_000_000);
    return this;
  }

  private static String tell(StreamEvent event) {
    return switch (event) {
      case StreamEvent.SessionStarted started -> "started";
      case StreamEvent.TracksChanged changed ->
          changed.tracks().stream()
              .map(track -> track.codecs())
              .reduce("tracks", (all, codecs) -> all + " " + codecs);
      case StreamEvent.FrameArrived(Frame frame) ->
          (frame.type() == MediaType.AUDIO ? "audio " : frame.key() ? "key " : "inter ")
              + frame.dtsUs() / 1000
              + (frame.trackId() == 0 ? "" : " of " + frame.trackId());
      case StreamEvent.TimeBroken broken -> "broken";
      case StreamEvent.SessionEnded ended -> "ended";
      case StreamEvent.StreamEnded ended -> "stream ended";
      case StreamEvent.StreamFenced fenced -> "fenced";
    };
  }
}

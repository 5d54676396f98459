package dev.millrace.media.hls;

import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.RenditionView;
import dev.millrace.media.log.Segment;
import java.util.Optional;

/**
 * EXT-X-I-FRAME-STREAM-INF (RFC 8216bis §4.4.6.3). The bit rate is that of the key frames alone,
 * each for as long as it stands for.
 */
final class IFrameStreamInf {
  // What comes is not known; pictures that change little at first grow.
  private static final int HEADROOM_PERCENT = 150;
  private static final int GRAIN = 1000;

  private IFrameStreamInf() {}

  /** Nothing, while there is no key frame to be had. */
  static void appendTo(StringBuilder out, RenditionView video, Optional<ContentSteering> steering) {
    long peakBps = 0;
    long bytes = 0;
    long durationUs = 0;
    for (Segment segment : video.completeSegments()) {
      if (IFramePlaylist.hasKeyFrame(segment)) {
        int keyFrameBytes = segment.parts().getFirst().keyFrameBytes();
        peakBps = Math.max(peakBps, bps(keyFrameBytes, segment.durationUs()));
        bytes += keyFrameBytes;
        durationUs += segment.durationUs();
      }
    }
    if (durationUs == 0) {
      return;
    }
    RenditionDescription description = video.description();
    out.append("#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=").append(peakBps);
    out.append(",AVERAGE-BANDWIDTH=").append(Math.min(peakBps, bps(bytes, durationUs)));
    out.append(",CODECS=\"").append(String.join(",", StreamInf.codecsOf(video))).append('"');
    if (description.width() > 0) {
      out.append(",RESOLUTION=").append(description.width());
      out.append('x').append(description.height());
    }
    steering.ifPresent(tag -> tag.appendIFrames(out, description.name()));
    out.append(",URI=\"").append(description.name()).append("/iframes.m3u8\"\n");
  }

  private static long bps(long bytes, long durationUs) {
    long guess = bytes * 8_000_000L / durationUs * HEADROOM_PERCENT / 100;
    return Math.ceilDiv(guess, GRAIN) * GRAIN;
  }
}

package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * The packets of a file as they are, over and over with times that go on. Holds one packet read
 * ahead. Close order: packet, file.
 */
final class FilePackets implements PacketSource {
  private final String fileName;
  private final PublishOptions.Tracks wanted;
  private final boolean once;
  private final AVRational microseconds = new AVRational().num(1).den(1_000_000);
  private final AVPacket ahead = av_packet_alloc();
  private final long baseUs;
  private MediaFile file;
  private long roundStartUs;
  private long roundEndUs;
  private boolean ended;
  private boolean keyFrameWanted;

  FilePackets(String fileName, PublishOptions.Tracks wanted, boolean once) {
    this.fileName = fileName;
    this.wanted = wanted;
    this.once = once;
    try (MediaFile probe = new MediaFile(fileName, wanted)) {
      baseUs = firstDtsUs(probe);
    }
    file = new MediaFile(fileName, wanted);
    advance();
  }

  @Override
  public List<AVCodecParameters> tracks() {
    return file.tracks();
  }

  @Override
  public long nextUs() {
    return ended ? END : ahead.dts();
  }

  @Override
  public boolean read(AVPacket packet) {
    boolean skipped = keyFrameWanted && !beginsVideo();
    if (skipped) {
      av_packet_unref(ahead);
    } else {
      keyFrameWanted = false;
      av_packet_move_ref(packet, ahead);
    }
    advance();
    return !skipped;
  }

  @Override
  public void keyFrameNext() {
    keyFrameWanted = file.hasVideo();
  }

  private boolean beginsVideo() {
    return file.isVideo(ahead.stream_index()) && (ahead.flags() & AV_PKT_FLAG_KEY) != 0;
  }

  /** Reads the next packet into {@link #ahead}; at the end of the file begins anew. */
  private void advance() {
    if (!file.read(ahead)) {
      if (once || roundEndUs <= roundStartUs) {
        ended = true;
        return;
      }
      file.close();
      file = new MediaFile(fileName, wanted);
      roundStartUs = roundEndUs;
      if (!file.read(ahead)) {
        ended = true;
        return;
      }
    }
    toMicroseconds(file, ahead);
    long shiftUs = roundStartUs - baseUs;
    ahead.dts(ahead.dts() + shiftUs);
    ahead.pts(ahead.pts() == AV_NOPTS_VALUE ? ahead.dts() : ahead.pts() + shiftUs);
    roundEndUs = Math.max(roundEndUs, ahead.dts() + Math.max(ahead.duration(), 1000));
  }

  private void toMicroseconds(MediaFile from, AVPacket packet) {
    av_packet_rescale_ts(packet, from.timeBase(packet.stream_index()), microseconds);
  }

  /** The earliest decode time among the first packets of all tracks. */
  private long firstDtsUs(MediaFile probe) {
    boolean[] seen = new boolean[probe.tracks().size()];
    int unseen = seen.length;
    long first = Long.MAX_VALUE;
    while (unseen > 0 && probe.read(ahead)) {
      toMicroseconds(probe, ahead);
      first = Math.min(first, ahead.dts());
      unseen -= seen[ahead.stream_index()] ? 0 : 1;
      seen[ahead.stream_index()] = true;
      av_packet_unref(ahead);
    }
    return first == Long.MAX_VALUE ? 0 : first;
  }

  @Override
  public void close() {
    av_packet_free(ahead);
    file.close();
    microseconds.close();
  }
}

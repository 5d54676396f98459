package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.codec.Mp3FrameHeader;
import dev.millrace.media.flv.AudioTagBody;
import java.util.ArrayList;
import java.util.List;

/** One tag may hold several MP3 frames; each becomes a frame of its own, later by their length. */
final class Mp3Tag {
  private Mp3Tag() {}

  static List<RawFrame> frames(AudioTagBody.CodedFrame tag, int timestampMs, long arrivalNanos) {
    List<RawFrame> frames = new ArrayList<>(1);
    Bytes rest = tag.data();
    long offsetNanos = tag.nanos();
    while (!rest.isEmpty()) {
      Mp3FrameHeader header = Mp3FrameHeader.read(rest);
      int length = Math.min(header.frameLengthBytes(), rest.length());
      frames.add(
          new RawFrame(
              MediaType.AUDIO,
              0,
              timestampMs + (int) (offsetNanos / 1_000_000),
              (int) (offsetNanos % 1_000_000),
              0,
              true,
              rest.slice(0, length),
              arrivalNanos));
      offsetNanos += header.samplesPerFrame() * 1_000_000_000L / header.sampleRate();
      rest = rest.slice(length);
    }
    return frames;
  }
}

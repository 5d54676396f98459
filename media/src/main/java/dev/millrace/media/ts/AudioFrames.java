package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.codec.Mp3FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Frames of ADTS or MP3 in the PES packets of a stream; a frame may begin in one and end in the
 * next. A PTS is that of the first frame that begins in its packet (ISO/IEC 13818-1 §2.4.3.7);
 * those behind it follow by their lengths. One thread.
 */
final class AudioFrames {
  /**
   * One frame.
   *
   * @param ticks its PTS, of 90 kHz
   * @param data a raw access unit of AAC, a whole frame of MP3
   * @param configuration the AudioSpecificConfig, where it is new
   */
  record Frame(long ticks, Bytes data, Optional<Bytes> configuration) {}

  /** What a frame's header says. */
  private record Header(int size, int length, int samples, int sampleRate, Bytes configuration) {}

  private static final int TICKS_A_SECOND = 90_000;
  private static final int AAC_SAMPLES = 1024;
  private static final int MP3_HEADER = 4;

  private final AudioCodec codec;
  private Bytes rest = Bytes.EMPTY;

  /** The last one; empty before the first. */
  private Bytes configuration = Bytes.EMPTY;

  /** The time of the last frame that had one told, and the samples since. */
  private OptionalLong toldTicks = OptionalLong.empty();

  private long samplesSince;

  /** The PTS of the frame at the beginning of the rest, where its header is not whole yet. */
  private OptionalLong restTicks = OptionalLong.empty();

  private int sampleRate = 1;
  private long dropped;

  AudioFrames(AudioCodec codec) {
    this.codec = codec;
  }

  AudioCodec codec() {
    return codec;
  }

  /** Something is missing: what was begun will not end. */
  void broken() {
    rest = Bytes.EMPTY;
    toldTicks = OptionalLong.empty();
    restTicks = OptionalLong.empty();
  }

  /** Frames dropped since this was asked: of no known time, or what was passed over for sync. */
  long takeDropped() {
    long taken = dropped;
    dropped = 0;
    return taken;
  }

  /**
   * Takes the payload of the next packet.
   *
   * @return the frames that are whole now
   * @throws ProtocolException if they are of a kind that is not taken; nothing is kept then
   */
  List<Frame> frames(Bytes payload, OptionalLong pts) {
    Bytes data = Bytes.concat(List.of(rest, payload));
    int begins = rest.length();
    OptionalLong untold = pts;
    List<Frame> frames = new ArrayList<>();
    int at = 0;
    while (data.length() - at >= (codec == AudioCodec.AAC ? AdtsHeader.SIZE : MP3_HEADER)) {
      if (!isSync(data, at)) {
        at = next(data, at + 1);
        dropped++;
        continue;
      }
      Header header = header(data, at);
      if (at == 0 && restTicks.isPresent()) {
        begin(restTicks);
      } else if (at >= begins && untold.isPresent()) {
        begin(untold);
        untold = OptionalLong.empty();
      }
      restTicks = OptionalLong.empty();
      if (header.length() > data.length() - at) {
        break;
      }
      add(frames, header, data.slice(at + header.size(), header.length() - header.size()));
      at += header.length();
    }
    rest = data.slice(Math.min(at, data.length()));
    if (at >= begins && untold.isPresent() && !rest.isEmpty()) {
      restTicks = untold;
    }
    return frames;
  }

  private void begin(OptionalLong ticks) {
    toldTicks = ticks;
    samplesSince = 0;
  }

  private void add(List<Frame> frames, Header header, Bytes data) {
    if (toldTicks.isEmpty()) {
      dropped++;
      return;
    }
    sampleRate = header.sampleRate();
    long ticks = toldTicks.getAsLong() + samplesSince * TICKS_A_SECOND / sampleRate;
    samplesSince += header.samples();
    boolean changed = !header.configuration().equals(configuration);
    configuration = header.configuration();
    frames.add(
        new Frame(
            ticks,
            data,
            changed && codec == AudioCodec.AAC
                ? Optional.of(header.configuration())
                : Optional.empty()));
  }

  private boolean isSync(Bytes data, int at) {
    int mask = codec == AudioCodec.AAC ? 0xFFF6 : 0xFFE0;
    return (data.u16(at) & mask) == (codec == AudioCodec.AAC ? 0xFFF0 : 0xFFE0);
  }

  private int next(Bytes data, int from) {
    int at = from;
    while (at + 1 < data.length() && !isSync(data, at)) {
      at++;
    }
    return at;
  }

  private Header header(Bytes data, int at) {
    try {
      if (codec == AudioCodec.AAC) {
        AdtsHeader read = AdtsHeader.read(data, at);
        return new Header(
            read.size(),
            read.frameLength(),
            AAC_SAMPLES,
            read.sampleRate(),
            read.audioSpecificConfig());
      }
      Mp3FrameHeader read = Mp3FrameHeader.read(data.slice(at));
      return new Header(
          0, read.frameLengthBytes(), read.samplesPerFrame(), read.sampleRate(), Bytes.EMPTY);
    } catch (ProtocolException e) {
      broken();
      throw e;
    }
  }
}

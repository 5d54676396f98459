package dev.millrace.transcoder.ffmpeg;

import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Encoded media in decode order, all times in microseconds from 0. Call sequence: {@link #tracks},
 * then {@link #nextUs} and {@link #read} in turn, then {@link #close}.
 */
sealed interface PacketSource extends AutoCloseable permits FilePackets, EncodedPackets {
  /** What {@link #nextUs} returns when there is no more. */
  long END = Long.MAX_VALUE;

  /** One for each stream index, in order; borrowed until {@link #close}. */
  List<AVCodecParameters> tracks();

  /** When the next packet is due, before it is made. */
  long nextUs();

  /**
   * Makes the next packet.
   *
   * @return whether there is one: an encoder may have swallowed its first frame
   */
  boolean read(AVPacket packet);

  /** The next video packet from {@link #read} shall be one that a decoder can begin with. */
  void keyFrameNext();

  @Override
  void close();
}

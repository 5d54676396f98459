package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.Track.VideoCodec;

/**
 * Checks that the NAL unit lengths of a sample add up to it (ISO/IEC 14496-15 5.3.4.2): one whose
 * lengths do not would break a player's parser.
 *
 * @param size bytes of each length field
 */
record NalLengths(int size) {
  /** As the avcC or hvcC of the track says. */
  static NalLengths of(Track.Video track) {
    int at = track.codec() == VideoCodec.AVC ? 4 : 21;
    Bytes configuration = track.configuration();
    return new NalLengths(configuration.length() > at ? (configuration.u8(at) & 3) + 1 : 4);
  }

  boolean intact(Bytes sample) {
    int at = 0;
    while (at + size <= sample.length()) {
      long length = 0;
      for (int i = 0; i < size; i++) {
        length = length << 8 | sample.u8(at + i);
      }
      if (length > sample.length() - at - size) {
        return false;
      }
      at += size + (int) length;
    }
    return at == sample.length() && at > 0;
  }
}

package dev.millrace.media.cmaf;

import dev.millrace.media.Track;

/**
 * Writes an AudioSampleEntry (ISO/IEC 14496-12 §12.2.3): mp4a with esds (ISO/IEC 14496-14 §6.7).
 */
final class AudioSampleEntry {
  private static final int SAMPLE_SIZE_BITS = 16;
  private static final int MAX_16_16_RATE = 0xFFFF;

  private AudioSampleEntry() {}

  static void write(BoxWriter out, Track.Audio track) {
    out.box(
        "mp4a",
        () -> {
          out.zeros(6).u16(1); // data_reference_index
          out.zeros(8);
          out.u16(track.channels()).u16(SAMPLE_SIZE_BITS).zeros(4);
          // 16.16 fixed point; a rate beyond it is told by the AudioSpecificConfig alone
          out.u32(track.sampleRate() <= MAX_16_16_RATE ? track.sampleRate() << 16 : 0);
          out.fullBox("esds", 0, 0, () -> out.bytes(ElementaryStreamDescriptor.write(track)));
        });
  }
}

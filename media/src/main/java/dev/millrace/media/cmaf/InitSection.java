package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import java.util.OptionalDouble;

/**
 * What an initialization section of one track says: the reader to {@link InitSegment}, and of what
 * other writers make. Immutable.
 *
 * @param timescale ticks a second of the track's fragments
 * @param defaultDuration default_sample_duration of the trex box, for fragments that tell none
 * @param defaultSize default_sample_size likewise
 * @param defaultFlags default_sample_flags likewise
 */
public record InitSection(
    Track track, int timescale, int defaultDuration, int defaultSize, int defaultFlags) {
  private static final int VISUAL_ENTRY = 78;
  private static final int AUDIO_ENTRY = 28;
  private static final int TREX_SIZE = 24;
  private static final int STSD_HEADER = 8;
  private static final int MP3_SAMPLES = 1152;
  private static final int MP3_LOW_RATE_SAMPLES = 576;
  private static final int LOWEST_MPEG_1_RATE = 32_000;

  /**
   * Reads FileTypeBox and MovieBox.
   *
   * @throws ProtocolException if it is malformed, or holds another codec than {@link Track} knows
   */
  public static InitSection read(Bytes init) {
    Bytes moov = BoxReader.require(init, "moov");
    Bytes mdia = BoxReader.require(moov, "trak/mdia");
    Bytes trex = atLeast(BoxReader.require(moov, "mvex/trex"), TREX_SIZE, "trex");
    Bytes stsd = BoxReader.require(mdia, "minf/stbl/stsd");
    int timescale = timescale(atLeast(BoxReader.require(mdia, "mdhd"), 24, "mdhd"));
    return new InitSection(
        track(atLeast(stsd, STSD_HEADER, "stsd").slice(STSD_HEADER)),
        timescale,
        trex.s32(12),
        trex.s32(16),
        trex.s32(20));
  }

  /** MediaHeaderBox §8.4.2. */
  private static int timescale(Bytes mdhd) {
    int timescale = mdhd.u8(0) == 1 ? mdhd.s32(20) : mdhd.s32(12);
    if (timescale <= 0) {
      throw ProtocolException.malformed("timescale " + timescale + " in mdhd");
    }
    return timescale;
  }

  private static Track track(Bytes entries) {
    BoxReader.Box entry =
        new BoxReader(entries)
            .next()
            .orElseThrow(() -> ProtocolException.malformed("stsd without a sample entry"));
    if (entry.is("mp4a")) {
      return audio(atLeast(entry.content(), AUDIO_ENTRY, "mp4a"));
    }
    Bytes boxes = atLeast(entry.content(), VISUAL_ENTRY, "sample entry").slice(VISUAL_ENTRY);
    OptionalDouble unknown = OptionalDouble.empty();
    if (entry.is("avc1") || entry.is("avc3")) {
      return Tracks.avc(0, BoxReader.require(boxes, "avcC"), unknown);
    }
    if (entry.is("hvc1") || entry.is("hev1")) {
      return Tracks.hevc(0, BoxReader.require(boxes, "hvcC"), unknown);
    }
    if (entry.is("av01")) {
      return Tracks.av1(0, BoxReader.require(boxes, "av1C"), unknown);
    }
    throw ProtocolException.unsupported("sample entry " + Integer.toHexString(entry.type()));
  }

  private static Track audio(Bytes entry) {
    Bytes esds = BoxReader.require(entry.slice(AUDIO_ENTRY), "esds");
    ElementaryStreamDescriptor.Read descriptor =
        ElementaryStreamDescriptor.read(atLeast(esds, 4, "esds").slice(4));
    if (!descriptor.isMp3()) {
      return Tracks.aac(0, descriptor.decoderSpecificInfo());
    }
    int sampleRate = entry.u16(24);
    return new Track.Audio(
        0,
        Track.AudioCodec.MP3,
        sampleRate >= LOWEST_MPEG_1_RATE ? "mp4a.6B" : "mp4a.69",
        Bytes.EMPTY,
        sampleRate,
        entry.u16(16),
        sampleRate >= LOWEST_MPEG_1_RATE ? MP3_SAMPLES : MP3_LOW_RATE_SAMPLES);
  }

  private static Bytes atLeast(Bytes content, int size, String box) {
    if (content.length() < size) {
      throw ProtocolException.malformed(
          "box " + box + " of " + content.length() + " bytes, needs " + size);
    }
    return content;
  }
}

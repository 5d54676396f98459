package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;

/**
 * Writes an ES_Descriptor (ISO/IEC 14496-1 §7.2.6.5) of an audio track, as an esds box holds it
 * (ISO/IEC 14496-14 §3.1.2: ES_ID 0, SLConfigDescriptor predefined 2).
 */
final class ElementaryStreamDescriptor {
  // Class tags, ISO/IEC 14496-1 Table 1
  private static final int ES_DESCRIPTOR = 3;
  private static final int DECODER_CONFIG_DESCRIPTOR = 4;
  private static final int DECODER_SPECIFIC_INFO = 5;
  private static final int SL_CONFIG_DESCRIPTOR = 6;

  /** objectTypeIndication of ISO/IEC 14496-3 audio (ISO/IEC 14496-1 Table 5). */
  private static final int MPEG_4_AUDIO = 0x40;

  /** objectTypeIndication of ISO/IEC 11172-3 audio: MP3 of 32, 44.1 or 48 kHz. */
  private static final int MPEG_1_AUDIO = 0x6B;

  /** objectTypeIndication of ISO/IEC 13818-3 audio: MP3 of lower sampling rates. */
  private static final int MPEG_2_AUDIO = 0x69;

  /** streamType AudioStream, upStream 0, reserved 1. */
  private static final int AUDIO_STREAM = 0x05 << 2 | 1;

  private static final int LOWEST_MPEG_1_RATE = 32_000;

  private ElementaryStreamDescriptor() {}

  static Bytes write(Track.Audio track) {
    BoxWriter specific = new BoxWriter();
    if (!track.configuration().isEmpty()) {
      descriptor(specific, DECODER_SPECIFIC_INFO, track.configuration());
    }
    BoxWriter decoder = new BoxWriter();
    decoder.u8(objectTypeIndication(track)).u8(AUDIO_STREAM);
    // bufferSizeDB, maxBitrate, avgBitrate: not known of a live stream
    decoder.u24(0).u32(0).u32(0);
    decoder.bytes(specific.toBytes());
    BoxWriter stream = new BoxWriter();
    stream.u16(0).u8(0); // ES_ID, no dependence, URL or OCR stream, priority 0
    descriptor(stream, DECODER_CONFIG_DESCRIPTOR, decoder.toBytes());
    descriptor(stream, SL_CONFIG_DESCRIPTOR, Bytes.of(2));
    BoxWriter out = new BoxWriter();
    descriptor(out, ES_DESCRIPTOR, stream.toBytes());
    return out.toBytes();
  }

  private static int objectTypeIndication(Track.Audio track) {
    return switch (track.codec()) {
      case AAC -> MPEG_4_AUDIO;
      case MP3 -> track.sampleRate() >= LOWEST_MPEG_1_RATE ? MPEG_1_AUDIO : MPEG_2_AUDIO;
    };
  }

  /** Tag, size in groups of seven bits (ISO/IEC 14496-1 §8.3.3), content. */
  private static void descriptor(BoxWriter out, int tag, Bytes content) {
    int size = content.length();
    if (size >= 1 << 28) {
      throw ProtocolException.limit("descriptor of " + size + " bytes, at most 2^28 - 1");
    }
    out.u8(tag);
    for (int shift = 21; shift > 0; shift -= 7) {
      if (size >> shift > 0) {
        out.u8((size >> shift & 0x7F) | 0x80);
      }
    }
    out.u8(size & 0x7F).bytes(content);
  }

  /**
   * What is read of it.
   *
   * @param objectTypeIndication of the decoder configuration
   * @param decoderSpecificInfo empty where there is none
   */
  record Read(int objectTypeIndication, Bytes decoderSpecificInfo) {
    boolean isMp3() {
      return objectTypeIndication == MPEG_1_AUDIO || objectTypeIndication == MPEG_2_AUDIO;
    }
  }

  /**
   * Reads an ES_Descriptor.
   *
   * @throws ProtocolException if it is malformed or has no decoder configuration
   */
  static Read read(Bytes descriptor) {
    Bytes stream = content(descriptor, ES_DESCRIPTOR);
    int flags = at(stream, 2);
    int from = 3 + ((flags & 0x80) != 0 ? 2 : 0); // dependsOn_ES_ID
    from += (flags & 0x40) != 0 ? 1 + at(stream, from) : 0; // URL
    from += (flags & 0x20) != 0 ? 2 : 0; // OCR_ES_Id
    Bytes decoder = content(from(stream, from), DECODER_CONFIG_DESCRIPTOR);
    Bytes rest = from(decoder, 13);
    return new Read(
        at(decoder, 0),
        rest.isEmpty() || at(rest, 0) != DECODER_SPECIFIC_INFO
            ? Bytes.EMPTY
            : content(rest, DECODER_SPECIFIC_INFO));
  }

  private static Bytes content(Bytes descriptor, int tag) {
    int found = at(descriptor, 0);
    int size = 0;
    int from = 1;
    int next;
    do {
      next = at(descriptor, from++);
      size = size << 7 | (next & 0x7F);
    } while ((next & 0x80) != 0 && from <= 4);
    if (found != tag || size > descriptor.length() - from) {
      throw ProtocolException.malformed(
          "descriptor " + found + " of " + size + " bytes, expected " + tag + " that fits");
    }
    return descriptor.slice(from, size);
  }

  private static Bytes from(Bytes bytes, int from) {
    return from <= bytes.length() ? bytes.slice(from) : Bytes.EMPTY;
  }

  private static int at(Bytes bytes, int index) {
    if (index >= bytes.length()) {
      throw ProtocolException.malformed("descriptor cut off at " + index);
    }
    return bytes.u8(index);
  }
}

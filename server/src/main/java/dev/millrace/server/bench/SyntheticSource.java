package dev.millrace.server.bench;

import dev.millrace.media.Bytes;
import java.util.Random;

/**
 * A 720p30 publisher of 2.5 Mbit/s H.264 and AAC that needs no encoder: parameter sets are real,
 * slices and audio frames are random bytes of realistic sizes, for the server never decodes. Key
 * frame every 2 s, five times the size of the others. Immutable; any thread.
 */
public final class SyntheticSource {
  static final int FRAMES_PER_SECOND = 30;
  static final int GOP_FRAMES = 60;
  static final int AUDIO_RATE = 48_000;
  static final int AUDIO_SAMPLES = 1024;
  static final long BITRATE_BPS = 2_500_000;

  /** Written by x264 for 1280x720 at 30 frames a second, High profile, level 3.1. */
  private static final Bytes AVC_CONFIGURATION =
      Bytes.fromHex(
          "0164001fffe100186764001facb402802dd80880000003008000001e478c195001000468ef0fcbfdf8f800");

  private static final Bytes AUDIO_CONFIGURATION = Bytes.of(0x11, 0x90);

  private final Bytes keyFrame;
  private final Bytes interFrame;
  private final Bytes audioFrame;

  /** The same bytes each time. */
  public SyntheticSource() {
    this(7);
  }

  /** Other bytes for another seed. */
  public SyntheticSource(long seed) {
    Random random = new Random(seed);
    int audioBytes = 128_000 / 8 * AUDIO_SAMPLES / AUDIO_RATE;
    long videoBytesPerGop = (BITRATE_BPS - 128_000) / 8 * GOP_FRAMES / FRAMES_PER_SECOND;
    int interBytes = (int) (videoBytesPerGop / (GOP_FRAMES + 4));
    keyFrame = video(random, interBytes * 5, true);
    interFrame = video(random, interBytes, false);
    byte[] audio = new byte[2 + audioBytes];
    random.nextBytes(audio);
    audio[0] = (byte) 0xAF;
    audio[1] = 1;
    audioFrame = Bytes.wrap(audio);
  }

  /** FLV video tag body with the AVC sequence header. */
  public Bytes videoHeader() {
    return Bytes.concat(java.util.List.of(Bytes.of(0x17, 0, 0, 0, 0), AVC_CONFIGURATION));
  }

  /** FLV audio tag body with the AudioSpecificConfig. */
  public Bytes audioHeader() {
    return Bytes.concat(java.util.List.of(Bytes.of(0xAF, 0), AUDIO_CONFIGURATION));
  }

  /** FLV video tag body of frame {@code number}. */
  public Bytes videoFrame(long number) {
    return number % GOP_FRAMES == 0 ? keyFrame : interFrame;
  }

  /** FLV audio tag body, the same for every frame. */
  public Bytes audioFrame() {
    return audioFrame;
  }

  public static long videoTimeUs(long number) {
    return number * 1_000_000 / FRAMES_PER_SECOND;
  }

  public static long audioTimeUs(long number) {
    return number * AUDIO_SAMPLES * 1_000_000 / AUDIO_RATE;
  }

  /** One slice NAL unit of random bytes behind its 4-byte length, in an FLV AVC tag body. */
  private static Bytes video(Random random, int nalBytes, boolean key) {
    byte[] body = new byte[5 + 4 + nalBytes];
    random.nextBytes(body);
    body[0] = (byte) (key ? 0x17 : 0x27);
    body[1] = 1;
    body[2] = 0;
    body[3] = 0;
    body[4] = 0;
    for (int i = 0; i < 4; i++) {
      body[5 + i] = (byte) (nalBytes >> (24 - 8 * i));
    }
    body[9] = (byte) (key ? 0x65 : 0x41);
    return Bytes.wrap(body);
  }
}

package dev.millrace.transcoder.packager;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.transcoder.packager.Rig.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Synthetic frames as a publisher sends them: times are whole milliseconds. */
final class Sources {
  private static final Bytes KEY = Bytes.fromHex("00000005 6588840000");
  private static final Bytes DELTA = Bytes.fromHex("00000004 419a0000");
  static final Bytes SOUND = Bytes.fromHex("21 10 04 60 8c 1c");

  private Sources() {}

  /** Video without B frames from {@code fromS} on, a key frame every {@code gop} frames. */
  static List<Timed> video(double fps, double fromS, double seconds, int gop) {
    return video(fps, fromS, seconds, frame -> frame % gop == 0, 0);
  }

  /**
   * @param depth B frames between reference frames; presentation times are those of a closed GOP
   */
  static List<Timed> video(double fps, double fromS, double seconds, IntPredicate key, int depth) {
    List<Timed> frames = new ArrayList<>();
    int count = (int) Math.round(seconds * fps);
    int first = (int) Math.round(fromS * fps);
    for (int i = 0; i < count; i++) {
      int shown = shown(i, count, key, depth);
      long dts = ms((first + i) / fps);
      long pts = ms((first + shown + (depth == 0 ? 0 : 1)) / fps);
      frames.add(
          new Timed(
              MediaType.VIDEO,
              dts - ms(first / fps),
              dts,
              pts,
              key.test(i),
              key.test(i) ? KEY : DELTA));
    }
    return frames;
  }

  /** Display position of the frame at this decode position: P, then its B frames, until a key. */
  private static int shown(int decode, int count, IntPredicate key, int depth) {
    if (depth == 0 || key.test(decode)) {
      return decode;
    }
    int gopStart = decode;
    while (!key.test(gopStart)) {
      gopStart--;
    }
    int gopEnd = decode;
    while (gopEnd < count && !key.test(gopEnd)) {
      gopEnd++;
    }
    int group = (decode - gopStart - 1) / (depth + 1);
    int from = gopStart + 1 + group * (depth + 1);
    int size = Math.min(depth + 1, gopEnd - from);
    int place = decode - from;
    return place == 0 ? from + size - 1 : from + place - 1;
  }

  /** Audio frames of 1024 samples with millisecond times. */
  static List<Timed> audio(int rate, double fromS, double seconds) {
    List<Timed> frames = new ArrayList<>();
    long first = Math.round(fromS * rate / 1024);
    long count = Math.round(seconds * rate / 1024);
    for (long i = 0; i < count; i++) {
      long dts = ms((first + i) * 1024.0 / rate);
      frames.add(
          new Timed(MediaType.AUDIO, dts - ms(first * 1024.0 / rate), dts, dts, true, SOUND));
    }
    return frames;
  }

  private static long ms(double seconds) {
    return Math.round(seconds * 1000) * 1000;
  }
}

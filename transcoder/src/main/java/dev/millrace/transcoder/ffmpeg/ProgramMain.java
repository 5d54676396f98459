package dev.millrace.transcoder.ffmpeg;

import org.bytedeco.javacpp.Loader;

/**
 * Prints the path of the ffmpeg program of the FFmpeg build on the class path, which is unpacked
 * first if need be. In a process of its own, as all that touches FFmpeg.
 */
public final class ProgramMain {
  private ProgramMain() {}

  /** Prints one line. */
  public static void main(String[] arguments) {
    System.out.println(Loader.load(org.bytedeco.ffmpeg.ffmpeg.class));
  }
}

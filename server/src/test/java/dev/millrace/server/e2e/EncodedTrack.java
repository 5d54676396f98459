package dev.millrace.server.e2e;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;

import dev.millrace.media.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * One encoded track of {@link #SECONDS}, to be played in a loop: its times go on exactly from the
 * last frame to the first.
 *
 * @param configuration of avcC, hvcC or the AudioSpecificConfig
 * @param units in decode order, none of them reordered
 */
record EncodedTrack(Kind kind, Bytes configuration, List<Unit> units) {
  static final int FPS = 25;

  /** A whole number of pictures, of seconds and of AAC frames of 48 kHz. */
  static final int SECONDS = 16;

  private static final int AAC_FRAMES = SECONDS * 48_000 / 1024;

  /** The frame of this time. */
  Optional<Unit> at(long ms) {
    int near = (int) (ms * units.size() / (1000 * SECONDS));
    return Optional.of(units.get(near)).filter(unit -> unit.ms() == ms);
  }

  enum Kind {
    AVC,
    HEVC,
    AAC
  }

  /** A frame; {@code ms} is its time, 0 that of the first. */
  record Unit(long ms, boolean key, Bytes data) {}

  /**
   * What ffmpeg is asked for: numbered pictures of this size.
   *
   * @param gop how many of the source's pictures are between key frames
   * @param divisor every so many-th picture of the source is in it
   */
  record Video(Kind kind, int width, int height, int gop, int kbps, int divisor) {
    Video(Kind kind, int width, int height, int gop, int kbps) {
      this(kind, width, height, gop, kbps, 1);
    }

    List<String> arguments() {
      String codec = kind == Kind.AVC ? "libx264" : "libx265";
      List<String> all =
          new ArrayList<>(
              List.of(
                  ("-map 0:v -s %dx%d -r %s -c:v %s -preset ultrafast -tune zerolatency -b:v %dk"
                          + " -maxrate %dk -bufsize %dk")
                      .formatted(width, height, (double) FPS / divisor, codec, kbps, kbps, kbps)
                      .split(" ")));
      all.addAll(
          kind == Kind.AVC
              ? List.of(
                  "-g", "" + gop / divisor, "-keyint_min", "" + gop / divisor, "-sc_threshold", "0")
              : List.of(
                  "-tag:v",
                  "hvc1",
                  "-x265-params",
                  "log-level=error:open-gop=0:scenecut=0:keyint=%d:min-keyint=%d"
                      .formatted(gop / divisor, gop / divisor)));
      return all;
    }
  }

  /** The same pictures in each of these encodings, and last a tone as AAC, by one ffmpeg. */
  static List<EncodedTrack> encode(Path folder, List<Video> videos) {
    List<String> command =
        new ArrayList<>(
            List.of(
                (Programs.require("ffmpeg")
                        + " -hide_banner -loglevel error -y -f rawvideo -pix_fmt yuv420p -s %dx%d"
                        + " -r %d -i pipe:0 -f lavfi -t %d -i sine=frequency=440:sample_rate=48000")
                    .formatted(NumberedPictures.WIDTH, NumberedPictures.HEIGHT, FPS, SECONDS + 1)
                    .split(" ")));
    List<Path> files = new ArrayList<>();
    for (Video video : videos) {
      files.add(folder.resolve("track-%d.mp4".formatted(files.size())));
      command.addAll(video.arguments());
      command.add(files.getLast().toString());
    }
    files.add(folder.resolve("sound.mp4"));
    command.addAll(List.of("-map", "1:a", "-c:a", "aac", "-b:a", "96k", "-ac", "2"));
    command.add(files.getLast().toString());
    run(command, folder);
    return files.stream().map(EncodedTrack::read).toList();
  }

  private static void run(List<String> command, Path folder) {
    Path log = folder.resolve("encode.log");
    try {
      Process ffmpeg =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try (OutputStream pictures = ffmpeg.getOutputStream()) {
        NumberedPictures.write(pictures, SECONDS * FPS);
      }
      if (ffmpeg.waitFor() != 0) {
        throw new AssertionError("ffmpeg failed: " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Reads a file of one track. */
  private static EncodedTrack read(Path file) {
    AVFormatContext context = new AVFormatContext(null);
    check(avformat_open_input(context, file.toString(), null, null), "open " + file);
    AVPacket packet = av_packet_alloc();
    try {
      check(avformat_find_stream_info(context, (PointerPointer<?>) null), "find streams");
      AVStream stream = context.streams(0);
      Kind kind = kind(stream.codecpar().codec_id());
      Bytes configuration =
          bytes(stream.codecpar().extradata(), stream.codecpar().extradata_size());
      double msPerUnit = 1000.0 * stream.time_base().num() / stream.time_base().den();
      List<Unit> units = new ArrayList<>();
      long first = 0;
      while (av_read_frame(context, packet) >= 0) {
        if (packet.pts() != packet.dts()) {
          throw new AssertionError("reordered pictures in " + file);
        }
        first = units.isEmpty() ? packet.dts() : first;
        boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
        long ms = Math.round((packet.dts() - first) * msPerUnit);
        units.add(new Unit(ms, key, bytes(packet.data(), packet.size())));
        av_packet_unref(packet);
      }
      // An encoder of sound adds what it needs to begin and to end.
      List<Unit> loop = kind == Kind.AAC ? units.subList(0, AAC_FRAMES) : units;
      return new EncodedTrack(kind, configuration, List.copyOf(loop));
    } finally {
      av_packet_free(packet);
      avformat_close_input(context);
    }
  }

  private static Kind kind(int codec) {
    if (codec == AV_CODEC_ID_H264) {
      return Kind.AVC;
    }
    if (codec == AV_CODEC_ID_HEVC) {
      return Kind.HEVC;
    }
    if (codec == AV_CODEC_ID_AAC) {
      return Kind.AAC;
    }
    throw new AssertionError("codec " + codec);
  }

  private static Bytes bytes(BytePointer from, long size) {
    byte[] bytes = new byte[(int) size];
    from.get(bytes);
    return Bytes.wrap(bytes);
  }

  private static void check(int status, String what) {
    if (status < 0) {
      throw new AssertionError("libav could not " + what + ": " + status);
    }
  }
}

package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_I;
import static org.bytedeco.ffmpeg.global.avutil.AV_PICTURE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.millrace.transcoder.ffmpeg.PublishOptions.Size;
import dev.millrace.transcoder.ffmpeg.PublishOptions.Tracks;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * Frames from filters, encoded just when they are due: test pictures and a tone, or a file whose
 * codecs cannot be sent as they are. Close order: frame, then each lane's graph and encoder.
 */
final class EncodedPackets implements PacketSource {
  private static final int SAMPLE_RATE = 48_000;
  private static final Size TEST_SIZE = new Size(1280, 720);
  private static final int FPS = 30;
  private static final int KEY_FRAME_SECONDS = 2;
  private static final long BITRATE_BPS = 2_500_000;

  private final List<Lane> lanes = new ArrayList<>();
  private final AVFrame frame = av_frame_alloc();
  private final AVRational microseconds = new AVRational().num(1).den(1_000_000);
  private final boolean once;

  /** Adds to a frame what its place in time asks for. */
  @FunctionalInterface
  private interface Painter {
    /** What comes from the filters as it is. */
    Painter NONE = (frame, units) -> {};

    /** {@code units} is the number of the frame's picture or first sample. */
    void paint(AVFrame frame, long units);
  }

  /** One track: a graph that makes frames and the encoder that takes them. */
  private static final class Lane {
    final int track;
    final String filters;
    final boolean video;
    final Encoder encoder;
    final Painter painter;
    final AVRational unit;
    final long unitsPerFrame;
    FilterGraph graph;
    long units;
    boolean ended;
    boolean keyFrameWanted;

    Lane(int track, boolean video, String filters, Encoder encoder, int rate, Painter painter) {
      this.track = track;
      this.video = video;
      this.filters = filters;
      this.encoder = encoder;
      this.painter = painter;
      this.unit = new AVRational().num(1).den(rate);
      this.unitsPerFrame = video ? 1 : encoder.frameSize();
      this.graph = open();
    }

    FilterGraph open() {
      return video
          ? new FilterGraph(filters, "buffersink")
          : new FilterGraph(filters + ",asetnsamples=" + unitsPerFrame + ":p=1", "abuffersink");
    }

    long nextUs() {
      return ended ? END : units * 1_000_000 / unit.den();
    }
  }

  private EncodedPackets(boolean once) {
    this.once = once;
  }

  /**
   * Test pictures with the time of day, and a tone that beeps each second; with a bar code the
   * pictures are numbered and the tone is quiet under {@link PulsePainter pulses}.
   */
  static EncodedPackets test(Tracks wanted, InstantSource wall) {
    Size size = wanted.size().orElse(TEST_SIZE);
    int fps = wanted.fps().orElse(FPS);
    ClockPainter clock = new ClockPainter(wall);
    EncodedPackets packets = new EncodedPackets(true);
    if (wanted.video()) {
      String pictures =
          "testsrc2=size=%dx%d:rate=%d,format=yuv420p".formatted(size.width(), size.height(), fps);
      packets.addVideo(
          pictures,
          size,
          fps,
          wanted,
          (frame, number) -> {
            clock.paint(frame);
            if (wanted.barCode()) {
              BarCodePainter.paint(frame, number);
            }
          });
    }
    if (wanted.audio()) {
      String tone = "sine=frequency=440:sample_rate=" + SAMPLE_RATE;
      if (wanted.barCode()) {
        packets.addAudio(tone + ",volume=0.2", wanted, new PulsePainter(SAMPLE_RATE)::paint);
      } else {
        packets.addAudio(tone + ":beep_factor=4", wanted, Painter.NONE);
      }
    }
    return packets;
  }

  /** A file, encoded anew. */
  static EncodedPackets file(String name, Tracks wanted, boolean once) {
    EncodedPackets packets = new EncodedPackets(once);
    try (MediaFile probe = new MediaFile(name, wanted)) {
      String quoted = FilterGraph.quoted(name);
      if (probe.hasVideo()) {
        AVCodecParameters video = probe.tracks().getFirst();
        Size size =
            wanted.size().orElseGet(() -> new Size(video.width() & ~1, video.height() & ~1));
        int fps = wanted.fps().orElse(FPS);
        String pictures =
            "movie=%s,fps=%d,scale=%d:%d,setsar=1,format=yuv420p"
                .formatted(quoted, fps, size.width(), size.height());
        packets.addVideo(pictures, size, fps, wanted, Painter.NONE);
      }
      if (probe.hasAudio()) {
        packets.addAudio("amovie=" + quoted, wanted, Painter.NONE);
      }
    }
    return packets;
  }

  private void addVideo(String filters, Size size, int fps, Tracks wanted, Painter painter) {
    Encoder encoder =
        Encoder.video(
            wanted.videoCodec().orElse("h264"),
            size,
            fps,
            wanted.gop().orElse(fps * KEY_FRAME_SECONDS),
            wanted.bitrateBps().orElse(BITRATE_BPS));
    lanes.add(new Lane(lanes.size(), true, filters, encoder, fps, painter));
  }

  private void addAudio(String filters, Tracks wanted, Painter painter) {
    Encoder encoder = Encoder.audio(wanted.audioCodec().orElse("aac"), SAMPLE_RATE);
    String samples =
        filters
            + ",aresample=%d,aformat=sample_fmts=fltp:channel_layouts=stereo"
                .formatted(SAMPLE_RATE);
    lanes.add(new Lane(lanes.size(), false, samples, encoder, SAMPLE_RATE, painter));
  }

  @Override
  public List<AVCodecParameters> tracks() {
    return lanes.stream().map(lane -> lane.encoder.parameters()).toList();
  }

  @Override
  public long nextUs() {
    return next().map(Lane::nextUs).orElse(END);
  }

  private Optional<Lane> next() {
    if (lanes.stream().allMatch(lane -> lane.ended) && !once) {
      beginAnew();
    }
    return lanes.stream().filter(lane -> !lane.ended).min(Comparator.comparingLong(Lane::nextUs));
  }

  /** All tracks go on at the end of the longest, so that they stay together round after round. */
  private void beginAnew() {
    long endUs =
        lanes.stream().mapToLong(lane -> lane.units * 1_000_000 / lane.unit.den()).max().orElse(0);
    for (Lane lane : lanes) {
      lane.graph.close();
      lane.graph = lane.open();
      lane.units = Math.max(lane.units, Math.ceilDiv(endUs * lane.unit.den(), 1_000_000L));
      lane.ended = false;
    }
  }

  @Override
  public boolean read(AVPacket packet) {
    Optional<Lane> next = next();
    return next.isPresent() && read(next.get(), packet);
  }

  private boolean read(Lane lane, AVPacket packet) {
    if (!lane.graph.next(frame)) {
      lane.ended = true;
      return false;
    }
    lane.painter.paint(frame, lane.units);
    // An encoder's priming comes before its input: fed late by so much, its output begins at 0.
    frame.pts(lane.units + lane.encoder.initialPadding());
    frame.pict_type(lane.keyFrameWanted ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE);
    lane.keyFrameWanted = false;
    lane.units += lane.unitsPerFrame;
    lane.encoder.send(frame);
    if (!lane.encoder.receive(packet)) {
      return false;
    }
    av_packet_rescale_ts(packet, lane.unit, microseconds);
    packet.stream_index(lane.track);
    return true;
  }

  @Override
  public void keyFrameNext() {
    lanes.forEach(lane -> lane.keyFrameWanted = lane.video);
  }

  @Override
  public void close() {
    av_frame_free(frame);
    for (Lane lane : lanes) {
      lane.graph.close();
      lane.encoder.close();
      lane.unit.close();
    }
    microseconds.close();
  }
}

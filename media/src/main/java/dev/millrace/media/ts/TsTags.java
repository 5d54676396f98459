package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track.AudioCodec;
import dev.millrace.media.Track.VideoCodec;
import dev.millrace.media.amf.Amf0Value;
import dev.millrace.media.amf.Amf0Writer;
import dev.millrace.media.flv.AudioTagWriter;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.VideoTagWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The tags of FLV that say the same as a transport stream's program: its first H.264 or H.265 video
 * and its first AAC (ADTS) or MP3 audio. So a transport stream is published as RTMP is, by {@link
 * dev.millrace.media.live.FlvPublisher}, with its rules for beginnings, key frames and time. A PES
 * packet of video is one access unit, and is dropped without a PTS. One thread: the reader's.
 */
public final class TsTags implements TsReader.Listener {
  /** Takes what comes of it. */
  public interface Output {
    /**
     * The next tag.
     *
     * @param type {@link FlvTag#AUDIO}, {@link FlvTag#VIDEO}, {@link FlvTag#SCRIPT}
     * @param timestampMs 32 bits of milliseconds, modulo 2^32
     */
    void tag(int type, int timestampMs, Bytes body);

    /** Something of the program that cannot be used, for a person. */
    void unsupported(String what);
  }

  private static final int TICKS_PER_MS = 90;
  private static final int FLV_AVC = 7;
  private static final int FLV_AAC = 10;
  private static final int FLV_MP3 = 2;

  private final Output output;
  private int videoPid = -1;
  private int audioPid = -1;
  private @Nullable VideoUnits video;
  private @Nullable AudioFrames audio;

  /** The last time of either, in ticks of 90 kHz that go on beyond 33 bits. */
  private OptionalLong lastTicks = OptionalLong.empty();

  private long dropped;

  public TsTags(Output output) {
    this.output = output;
  }

  /** PES packets and audio frames that could not be used. */
  public long dropped() {
    return dropped;
  }

  @Override
  public void program(ProgramMap map) {
    Optional<ProgramMap.Stream> pictures =
        map.streams().stream().filter(each -> codec(each).isPresent()).findFirst();
    Optional<ProgramMap.Stream> sound =
        map.streams().stream().filter(each -> isAac(each) || isMpeg(each)).findFirst();
    if (pictures.isEmpty() && sound.isEmpty()) {
      output.unsupported(
          "no stream of H.264, H.265, AAC (ADTS) or MP3 in the program; its stream types are "
              + map.streams().stream().map(each -> "0x%02x".formatted(each.streamType())).toList());
      return;
    }
    pictures.ifPresent(each -> video(each.pid(), codec(each).orElseThrow()));
    sound.ifPresent(each -> audio(each.pid(), isAac(each) ? AudioCodec.AAC : AudioCodec.MP3));
    Map<String, Amf0Value> promised = new LinkedHashMap<>();
    pictures.ifPresent(each -> promised.put("videocodecid", new Amf0Value.Num(FLV_AVC)));
    sound.ifPresent(
        each -> promised.put("audiocodecid", new Amf0Value.Num(isAac(each) ? FLV_AAC : FLV_MP3)));
    output.tag(
        FlvTag.SCRIPT,
        0,
        Amf0Writer.write(new Amf0Value.Str("onMetaData"), new Amf0Value.EcmaArray(promised)));
  }

  private static Optional<VideoCodec> codec(ProgramMap.Stream stream) {
    return switch (stream.streamType()) {
      case ElementaryStream.AVC -> Optional.of(VideoCodec.AVC);
      case ElementaryStream.HEVC -> Optional.of(VideoCodec.HEVC);
      default -> Optional.empty();
    };
  }

  private static boolean isAac(ProgramMap.Stream stream) {
    return stream.streamType() == ElementaryStream.AAC_ADTS;
  }

  private static boolean isMpeg(ProgramMap.Stream stream) {
    return stream.streamType() == ElementaryStream.MPEG_1_AUDIO
        || stream.streamType() == ElementaryStream.MPEG_2_AUDIO;
  }

  private void video(int pid, VideoCodec codec) {
    if (video == null || videoPid != pid || video.codec() != codec) {
      videoPid = pid;
      video = new VideoUnits(codec);
    }
  }

  private void audio(int pid, AudioCodec codec) {
    if (audio == null || audioPid != pid || audio.codec() != codec) {
      audioPid = pid;
      audio = new AudioFrames(codec);
    }
  }

  @Override
  public void pes(int pid, PesPacket packet, boolean randomAccess) {
    if (pid == videoPid && video != null) {
      picture(video, packet);
    } else if (pid == audioPid && audio != null) {
      sound(audio, packet);
    }
  }

  @Override
  public void gap(int pid) {
    if (pid == audioPid && audio != null) {
      audio.broken();
    }
  }

  private void picture(VideoUnits with, PesPacket packet) {
    if (packet.pts().isEmpty()) {
      dropped++;
      return;
    }
    VideoUnits.Unit unit = with.unit(packet.data());
    long pts = unwrap(packet.pts().getAsLong());
    long dts = packet.dts().isPresent() ? unwrap(packet.dts().getAsLong()) : pts;
    lastTicks = OptionalLong.of(dts);
    unit.configuration()
        .ifPresent(
            configuration ->
                output.tag(
                    FlvTag.VIDEO,
                    milliseconds(dts),
                    VideoTagWriter.sequenceStart(0, with.codec(), configuration)));
    if (!unit.data().isEmpty()) {
      int compositionMs = Math.toIntExact(Math.round((pts - dts) / (double) TICKS_PER_MS));
      output.tag(
          FlvTag.VIDEO,
          milliseconds(dts),
          VideoTagWriter.codedFrame(
              0, with.codec(), unit.key(), compositionMs, nanos(dts), unit.data()));
    }
  }

  private void sound(AudioFrames with, PesPacket packet) {
    OptionalLong pts =
        packet.pts().isPresent()
            ? OptionalLong.of(unwrap(packet.pts().getAsLong()))
            : OptionalLong.empty();
    pts.ifPresent(ticks -> lastTicks = OptionalLong.of(ticks));
    try {
      for (AudioFrames.Frame frame : with.frames(packet.data(), pts)) {
        int ms = milliseconds(frame.ticks());
        frame
            .configuration()
            .ifPresent(
                configuration ->
                    output.tag(
                        FlvTag.AUDIO,
                        ms,
                        AudioTagWriter.sequenceStart(0, with.codec(), configuration)));
        output.tag(
            FlvTag.AUDIO,
            ms,
            AudioTagWriter.codedFrame(0, with.codec(), nanos(frame.ticks()), frame.data()));
      }
    } catch (ProtocolException e) {
      dropped++;
      output.unsupported("sound: " + e.getMessage());
    }
    dropped += with.takeDropped();
  }

  private long unwrap(long ticks) {
    return lastTicks.isPresent() ? TsClock.unwrap(ticks, lastTicks.getAsLong()) : ticks;
  }

  private static int milliseconds(long ticks) {
    return (int) Math.floorDiv(ticks, TICKS_PER_MS);
  }

  private static int nanos(long ticks) {
    return (int) (Math.floorMod(ticks, TICKS_PER_MS) * 1_000_000L / TICKS_PER_MS);
  }
}

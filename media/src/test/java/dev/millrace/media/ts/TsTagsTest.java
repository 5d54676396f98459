package dev.millrace.media.ts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.OnMetaData;
import dev.millrace.media.flv.VideoTagBody;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TsTagsTest {
  /** What came out. */
  private static final class Tags implements TsTags.Output {
    final List<FlvTag> all = new ArrayList<>();
    final List<String> unsupported = new ArrayList<>();

    @Override
    public void tag(int type, int timestampMs, Bytes body) {
      all.add(new FlvTag(type, timestampMs, body));
    }

    @Override
    public void unsupported(String what) {
      unsupported.add(what);
    }

    List<FlvTag> of(int type) {
      return all.stream().filter(tag -> tag.type() == type).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bbb_480p_gop2s.flv", "h264_aud_mp3.flv", "open_gop_bpyramid.flv"})
  void givesBackWhatAStreamWasMadeOf(String file) {
    Footage footage = Footage.read(file);
    Tags tags = new Tags();
    TsTags reader = new TsTags(tags);
    read(reader, written(footage));

    assertThat(reader.dropped()).isZero();
    assertThat(tags.unsupported).isEmpty();
    assertThat(OnMetaData.read(tags.all.getFirst().body()))
        .hasValueSatisfying(
            told -> {
              assertThat(told.hasVideo()).isTrue();
              assertThat(told.hasAudio()).isTrue();
            });
    assertVideo(footage, tags);
    assertAudio(footage, tags);
  }

  private static void assertVideo(Footage footage, Tags tags) {
    List<Frame> frames = footage.frames(MediaType.VIDEO);
    List<VideoTagBody.CodedFrame> coded = new ArrayList<>();
    List<Bytes> configurations = new ArrayList<>();
    List<Integer> times = new ArrayList<>();
    for (FlvTag tag : tags.of(FlvTag.VIDEO)) {
      switch (VideoTagBody.read(tag.body())) {
        case VideoTagBody.CodedFrame frame -> {
          coded.add(frame);
          times.add(tag.timestamp());
        }
        case VideoTagBody.SequenceStart start -> configurations.add(start.configuration());
        default -> {}
      }
    }
    assertThat(configurations)
        .singleElement()
        .satisfies(
            configuration -> {
              var track = Tracks.avc(0, configuration, OptionalDouble.empty());
              assertThat(track.codecs()).isEqualTo(footage.video().orElseThrow().codecs());
              assertThat(track.width()).isEqualTo(footage.video().orElseThrow().width());
            });
    assertThat(coded).hasSameSizeAs(frames);
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      assertThat((long) times.get(i)).isCloseTo(frame.dtsUs() / 1000, within(1L));
      assertThat((long) coded.get(i).compositionTimeMs())
          .isCloseTo((frame.ptsUs() - frame.dtsUs()) / 1000, within(1L));
      assertThat(pictures(coded.get(i).data()))
          .isEqualTo(
              slices(
                  NalUnits.lengthPrefixed(
                      frame.data(), NalUnits.lengthSize(footage.video().orElseThrow()))));
    }
  }

  private static List<Bytes> pictures(Bytes sample) {
    return slices(NalUnits.lengthPrefixed(sample, 4));
  }

  /** VCL units; what stands around them may differ. */
  private static List<Bytes> slices(List<Bytes> units) {
    return units.stream().filter(unit -> (unit.u8(0) & 0x1F) <= 5).toList();
  }

  private static void assertAudio(Footage footage, Tags tags) {
    List<Frame> frames = footage.frames(MediaType.AUDIO);
    List<Bytes> sounds = new ArrayList<>();
    List<Integer> times = new ArrayList<>();
    for (FlvTag tag : tags.of(FlvTag.AUDIO)) {
      if (AudioTagBody.read(tag.body()) instanceof AudioTagBody.CodedFrame frame) {
        sounds.add(frame.data());
        times.add(tag.timestamp());
      }
    }
    assertThat(sounds).containsExactlyElementsOf(frames.stream().map(Frame::data).toList());
    for (int i = 0; i < frames.size(); i++) {
      assertThat((long) times.get(i)).isCloseTo(frames.get(i).dtsUs() / 1000, within(1L));
    }
  }

  @Test
  void putsFramesOfSoundTogetherThatArePiecesInPackets() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    AudioFrames whole = new AudioFrames(dev.millrace.media.Track.AudioCodec.AAC);
    AudioFrames pieces = new AudioFrames(dev.millrace.media.Track.AudioCodec.AAC);
    TsProgram program = footage.program();
    List<Bytes> packed =
        footage.frames(MediaType.AUDIO).subList(0, 40).stream()
            .map(frame -> PesPacket.read(program.unit(frame).pes()).data())
            .toList();
    List<AudioFrames.Frame> expected =
        whole.frames(Bytes.concat(packed), OptionalLong.of(90_000)).stream().toList();
    assertThat(expected).hasSize(40);

    Bytes stream = Bytes.concat(packed);
    List<AudioFrames.Frame> found = new ArrayList<>();
    int at = 0;
    for (int size = 1; at < stream.length(); size = size * 7 % 331 + 1) {
      int length = Math.min(size, stream.length() - at);
      OptionalLong pts = at == 0 ? OptionalLong.of(90_000) : OptionalLong.empty();
      found.addAll(pieces.frames(stream.slice(at, length), pts));
      at += length;
    }
    assertThat(found).isEqualTo(expected);
    assertThat(found.getLast().ticks()).isEqualTo(90_000 + 39 * 1024 * 90_000L / 48_000);
  }

  @Test
  void goesOnWhereTheClockOf33BitsBeginsAnew() {
    Footage footage = Footage.read("bbb_480p_gop2s.flv");
    long shiftUs = (TsClock.TICK_MODULUS * 100 / 9) - 1_000_000;
    Tags tags = new Tags();
    TsWriter writer = new TsWriter(footage.program(), 100_000);
    List<Bytes> out = new ArrayList<>();
    for (Frame frame : footage.frames().subList(0, 150)) {
      out.add(
          writer.write(
              new Frame(
                  frame.type(),
                  0,
                  frame.dtsUs() + shiftUs,
                  frame.ptsUs() + shiftUs,
                  frame.key(),
                  frame.data(),
                  0)));
    }
    read(new TsTags(tags), Bytes.concat(out));
    int before = Integer.MIN_VALUE;
    int begin = tags.of(FlvTag.VIDEO).getFirst().timestamp();
    for (FlvTag tag : tags.of(FlvTag.VIDEO)) {
      int sinceBegin = tag.timestamp() - begin;
      assertThat(sinceBegin).isBetween(before, 10_000);
      before = sinceBegin;
    }
    assertThat(before).isGreaterThan(1_000);
  }

  @Test
  void tellsThatNothingOfAProgramCanBeUsed() {
    Tags tags = new Tags();
    new TsTags(tags)
        .program(new ProgramMap(1, 0, 0x100, List.of(new ProgramMap.Stream(0x02, 0x100))));
    assertThat(tags.unsupported).singleElement().asString().contains("0x02", "H.264");
    assertThat(tags.all).isEmpty();
  }

  private static Bytes written(Footage footage) {
    TsWriter writer = new TsWriter(footage.program(), 100_000);
    return Bytes.concat(footage.frames().stream().map(writer::write).toList());
  }

  private static void read(TsTags tags, Bytes stream) {
    TsReader reader = new TsReader(tags, 1 << 22);
    reader.read(stream);
    reader.flush();
  }
}

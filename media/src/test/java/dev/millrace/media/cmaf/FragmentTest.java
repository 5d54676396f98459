package dev.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FragmentTest {
  private static final int SYNC = 0x0200_0000;
  private static final int NON_SYNC = 0x0101_0000;

  @Test
  void writesOneSampleByteForByte() {
    Bytes fragment =
        Fragment.write(7, 0x1_0000_0002L, List.of(new Sample(1024, 0, true, Bytes.of(0xAB, 0xCD))));
    assertThat(fragment.hex())
        .isEqualTo(
            ("00000064 6d6f6f66" // moof, 100 bytes
                    + "00000010 6d666864 00000000 00000007" // mfhd, sequence 7
                    + "0000004c 74726166" // traf, 8 + 28 + 20 + 20
                    + "0000001c 74666864 00020038 00000001" // tfhd: base is moof, three defaults
                    + "00000400 00000002 02000000" // 1024 ticks, 2 bytes, sync
                    + "00000014 74666474 01000000 0000000100000002" // tfdt, 64 bits
                    + "00000014 7472756e 01000001 00000001 0000006c" // trun, data at 100 + 8
                    + "0000000a 6d646174 abcd") // mdat
                .replace(" ", ""));
  }

  @Test
  void tellsEqualDurationsAndFlagsOnce() {
    Bytes fragment = Fragment.write(1, 0, audio(24));
    Map<String, Bytes> boxes = Boxes.walk(fragment);
    assertThat(Boxes.required(boxes, "moof/traf/tfhd").u24(1)).isEqualTo(0x02_0028);
    assertThat(Boxes.required(boxes, "moof/traf/trun").u24(1)).isEqualTo(0x0201);
    assertThat(Boxes.samples(fragment))
        .allSatisfy(sample -> assertThat(sample.flags()).isEqualTo(SYNC))
        .allSatisfy(sample -> assertThat(sample.duration()).isEqualTo(1024));
  }

  @Test
  void tellsTheKeyFrameAtTheStartByFirstSampleFlags() {
    List<Sample> gop = List.of(video(true, 0, 900), video(false, 0, 40), video(false, 0, 30));
    Bytes fragment = Fragment.write(1, 90_000, gop);
    Bytes trun = Boxes.required(Boxes.walk(fragment), "moof/traf/trun");
    assertThat(trun.u24(1)).isEqualTo(0x0205);
    assertThat(Boxes.samples(fragment).stream().map(Boxes.ReadSample::flags))
        .containsExactly(SYNC, NON_SYNC, NON_SYNC);
  }

  @Test
  void tellsFlagsOfEachSampleWhereAKeyFrameStandsInTheMiddle() {
    List<Sample> samples = List.of(video(false, 0, 9), video(true, 0, 90), video(false, 0, 9));
    Bytes fragment = Fragment.write(1, 0, samples);
    assertThat(Boxes.samples(fragment).stream().map(Boxes.ReadSample::flags))
        .containsExactly(NON_SYNC, SYNC, NON_SYNC);
  }

  @Test
  void writesSignedCompositionOffsets() {
    List<Sample> samples =
        List.of(video(true, 3750, 5), video(false, 11_250, 5), video(false, -3750, 5));
    Bytes fragment = Fragment.write(1, 0, samples);
    Bytes trun = Boxes.required(Boxes.walk(fragment), "moof/traf/trun");
    assertThat(trun.u8(0)).isEqualTo(1); // version
    assertThat(Boxes.samples(fragment).stream().map(Boxes.ReadSample::compositionOffset))
        .containsExactly(3750, 11_250, -3750);
  }

  @Test
  void givesBackWhateverSamplesItWasGiven() {
    Random random = new Random(23000);
    for (int round = 0; round < 2000; round++) {
      List<Sample> samples = randomSamples(random);
      long base = random.nextLong() >>> 1;
      Bytes fragment = Fragment.write(round, base, samples);
      List<Boxes.ReadSample> read = Boxes.samples(fragment);
      assertThat(read).hasSameSizeAs(samples);
      long time = base;
      for (int i = 0; i < read.size(); i++) {
        Sample sample = samples.get(i);
        assertThat(read.get(i))
            .isEqualTo(
                new Boxes.ReadSample(
                    time,
                    sample.duration(),
                    sample.compositionOffset(),
                    sample.sync() ? SYNC : NON_SYNC,
                    sample.data()));
        time += sample.duration();
      }
    }
  }

  @Test
  void refusesNoSamplesAndNegativeDurations() {
    assertThatThrownBy(() -> Fragment.write(1, 0, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Sample(-1, 0, true, Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Sample> randomSamples(Random random) {
    boolean oneDuration = random.nextBoolean();
    boolean oneSize = random.nextBoolean();
    boolean offsets = random.nextBoolean();
    int syncs = random.nextInt(3);
    List<Sample> samples = new ArrayList<>();
    int count = 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      byte[] data = new byte[oneSize ? 17 : random.nextInt(300)];
      random.nextBytes(data);
      samples.add(
          new Sample(
              oneDuration ? 3000 : random.nextInt(9000),
              offsets ? random.nextInt(9000) - 3000 : 0,
              syncs == 0 || (syncs == 1 ? i == 0 : random.nextBoolean()),
              Bytes.wrap(data)));
    }
    return samples;
  }

  private static List<Sample> audio(int count) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(new Sample(1024, 0, true, Bytes.wrap(new byte[300 + i])));
    }
    return samples;
  }

  private static Sample video(boolean sync, int offset, int size) {
    return new Sample(3750, offset, sync, Bytes.wrap(new byte[size]));
  }
}

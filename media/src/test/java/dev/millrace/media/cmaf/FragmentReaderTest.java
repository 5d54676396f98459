package dev.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.testkit.Damage;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FragmentReaderTest {
  private int seed;

  @ParameterizedTest
  @ValueSource(strings = {"bbb_480p_gop2s.flv", "60fps_4slices_mono44k.flv", "h264_aud_mp3.flv"})
  void readsWhatIsWritten(String file) {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/" + file));
    assertRoundTrip(footage.videoTrack(), footage.videoSamples());
    assertRoundTrip(footage.audioTrack(), footage.audioSamples());
  }

  @Test
  void readsWhateverSamplesThereAre() {
    Random random = new Random(23000);
    InitSection video = video();
    for (int round = 0; round < 500; round++) {
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(20); i++) {
        byte[] data = new byte[random.nextInt(300)];
        random.nextBytes(data);
        samples.add(
            new Sample(
                random.nextInt(9000),
                random.nextInt(9000) - 3000,
                random.nextBoolean(),
                Bytes.wrap(data)));
      }
      long base = random.nextLong() >>> 1;
      List<FragmentReader.ReadSample> read =
          FragmentReader.read(Fragment.write(round, base, samples), video);
      assertThat(read.stream().map(FragmentReader.ReadSample::sample)).isEqualTo(samples);
      assertThat(read.getFirst().decodeTime()).isEqualTo(base);
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesDamageWithoutHarm(Damage damage) {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/bbb_480p_gop2s.flv"));
    byte[] good = Fragment.write(1, 0, footage.audioSamples().subList(0, 24)).toArray();
    byte[] init = InitSegment.write(footage.audioTrack()).toArray();
    InitSection video = video();
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      Bytes damagedFragment = damaged(damage, good);
      refused += isRefused(() -> FragmentReader.read(damagedFragment, video));
      Bytes damagedInit = damaged(damage, init);
      refused += isRefused(() -> InitSection.read(damagedInit));
    }
    assertThat(refused).isPositive();
  }

  private Bytes damaged(Damage damage, byte[] good) {
    return Bytes.wrap(damage.apply(good, 0, new Random(seed++)));
  }

  private static int isRefused(Runnable read) {
    try {
      read.run();
      return 0;
    } catch (ProtocolException e) {
      return 1;
    }
  }

  private static InitSection video() {
    FlvFootage footage = FlvFootage.read(SharedMedia.bytes("media/srs_bbb_640x360.flv"));
    return InitSection.read(InitSegment.write(footage.videoTrack()));
  }

  private static void assertRoundTrip(Track track, List<Sample> samples) {
    InitSection init = InitSection.read(InitSegment.write(track));
    assertThat(init.timescale()).isEqualTo(InitSegment.timescale(track));
    assertThat(init.track()).isEqualTo(track);
    List<Bytes> fragments = new ArrayList<>();
    long time = 9_000_000_000L;
    for (int at = 0; at < samples.size(); at += 12) {
      List<Sample> some = samples.subList(at, Math.min(samples.size(), at + 12));
      fragments.add(Fragment.write(at, time, some));
      time += some.stream().mapToLong(Sample::duration).sum();
    }
    List<FragmentReader.ReadSample> read = FragmentReader.read(Bytes.concat(fragments), init);
    assertThat(read.stream().map(FragmentReader.ReadSample::sample)).isEqualTo(samples);
    assertThat(read.getFirst().decodeTime()).isEqualTo(9_000_000_000L);
    assertThat(read.getLast().decodeTime() + samples.getLast().duration()).isEqualTo(time);
  }
}

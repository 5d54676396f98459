package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a peer makes of a configuration, a reader reads it or throws ProtocolException. */
class MutationTest {
  private static final int ROUNDS = 20_000;

  record Reader(String name, Consumer<Bytes> read, List<Bytes> seeds) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Reader> readers() {
    List<Bytes> avcSps =
        AvcSpsTest.spsOfRealEncoders().map(sps -> Bytes.fromHex(sps.hex())).toList();
    List<Bytes> hevcSps =
        HevcSpsTest.spsOfRealEncoders().map(sps -> Bytes.fromHex(sps.hex())).toList();
    List<Bytes> asc =
        AudioSpecificConfigTest.configurations()
            .map(config -> Bytes.fromHex(config.hex()))
            .toList();
    Bytes avcC = AvcDecoderConfigurationTest.HIGH;
    Bytes hvcC = HevcDecoderConfigurationTest.INCOMPLETE;
    Bytes sample = Bytes.fromHex("000000020910 0000000265b8 0000000241b8");
    Track.Video avc = Tracks.avc(0, avcC, OptionalDouble.empty());
    Track.Video hevc = Tracks.hevc(0, hvcC, OptionalDouble.empty());
    return Stream.of(
        new Reader("AvcSps", AvcSps::read, avcSps),
        new Reader("HevcSps", HevcSps::read, hevcSps),
        new Reader(
            "HevcVps",
            HevcVps::read,
            List.of(Bytes.fromHex("40010c01ffff01600000030090000003000003003f959409"))),
        new Reader("avcC", bytes -> Tracks.avc(0, bytes, OptionalDouble.of(25)), List.of(avcC)),
        new Reader("hvcC", bytes -> Tracks.hevc(0, bytes, OptionalDouble.of(25)), List.of(hvcC)),
        new Reader(
            "av1C",
            bytes -> Tracks.av1(0, bytes, OptionalDouble.of(25)),
            List.of(
                Av1Configuration.of(Av1ConfigurationTest.MAIN).write(),
                Av1Configuration.of(Av1ConfigurationTest.PROFESSIONAL).write())),
        new Reader(
            "AV1 temporal unit",
            Av1Obus::sample,
            List.of(Bytes.fromHex("12000a0b000000043ea7bcfbf90040"))),
        new Reader("AudioSpecificConfig", bytes -> Tracks.aac(0, bytes), asc),
        new Reader(
            "MP3",
            bytes -> Tracks.mp3(0, bytes),
            List.of(Bytes.fromHex("fffb9000"), Bytes.fromHex("ffe318c4"))),
        new Reader(
            "NAL units",
            bytes -> {
              NalUnits.isRandomAccess(avc, bytes);
              NalUnits.isRandomAccess(hevc, bytes);
              NalUnits.lengthPrefixed(bytes, 4);
            },
            List.of(sample)));
  }

  @ParameterizedTest
  @MethodSource("readers")
  void letsOnlyProtocolExceptionEscape(Reader reader) {
    Random random = new Random(14496);
    int refused = 0;
    for (Bytes input : inputs(reader.seeds, random)) {
      try {
        reader.read.accept(input);
      } catch (ProtocolException e) {
        assertThat(e.getMessage()).isNotBlank();
        refused++;
      } catch (RuntimeException e) {
        throw new AssertionError(reader.name + " on " + input.hex(), e);
      }
    }
    assertThat(refused).as("inputs refused").isPositive();
  }

  private static Iterable<Bytes> inputs(List<Bytes> seeds, Random random) {
    List<Bytes> inputs = new ArrayList<>();
    for (Bytes seed : seeds) {
      for (int length = 0; length <= seed.length(); length++) {
        inputs.add(seed.slice(0, length));
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      inputs.add(mutate(seeds.get(random.nextInt(seeds.size())).toArray(), random));
    }
    return inputs;
  }

  private static Bytes mutate(byte[] bytes, Random random) {
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        default -> {
          int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
          Arrays.fill(bytes, at, end, (byte) (random.nextBoolean() ? 0xFF : 0));
        }
      }
    }
    return Bytes.wrap(
        bytes, 0, random.nextInt(8) == 0 ? random.nextInt(bytes.length) : bytes.length);
  }
}

package dev.millrace.media.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JCodec reads the same SPSs; its crop is known to be wrong where they are interlaced. */
class JcodecSecondOpinionTest {
  static Stream<AvcSpsTest.Case> progressive() {
    return AvcSpsTest.spsOfRealEncoders()
        .filter(sps -> sps.traits().endsWith("4:2:0 8/8 progressive"));
  }

  @ParameterizedTest
  @MethodSource("progressive")
  void agreesOnProgressiveSps(AvcSpsTest.Case given) {
    Bytes nal = Bytes.fromHex(given.hex());
    BitReader unescaped = BitReader.ofRbsp(nal, 1, "test");
    byte[] rbsp = new byte[unescaped.remainingBits() / 8];
    for (int i = 0; i < rbsp.length; i++) {
      rbsp[i] = (byte) unescaped.u(8);
    }
    SeqParameterSet theirs = SeqParameterSet.read(ByteBuffer.wrap(rbsp));
    AvcSps ours = AvcSps.read(nal);
    assertThat(ours.codedWidth()).isEqualTo(theirs.picWidthInMbsMinus1 * 16 + 16);
    assertThat(ours.codedHeight()).isEqualTo(SeqParameterSet.getPicHeightInMbs(theirs) * 16);
    int cropped = theirs.frameCroppingFlag ? 2 * theirs.frameCropBottomOffset : 0;
    assertThat(ours.height()).isEqualTo(ours.codedHeight() - cropped);
    assertThat(ours.profileIdc()).isEqualTo(theirs.profileIdc);
    assertThat(ours.levelIdc()).isEqualTo(theirs.levelIdc);
    VideoTiming timing = ours.timing().orElseThrow();
    assertThat(timing.timeScale()).isEqualTo(theirs.vuiParams.timeScale);
    assertThat(timing.numUnitsInTick()).isEqualTo(theirs.vuiParams.numUnitsInTick);
    assertThat(timing.fixed()).isEqualTo(theirs.vuiParams.fixedFrameRateFlag);
    assertThat(ours.maxNumReorderFrames())
        .hasValue(theirs.vuiParams.bitstreamRestriction.numReorderFrames);
  }
}

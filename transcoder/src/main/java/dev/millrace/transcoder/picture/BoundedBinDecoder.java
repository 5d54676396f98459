package dev.millrace.transcoder.picture;

import dev.millrace.media.ProtocolException;
import java.nio.ByteBuffer;
import org.jcodec.codecs.common.biari.MDecoder;

/**
 * JCodec's arithmetic decoder with an end. Behind the data it goes on with zeros, and with the
 * wrong contexts those are unary numbers that never end.
 */
final class BoundedBinDecoder extends MDecoder {
  private static final int LENIENCE = 4;

  private long binsLeft;

  /**
   * @param macroblocks of the picture
   */
  BoundedBinDecoder(ByteBuffer data, int[][] contexts, int macroblocks) {
    super(data, contexts);
    // ISO/IEC 14496-10 §7.4.2.10: at most 32/3 bins a byte and RawMbBits / 32 a macroblock, which
    // is 96 for 4:2:0 of 8 bits. x264 exceeds it where flat pictures have more bits than they need.
    binsLeft = LENIENCE * (11L * data.limit() + 96L * macroblocks);
  }

  @Override
  public int decodeBin(int context) {
    count();
    return super.decodeBin(context);
  }

  @Override
  public int decodeBinBypass() {
    count();
    return super.decodeBinBypass();
  }

  private void count() {
    if (--binsLeft < 0) {
      throw ProtocolException.malformed("far more bins than §7.4.2.10 of H.264 allows");
    }
  }
}

package dev.millrace.transcoder.picture;

import dev.millrace.media.codec.AvcSps;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;

/**
 * A picture in Y'CbCr, and how its samples become colours. One thread; its planes never change.
 *
 * @param cb of the luma's size or half of it
 * @param cr of the same size as {@code cb}
 * @param sarWidth the shape of a sample, with {@code sarHeight}
 */
record YuvPicture(Plane luma, Plane cb, Plane cr, int sarWidth, int sarHeight, YuvColours colours) {
  /** Sample aspect ratios beyond this, either way, are taken for nonsense. */
  private static final int MAX_STRETCH = 4;

  /**
   * Takes planes of coded size, 4:2:0, whose samples are 128 less than they mean, as JCodec's are.
   */
  static YuvPicture ofSigned(byte[] luma, byte[] cb, byte[] cr, AvcSps sps) {
    int left = sps.cropLeft();
    int top = sps.cropTop();
    int width = sps.width();
    int height = sps.height();
    int stride = sps.codedWidth();
    // ISO/IEC 14496-10 §7.4.2.1.1: with 4:2:0 all crop offsets are even.
    return new YuvPicture(
        Plane.ofSigned(luma, stride, left, top, width, height),
        Plane.ofSigned(cb, stride / 2, left / 2, top / 2, width / 2, height / 2),
        Plane.ofSigned(cr, stride / 2, left / 2, top / 2, width / 2, height / 2),
        sps.sarWidth(),
        sps.sarHeight(),
        YuvColours.of(sps));
  }

  /**
   * As it is to be shown, with square samples: at most so many pixels wide, and larger than the
   * picture in neither direction.
   */
  YuvPicture shown(int maxWidth) {
    double sar = (double) sarWidth / sarHeight;
    if (sar > MAX_STRETCH || sar < 1.0 / MAX_STRETCH) {
      sar = 1;
    }
    double width = luma.width() * Math.min(1, sar);
    double height = luma.height() * Math.min(1, 1 / sar);
    double scale = Math.min(1, maxWidth / width);
    int shownWidth = Math.max(1, (int) Math.round(width * scale));
    int shownHeight = Math.max(1, (int) Math.round(height * scale));
    return new YuvPicture(
        luma.scaled(shownWidth, shownHeight),
        cb.scaled(shownWidth, shownHeight),
        cr.scaled(shownWidth, shownHeight),
        1,
        1,
        colours);
  }

  /** The picture in RGB; all planes must have one size, as those of {@link #shown} have. */
  BufferedImage toImage() {
    BufferedImage image =
        new BufferedImage(luma.width(), luma.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    int at = 0;
    for (int y = 0; y < luma.height(); y++) {
      for (int x = 0; x < luma.width(); x++) {
        int rgb = colours.rgb(luma.sample(x, y), cb.sample(x, y), cr.sample(x, y));
        bgr[at++] = (byte) rgb;
        bgr[at++] = (byte) (rgb >> 8);
        bgr[at++] = (byte) (rgb >> 16);
      }
    }
    return image;
  }
}

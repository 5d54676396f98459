package dev.millrace.transcoder.picture;

import dev.millrace.media.Bytes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures as JPEG, at a quality that is good enough to look at in passing. One thread. */
final class JpegWriter implements AutoCloseable {
  private static final float QUALITY = 0.75f;

  private final ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
  private final ImageWriteParam parameters = writer.getDefaultWriteParam();

  JpegWriter() {
    parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    parameters.setCompressionQuality(QUALITY);
  }

  Bytes write(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream target = new MemoryCacheImageOutputStream(out)) {
      writer.setOutput(target);
      writer.write(null, new IIOImage(image, null, null), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException("a JPEG could not be written to memory", e);
    } finally {
      writer.reset();
    }
    return Bytes.wrap(out.toByteArray());
  }

  @Override
  public void close() {
    writer.dispose();
  }
}

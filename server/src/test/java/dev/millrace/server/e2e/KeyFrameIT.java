package dev.millrace.server.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.mp4.AvcCBox;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Picture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first frame of a segment is a picture to a decoder that is neither ours nor FFmpeg's. */
class KeyFrameIT {
  private static final int IDR_SLICE = 5;
  private static final int OTHER_SLICE = 1;

  @TempDir Path folder;

  @Test
  void segmentsBeginWithAPictureThatJcodecDecodes() {
    try (NodeUnderTest node = NodeUnderTest.startOpen(folder);
        ChildProcess publisher =
            Publisher.libav(folder, "test", node.rtmp("key"), "--size", "320x176")) {
      Streams.await(node, "key", "has a segment", () -> Streams.segments(node, "key") >= 1);
      String playlist = Streams.playlist(node, "key", "video");
      byte[] init =
          node.bytes("/hls/live/key/video/" + find(playlist, "#EXT-X-MAP:URI=\"([^\"]+)\""));
      byte[] segment =
          node.bytes("/hls/live/key/video/" + find(playlist, "(?m)^(\\d+-\\d+\\.m4s)$"));

      AvcCBox configuration =
          AvcCBox.parseAvcCBox(
              ByteBuffer.wrap(init, boxBody(init, "avcC"), init.length - boxBody(init, "avcC"))
                  .slice());
      H264Decoder decoder = new H264Decoder();
      decoder.addSps(configuration.getSpsList());
      decoder.addPps(configuration.getPpsList());
      Picture buffer = Picture.create(320, 176, ColorSpace.YUV420J);
      Picture picture =
          decoder.decodeFrameFromNals(
              firstFrame(segment, boxBody(segment, "mdat")), buffer.getData());

      assertThat(picture.getCroppedWidth()).isEqualTo(320);
      assertThat(picture.getCroppedHeight()).isEqualTo(176);
      assertThat(differentLumaValues(picture)).as("a picture, not a grey field").isGreaterThan(20);
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  private static String find(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertThat(found.find()).as(pattern + " in\n" + text).isTrue();
    return found.group(1);
  }

  /** Where the body of the first box of this type begins. */
  private static int boxBody(byte[] file, String type) {
    int at = new String(file, StandardCharsets.ISO_8859_1).indexOf(type);
    assertThat(at).as("box " + type).isPositive();
    return at + 4;
  }

  /**
   * The NAL units of the first access unit: all up to the first slice that is not of an IDR
   * picture.
   */
  private static List<ByteBuffer> firstFrame(byte[] segment, int mdat) {
    List<ByteBuffer> units = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(segment);
    int idrSlices = 0;
    for (int at = mdat; at + 4 < segment.length; ) {
      int length = in.getInt(at);
      int type = segment[at + 4] & 0x1F;
      if (type == OTHER_SLICE) {
        break;
      }
      idrSlices += type == IDR_SLICE ? 1 : 0;
      units.add(ByteBuffer.wrap(segment, at + 4, length).slice());
      at += 4 + length;
    }
    assertThat(idrSlices).as("IDR slices").isPositive();
    return units;
  }

  private static long differentLumaValues(Picture picture) {
    boolean[] seen = new boolean[256];
    long count = 0;
    for (byte value : picture.getPlaneData(0)) {
      int luma = value + 128;
      count += seen[luma] ? 0 : 1;
      seen[luma] = true;
    }
    return count;
  }
}

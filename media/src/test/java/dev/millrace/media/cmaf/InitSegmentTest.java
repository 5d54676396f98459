package dev.millrace.media.cmaf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class InitSegmentTest {
  /** 720x480, sample aspect ratio 8:9, no colour description; x264. */
  private static final Bytes NTSC =
      Bytes.fromHex(
          "0142c01effe1001a6742c01eda02d0f6ffc00200024400000fa40003a9803c58ba8001000468ce0fc8");

  /** 1920x1080, square, BT.709; x264. */
  private static final Bytes HD =
      Bytes.fromHex(
          "0142c028ffe1001b6742c028da01e0089f97016a020202800001f480007530078c1950"
              + "01000468ce0fc8");

  private static final Bytes HEVC =
      Bytes.fromHex(
          "0101600000009000000000003ff000fcfdf8f800000f03"
              + "a00001001840010c01ffff01600000030090000003000003003f959409"
              + "a1000100304201010160000003009000000300000300"
              + "3fa005020171f2e595952930bffc14041401a708000003000800000300c040"
              + "a2000100064401c073c189");

  @Test
  void writesTheBoxesOfCmafHeaderInOrder() {
    Bytes init = InitSegment.write(Tracks.avc(0, HD, OptionalDouble.empty()));
    assertThat(Boxes.walk(init).keySet())
        .containsExactly(
            "ftyp",
            "moov",
            "moov/mvhd",
            "moov/trak",
            "moov/trak/tkhd",
            "moov/trak/mdia",
            "moov/trak/mdia/mdhd",
            "moov/trak/mdia/hdlr",
            "moov/trak/mdia/minf",
            "moov/trak/mdia/minf/vmhd",
            "moov/trak/mdia/minf/dinf",
            "moov/trak/mdia/minf/dinf/dref",
            "moov/trak/mdia/minf/stbl",
            "moov/trak/mdia/minf/stbl/stsd",
            "moov/trak/mdia/minf/stbl/stts",
            "moov/trak/mdia/minf/stbl/stsc",
            "moov/trak/mdia/minf/stbl/stsz",
            "moov/trak/mdia/minf/stbl/stco",
            "moov/mvex",
            "moov/mvex/trex");
  }

  @Test
  void declaresNoDurationAndNoSamples() {
    Map<String, Bytes> boxes =
        Boxes.walk(InitSegment.write(Tracks.avc(0, HD, OptionalDouble.empty())));
    assertThat(box(boxes, "moov/mvhd").length()).isEqualTo(100);
    assertThat(box(boxes, "moov/mvhd").s32(16)).isZero();
    assertThat(box(boxes, "moov/trak/tkhd").length()).isEqualTo(84);
    assertThat(box(boxes, "moov/trak/tkhd").s32(20)).isZero();
    assertThat(box(boxes, "moov/trak/mdia/mdhd").s32(16)).isZero();
    String stbl = "moov/trak/mdia/minf/stbl/";
    assertThat(box(boxes, stbl + "stts").hex()).isEqualTo("0000000000000000");
    assertThat(box(boxes, stbl + "stsc").hex()).isEqualTo("0000000000000000");
    assertThat(box(boxes, stbl + "stco").hex()).isEqualTo("0000000000000000");
    assertThat(box(boxes, stbl + "stsz").hex()).isEqualTo("000000000000000000000000");
    assertThat(box(boxes, "moov/mvex/trex").hex())
        .isEqualTo("000000000000000100000001000000000000000000000000");
  }

  @Test
  void writesAvcSampleEntryWithColour() {
    Track.Video track = Tracks.avc(0, HD, OptionalDouble.empty());
    Map<String, Bytes> boxes = Boxes.walk(InitSegment.write(track));
    Bytes entry = sampleEntry(boxes, "avc1");
    assertThat(entry.u16(24) + "x" + entry.u16(26)).isEqualTo("1920x1080");
    Map<String, Bytes> inner = Boxes.children(entry.slice(78));
    assertThat(inner.keySet()).containsExactly("avcC", "colr");
    assertThat(box(inner, "avcC")).isEqualTo(HD);
    assertThat(box(inner, "colr").hex()).isEqualTo("6e636c78" + "000100010001" + "00");
    assertThat(box(boxes, "moov/trak/mdia/mdhd").s32(12)).isEqualTo(90_000);
    assertThat(box(boxes, "moov/trak/mdia/hdlr").slice(8, 4).utf8()).isEqualTo("vide");
    assertThat(InitSegment.timescale(track)).isEqualTo(90_000);
  }

  @Test
  void writesPixelAspectRatioAndThePresentedWidth() {
    Map<String, Bytes> boxes =
        Boxes.walk(InitSegment.write(Tracks.avc(0, NTSC, OptionalDouble.empty())));
    Map<String, Bytes> inner = Boxes.children(sampleEntry(boxes, "avc1").slice(78));
    assertThat(inner.keySet()).containsExactly("avcC", "pasp");
    assertThat(box(inner, "pasp").hex()).isEqualTo("0000000800000009");
    Bytes tkhd = box(boxes, "moov/trak/tkhd");
    assertThat(tkhd.u16(76) + "x" + tkhd.u16(80)).isEqualTo("640x480");
  }

  @Test
  void writesHevcSampleEntry() {
    Map<String, Bytes> boxes =
        Boxes.walk(InitSegment.write(Tracks.hevc(0, HEVC, OptionalDouble.empty())));
    Bytes entry = sampleEntry(boxes, "hvc1");
    assertThat(entry.u16(24) + "x" + entry.u16(26)).isEqualTo("640x360");
    assertThat(box(Boxes.children(entry.slice(78)), "hvcC")).isEqualTo(HEVC);
  }

  @Test
  void writesAv1SampleEntry() {
    // libaom, 426x240, BT.2020 with PQ
    Bytes av1C = Bytes.fromHex("81404800" + "0a0e400000043ea7bcdaf94848804880");
    Map<String, Bytes> boxes =
        Boxes.walk(InitSegment.write(Tracks.av1(0, av1C, OptionalDouble.of(30))));
    Bytes entry = sampleEntry(boxes, "av01");
    assertThat(entry.u16(24) + "x" + entry.u16(26)).isEqualTo("426x240");
    Map<String, Bytes> inner = Boxes.children(entry.slice(78));
    assertThat(box(inner, "av1C")).isEqualTo(av1C);
    assertThat(box(inner, "colr").hex()).isEqualTo("6e636c78" + "000900100009" + "00");
  }

  @Test
  void writesAacSampleEntry() {
    Track.Audio track = Tracks.aac(0, Bytes.fromHex("11b0"));
    Map<String, Bytes> boxes = Boxes.walk(InitSegment.write(track));
    Bytes entry = sampleEntry(boxes, "mp4a");
    assertThat(entry.u16(16)).isEqualTo(6); // channelcount
    assertThat(entry.u32(24)).isEqualTo(48_000L << 16);
    assertThat(box(Boxes.children(entry.slice(28)), "esds").hex())
        .isEqualTo(
            ("00000000 03 19 0000 00" // ES_Descriptor
                    + "04 11 40 15 000000 00000000 00000000" // DecoderConfigDescriptor, AAC
                    + "05 02 11b0" // DecoderSpecificInfo
                    + "06 01 02") // SLConfigDescriptor
                .replace(" ", ""));
    assertThat(box(boxes, "moov/trak/mdia/mdhd").s32(12)).isEqualTo(48_000);
    assertThat(box(boxes, "moov/trak/mdia/hdlr").slice(8, 4).utf8()).isEqualTo("soun");
    assertThat(boxes).containsKey("moov/trak/mdia/minf/smhd");
    assertThat(InitSegment.timescale(track)).isEqualTo(48_000);
  }

  @Test
  void namesMp3ByItsObjectTypeIndication() {
    assertThat(esdsOfMp3("fffb9000")).startsWith("00000000" + "0315000000" + "040d6b15");
    assertThat(esdsOfMp3("fff38000")).startsWith("00000000" + "0315000000" + "040d6915");
  }

  @Test
  void leavesOutARateThatDoesNotFitTheSampleEntry() {
    Bytes entry =
        sampleEntry(Boxes.walk(InitSegment.write(Tracks.aac(0, Bytes.fromHex("1010")))), "mp4a");
    assertThat(entry.u32(24)).isZero(); // 96000 Hz
  }

  @Test
  void writesDescriptorSizesBeyond127InSeveralBytes() {
    Bytes zeros = Bytes.wrap(new byte[300]);
    Bytes config = Bytes.concat(List.of(Bytes.fromHex("1190"), zeros));
    Track.Audio track =
        new Track.Audio(0, Track.AudioCodec.AAC, "mp4a.40.2", config, 48_000, 2, 1024);
    String esds = ElementaryStreamDescriptor.write(track).hex();
    // 302 = 2 * 128 + 46: 82 2e; around it 13 + 3 + 302 = 318: 82 3e; 3 + 3 + 318 + 3 = 327: 82 47
    assertThat(esds).startsWith("038247" + "000000" + "04823e" + "4015").contains("05822e1190");
  }

  private static String esdsOfMp3(String header) {
    Bytes init = InitSegment.write(Tracks.mp3(0, Bytes.fromHex(header)));
    Bytes entry = sampleEntry(Boxes.walk(init), "mp4a");
    return box(Boxes.children(entry.slice(28)), "esds").hex();
  }

  private static Bytes sampleEntry(Map<String, Bytes> boxes, String type) {
    Bytes stsd = box(boxes, "moov/trak/mdia/minf/stbl/stsd");
    assertThat(stsd.slice(0, 8).hex()).isEqualTo("0000000000000001");
    return box(Boxes.children(stsd.slice(8)), type);
  }

  private static Bytes box(Map<String, Bytes> boxes, String path) {
    return Boxes.required(boxes, path);
  }
}

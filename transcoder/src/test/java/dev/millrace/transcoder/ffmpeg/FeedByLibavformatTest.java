package dev.millrace.transcoder.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.FeedWriter;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.VideoTagBody;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.testkit.SharedMedia;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A feed whose times have microseconds, so that its frames are Enhanced RTMP tags with ModEx
 * headers, read by a libavformat that knows them (8.0; the one of older programs does not).
 */
class FeedByLibavformatTest {
  private static final long ODD_US = 123;

  @TempDir Path folder;

  @Test
  void readsFramesWithNanosecondOffsets() throws IOException {
    List<FeedRecord> records = records(SharedMedia.bytes("media/bbb_480p_gop2s.flv"));
    Path captured = folder.resolve("captured.flv");
    List<Bytes> all = new ArrayList<>(List.of(FeedWriter.header()));
    FeedWriter writer = new FeedWriter();
    records.forEach(record -> all.add(writer.write(record)));
    Files.write(captured, Bytes.concat(all).toArray());

    assertThat(packets(captured)).containsExactlyElementsOf(expected(records));
  }

  private static List<String> expected(List<FeedRecord> records) {
    return records.stream()
        .filter(FeedRecord.Media.class::isInstance)
        .map(record -> ((FeedRecord.Media) record).frame())
        .map(
            frame ->
                "%s %d %d %d"
                    .formatted(
                        frame.type() == MediaType.VIDEO ? "h264" : "aac",
                        frame.dtsUs() / 1000,
                        frame.ptsUs() / 1000,
                        frame.data().length()))
        .toList();
  }

  /** Frames as they stand in the file, each a little later than the whole millisecond. */
  private static List<FeedRecord> records(byte[] file) {
    List<FeedRecord> frames = new ArrayList<>();
    List<Track> tracks = new ArrayList<>();
    new FlvFileReader(
            10_000_000,
            tag -> {
              long dtsUs = tag.timestamp() * 1000L + ODD_US;
              if (tag.type() == FlvTag.VIDEO) {
                switch (VideoTagBody.read(tag.body())) {
                  case VideoTagBody.SequenceStart start ->
                      tracks.add(Tracks.avc(0, start.configuration(), OptionalDouble.empty()));
                  case VideoTagBody.CodedFrame frame ->
                      frames.add(
                          new FeedRecord.Media(
                              new Frame(
                                  MediaType.VIDEO,
                                  0,
                                  dtsUs,
                                  dtsUs + frame.compositionTimeMs() * 1000L,
                                  frame.keyFlag(),
                                  frame.data(),
                                  0)));
                  default -> {}
                }
              } else if (tag.type() == FlvTag.AUDIO) {
                switch (AudioTagBody.read(tag.body())) {
                  case AudioTagBody.SequenceStart start ->
                      tracks.add(Tracks.aac(0, start.configuration()));
                  case AudioTagBody.CodedFrame frame ->
                      frames.add(
                          new FeedRecord.Media(
                              new Frame(
                                  MediaType.AUDIO, 0, dtsUs, dtsUs, true, frame.data(), 0)));
                  default -> {}
                }
              }
            })
        .feed(file, 0, file.length);
    List<FeedRecord> records = new ArrayList<>();
    records.add(new FeedRecord.Opened(new StreamPath("live", "main"), 1, Targets.DEFAULT));
    records.add(new FeedRecord.Tracks(tracks, 0, LadderPlan.NONE));
    records.add(new FeedRecord.Mark(new SegmentMark(1, 0, 0, true, 0, 0, 0)));
    records.addAll(frames);
    return records;
  }

  private static List<String> packets(Path file) {
    AVFormatContext context = new AVFormatContext(null);
    AVPacket packet = avcodec.av_packet_alloc();
    List<String> read = new ArrayList<>();
    try {
      assertThat(
              avformat.avformat_open_input(context, file.toString(), null, (AVDictionary) null))
          .isZero();
      while (avformat.av_read_frame(context, packet) >= 0) {
        var parameters = context.streams(packet.stream_index()).codecpar();
        if (parameters.codec_type() != avutil.AVMEDIA_TYPE_DATA) {
          read.add(
              "%s %d %d %d"
                  .formatted(
                      avcodec.avcodec_get_name(parameters.codec_id()).getString(),
                      packet.dts(),
                      packet.pts(),
                      packet.size()));
        }
        avcodec.av_packet_unref(packet);
      }
    } finally {
      avcodec.av_packet_free(packet);
      avformat.avformat_close_input(context);
    }
    return read;
  }
}

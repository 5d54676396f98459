package dev.millrace.transcoder.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.PointerPointer;

/** Owns a file being read: its best video and its best audio track, renumbered 0 and 1. */
final class MediaFile implements AutoCloseable {
  /** What this server's publishers send over RTMP. */
  private static final Set<Integer> FITTING =
      Set.of(AV_CODEC_ID_H264, AV_CODEC_ID_HEVC, AV_CODEC_ID_AAC, AV_CODEC_ID_MP3);

  private final AVFormatContext context = new AVFormatContext(null);
  private final List<AVStream> streams = new ArrayList<>();

  MediaFile(String name, PublishOptions.Tracks wanted) {
    AvError.check(avformat_open_input(context, name, null, (AVDictionary) null), "open " + name);
    try {
      AvError.check(
          avformat_find_stream_info(context, (PointerPointer<?>) null), "find tracks in " + name);
      if (wanted.video()) {
        select(AVMEDIA_TYPE_VIDEO);
      }
      if (wanted.audio()) {
        select(AVMEDIA_TYPE_AUDIO);
      }
      AvError.check(streams.isEmpty() ? -1 : 0, "find video or audio in " + name);
    } catch (AvError e) {
      close();
      throw e;
    }
  }

  private void select(int mediaType) {
    int index = av_find_best_stream(context, mediaType, -1, -1, (PointerPointer<?>) null, 0);
    if (index >= 0) {
      streams.add(context.streams(index));
    }
  }

  /** Borrowed until close. */
  List<AVCodecParameters> tracks() {
    return streams.stream().map(AVStream::codecpar).toList();
  }

  /** Whether all tracks can be sent as they are. */
  boolean fits() {
    return streams.stream().allMatch(stream -> FITTING.contains(stream.codecpar().codec_id()));
  }

  boolean hasVideo() {
    return has(AVMEDIA_TYPE_VIDEO);
  }

  boolean hasAudio() {
    return has(AVMEDIA_TYPE_AUDIO);
  }

  private boolean has(int mediaType) {
    return streams.stream().anyMatch(stream -> stream.codecpar().codec_type() == mediaType);
  }

  boolean isVideo(int track) {
    return streams.get(track).codecpar().codec_type() == AVMEDIA_TYPE_VIDEO;
  }

  /** Borrowed until close. */
  AVRational timeBase(int track) {
    return streams.get(track).time_base();
  }

  /** Reads the next packet of the selected tracks that has a decode time. False at the end. */
  boolean read(AVPacket packet) {
    while (AvError.delivered(av_read_frame(context, packet), "read the file")) {
      for (int track = 0; track < streams.size(); track++) {
        if (streams.get(track).index() == packet.stream_index() && packet.dts() != AV_NOPTS_VALUE) {
          packet.stream_index(track);
          return true;
        }
      }
      av_packet_unref(packet);
    }
    return false;
  }

  @Override
  public void close() {
    avformat_close_input(context);
  }
}

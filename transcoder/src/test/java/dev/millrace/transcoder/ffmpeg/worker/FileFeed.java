package dev.millrace.transcoder.ffmpeg.worker;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MP3;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import dev.millrace.transcoder.ffmpeg.av.AvError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A media file as the feed of a stream that was published from it. */
final class FileFeed {
  static final StreamPath PATH = StreamPath.parse("live/footage");
  static final long EPOCH = 1_763_700_000_000L;
  static final long WALL_US = 1_763_700_000_000_000L;
  private static final long SEGMENT_US = 2_000_000;
  private static final long LONGEST_US = 4_000_000;

  private final List<Frame> frames = new ArrayList<>();

  /** Tracks from the frame of this index on. */
  private final Map<Integer, List<Track>> tracks = new HashMap<>();

  private FileFeed() {}

  static FileFeed read(Path file) {
    FileFeed feed = new FileFeed();
    feed.demux(file.toString());
    return feed;
  }

  List<Frame> frames(MediaType type) {
    return frames.stream().filter(frame -> frame.type() == type).toList();
  }

  Track.Video video() {
    return firstTracks().stream()
        .filter(Track.Video.class::isInstance)
        .map(Track.Video.class::cast)
        .findFirst()
        .orElseThrow();
  }

  Track.Audio audio() {
    return firstTracks().stream()
        .filter(Track.Audio.class::isInstance)
        .map(Track.Audio.class::cast)
        .findFirst()
        .orElseThrow();
  }

  List<Track> firstTracks() {
    return Objects.requireNonNull(tracks.get(0));
  }

  /** The same without one of the media. */
  FileFeed without(MediaType type) {
    FileFeed feed = new FileFeed();
    feed.frames.addAll(frames.stream().filter(frame -> frame.type() != type).toList());
    feed.tracks.put(
        0,
        firstTracks().stream()
            .filter(track -> track instanceof Track.Video != (type == MediaType.VIDEO))
            .toList());
    return feed;
  }

  /** Everything that a worker reads: marks at key frames two seconds apart, or four at most. */
  List<FeedRecord> records(LadderPlan plan) {
    List<FeedRecord> records = new ArrayList<>();
    records.add(new FeedRecord.Opened(PATH, EPOCH, Targets.DEFAULT));
    boolean hasVideo = frames.stream().anyMatch(frame -> frame.type() == MediaType.VIDEO);
    long msn = 100;
    int section = 0;
    long originUs = 0;
    long lastUs = Long.MIN_VALUE;
    long anchorUs = WALL_US;
    List<FeedRecord> waiting = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      Frame frame = frames.get(i);
      boolean leads = !hasVideo || frame.type() == MediaType.VIDEO;
      if (tracks.containsKey(i)) {
        waiting.add(new FeedRecord.Tracks(tracks.get(i), 0, plan));
      }
      boolean changed = waiting.stream().anyMatch(FeedRecord.Tracks.class::isInstance);
      if (leads && frame.key() && changed) {
        section++;
        if (lastUs != Long.MIN_VALUE) {
          anchorUs += frame.ptsUs() - originUs;
        }
        originUs = frame.ptsUs();
        lastUs = Long.MIN_VALUE;
        records.addAll(waiting.stream().filter(FeedRecord.Tracks.class::isInstance).toList());
        waiting.removeIf(FeedRecord.Tracks.class::isInstance);
      }
      long at = frame.ptsUs() - originUs;
      if (leads
          && section > 0
          && (lastUs == Long.MIN_VALUE
              || (frame.key() && at - lastUs >= SEGMENT_US)
              || at - lastUs >= LONGEST_US)) {
        records.add(
            new FeedRecord.Mark(
                new SegmentMark(msn++, section - 1, anchorUs + at, true, section, at, originUs)));
        lastUs = at;
      }
      waiting.add(new FeedRecord.Media(frame));
      if (section > 0) {
        records.addAll(waiting);
        waiting.clear();
      }
    }
    records.add(new FeedRecord.Ended());
    return records;
  }

  private void demux(String name) {
    AVFormatContext context = new AVFormatContext(null);
    AvError.check(avformat_open_input(context, name, null, (AVDictionary) null), "open " + name);
    AvError.check(avformat_find_stream_info(context, (PointerPointer<?>) null), "read " + name);
    List<Track> present = new ArrayList<>();
    Map<Integer, Track> byIndex = new HashMap<>();
    AVPacket packet = av_packet_alloc();
    AVRational micros = new AVRational().num(1).den(1_000_000);
    while (AvError.delivered(av_read_frame(context, packet), "read " + name)) {
      int index = packet.stream_index();
      AVCodecParameters codec = context.streams(index).codecpar();
      if (codec.codec_type() != AVMEDIA_TYPE_VIDEO && codec.codec_type() != AVMEDIA_TYPE_AUDIO) {
        av_packet_unref(packet);
        continue;
      }
      byte[] bytes = new byte[packet.size()];
      packet.data().get(bytes);
      Bytes data = Bytes.wrap(bytes);
      Optional<Bytes> changed = newExtradata(packet);
      if (!byIndex.containsKey(index) || changed.isPresent()) {
        Bytes extradata = changed.orElseGet(() -> extradata(codec));
        double rate =
            (double) context.streams(index).avg_frame_rate().num()
                / Math.max(1, context.streams(index).avg_frame_rate().den());
        Track track = track(codec, extradata, data, rate);
        present.remove(byIndex.put(index, track));
        present.add(track);
      }
      av_packet_rescale_ts(packet, context.streams(index).time_base(), micros);
      MediaType type =
          byIndex.get(index) instanceof Track.Video ? MediaType.VIDEO : MediaType.AUDIO;
      boolean key = (packet.flags() & AV_PKT_FLAG_KEY) != 0;
      frames.add(new Frame(type, 0, packet.dts(), packet.pts(), key, data, 0));
      if (changed.isPresent()) {
        tracks.put(frames.size() - 1, List.copyOf(present));
      }
      av_packet_unref(packet);
    }
    tracks.put(0, List.copyOf(tracks.isEmpty() ? present : firstOfEach(byIndex, context)));
    av_packet_free(packet);
    avformat_close_input(context);
    if (!name.endsWith(".flv")) {
      frames.sort(Comparator.comparingLong(Frame::dtsUs));
    }
  }

  private static List<Track> firstOfEach(Map<Integer, Track> tracks, AVFormatContext context) {
    List<Track> first = new ArrayList<>();
    tracks.forEach(
        (index, track) -> {
          AVCodecParameters codec = context.streams(index).codecpar();
          first.add(
              track instanceof Track.Video
                  ? track(codec, extradata(codec), Bytes.EMPTY, 24)
                  : track);
        });
    return first;
  }

  private static Track track(
      AVCodecParameters codec, Bytes extradata, Bytes firstFrame, double rate) {
    int id = codec.codec_id();
    if (id == AV_CODEC_ID_H264) {
      return Tracks.avc(0, extradata, OptionalDouble.of(rate));
    } else if (id == AV_CODEC_ID_HEVC) {
      return Tracks.hevc(0, extradata, OptionalDouble.of(rate));
    } else if (id == AV_CODEC_ID_AAC) {
      return Tracks.aac(0, extradata);
    } else if (id == AV_CODEC_ID_MP3) {
      return Tracks.mp3(0, firstFrame);
    }
    throw new IllegalArgumentException("codec " + id);
  }

  private static Bytes extradata(AVCodecParameters codec) {
    byte[] bytes = new byte[codec.extradata_size()];
    if (bytes.length > 0) {
      codec.extradata().get(bytes);
    }
    return Bytes.wrap(bytes);
  }

  private static Optional<Bytes> newExtradata(AVPacket packet) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      BytePointer data = av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, size);
      if (data == null || data.isNull() || size.get() == 0) {
        return Optional.empty();
      }
      byte[] bytes = new byte[(int) size.get()];
      data.get(bytes);
      return Optional.of(Bytes.wrap(bytes));
    }
  }
}

package dev.millrace.media.feed;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;

/** Feeds of any shape that the types allow, the same for the same seed. */
final class RandomFeed {
  /** AV1 is made here, and never published. */
  private static final Track.VideoCodec[] PUBLISHED = {Track.VideoCodec.AVC, Track.VideoCodec.HEVC};

  private static final long FAR = 1L << 52;

  private final Random random;
  private final List<FeedRecord> records = new ArrayList<>();
  private List<Track> tracks = List.of();
  private long dtsUs;

  private RandomFeed(long seed) {
    random = new Random(seed);
  }

  static List<FeedRecord> of(long seed, int length) {
    RandomFeed feed = new RandomFeed(seed);
    feed.opened();
    for (int i = 0; i < length; i++) {
      feed.next();
    }
    feed.records.add(new FeedRecord.Ended());
    return feed.records;
  }

  private void next() {
    int what = random.nextInt(20);
    if (what == 0 && random.nextInt(10) == 0) {
      opened();
    } else if (what <= 2 || tracks.isEmpty()) {
      tracks();
    } else if (what <= 5) {
      mark();
    } else {
      frame();
    }
  }

  private void opened() {
    tracks = List.of();
    long part = 1L + random.nextInt(1_000_000);
    long segment = part + random.nextInt(4_000_000);
    int target = 6 + random.nextInt(10);
    records.add(
        new FeedRecord.Opened(
            new StreamPath("app" + random.nextInt(9), "name~" + random.nextInt(9)),
            random.nextLong(FAR),
            new Targets(segment, target, part, random.nextLong(FAR))));
  }

  private void mark() {
    records.add(
        new FeedRecord.Mark(
            random.nextBoolean()
                ? SegmentMark.away(random.nextLong(FAR), random.nextLong(FAR), time())
                : new SegmentMark(
                    random.nextLong(FAR),
                    random.nextLong(FAR),
                    time(),
                    true,
                    random.nextInt(1000),
                    time(),
                    time())));
  }

  private void tracks() {
    List<Track> all = new ArrayList<>();
    for (int id = random.nextInt(2); id < 256; id += 1 + random.nextInt(120)) {
      if (random.nextInt(3) > 0) {
        all.add(video(id));
      }
      if (random.nextInt(3) > 0) {
        all.add(audio(id));
      }
    }
    tracks = all;
    records.add(new FeedRecord.Tracks(all, random.nextLong(FAR), plan()));
  }

  private Track.Video video(int id) {
    return new Track.Video(
        id,
        any(PUBLISHED),
        text(),
        random.nextInt(5) == 0 ? Bytes.EMPTY : bytes(60),
        random.nextInt(10_000),
        random.nextInt(10_000),
        random.nextInt(300),
        random.nextInt(300),
        random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(random.nextDouble(200)),
        random.nextBoolean());
  }

  private Track.Audio audio(int id) {
    Track.AudioCodec codec = any(Track.AudioCodec.values());
    return new Track.Audio(
        id,
        codec,
        text(),
        codec == Track.AudioCodec.MP3 ? Bytes.EMPTY : bytes(5),
        random.nextInt(200_000),
        random.nextInt(9),
        random.nextInt(3000));
  }

  private LadderPlan plan() {
    List<VideoRung> video = new ArrayList<>();
    List<AudioRung> audio = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      video.add(
          new VideoRung(
              i * 360 + "p",
              any(VideoRung.Codec.values()),
              random.nextInt(4000),
              random.nextInt(4000),
              1 + random.nextInt(2),
              random.nextLong(FAR)));
      audio.add(new AudioRung("audio-" + i, random.nextLong(FAR)));
    }
    return new LadderPlan(video, audio, random.nextBoolean() ? "" : text(), random.nextBoolean());
  }

  private void frame() {
    dtsUs +=
        switch (random.nextInt(20)) {
          case 0 -> time() / 8;
          case 1 -> (1L << 31) * 1000;
          case 2 -> -(1L << 31) * 1000;
          default -> random.nextInt(50_000) * (random.nextBoolean() ? 1 : 1000L);
        };
    Track track = tracks.get(random.nextInt(tracks.size()));
    boolean video = track instanceof Track.Video;
    long compositionUs =
        switch (random.nextInt(8)) {
          case 0 -> random.nextInt(1_000_000);
          case 1 -> -1000L * random.nextInt(0x800000);
          case 2 -> 1000L * random.nextInt(0x800000);
          case 3 -> random.nextLong(1L << 40);
          default -> 0;
        };
    records.add(
        new FeedRecord.Media(
            new Frame(
                video ? MediaType.VIDEO : MediaType.AUDIO,
                track.id(),
                dtsUs,
                dtsUs + compositionUs,
                !video || random.nextBoolean(),
                bytes(1 + random.nextInt(3000)),
                0)));
  }

  private long time() {
    return random.nextLong(FAR) - FAR / 2;
  }

  private Bytes bytes(int most) {
    byte[] bytes = new byte[1 + random.nextInt(most)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private String text() {
    return "söme text " + random.nextInt();
  }

  private <T> T any(T[] of) {
    return of[random.nextInt(of.length)];
  }
}

package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.InitSegment;
import dev.millrace.media.cmaf.Sample;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.VideoTagBody;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.log.Targets;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The part log of a stream that shows an FLV file again and again, in parts of half a second, each
 * there when it is over. Driven by a clock of the test's.
 */
final class FootageSource implements PartSource {
  static final StreamPath PATH = new StreamPath("live", "main");
  static final long PART_US = 500_000;

  /** Wall time of the first frame. */
  static final long BEGIN_US = 1_800_000_000_000_000L;

  private final Rendition video = new Rendition("video", MediaType.VIDEO);
  private final Rendition audio = new Rendition("audio", MediaType.AUDIO);
  private final Map<String, Bytes> files = new HashMap<>();
  private final List<LogRecord> told = new ArrayList<>();
  private final List<LogWatcher> watchers = new ArrayList<>();
  private long nextPartUs;
  private boolean paused;
  private long shiftUs;

  /** One log and the frames that go into it. */
  private static final class Rendition {
    final String name;
    final MediaType type;
    final List<Long> timesUs = new ArrayList<>();
    final List<Sample> samples = new ArrayList<>();
    Track track;
    String init = "";
    int next;

    @SuppressWarnings("NullAway") // the track is there when the file has been read
    Rendition(String name, MediaType type) {
      this.name = name;
      this.type = type;
    }
  }

  FootageSource(String file) {
    byte[] bytes = SharedMedia.bytes("media/" + file);
    new FlvFileReader(1 << 24, this::tag).feed(bytes, 0, bytes.length);
    tell(new LogRecord.Opened(1, Targets.DEFAULT));
    describe(video);
    describe(audio);
  }

  /** Tells all parts that are over at this time since the beginning. */
  void advance(long nowUs) {
    while (!paused && nextPartUs + PART_US <= nowUs) {
      part(video);
      part(audio);
      nextPartUs += PART_US;
    }
  }

  /** No part is told any more. */
  void pause() {
    paused = true;
  }

  /** Goes on with the next frames, dated now: the publisher was away. */
  void goOn(long nowUs) {
    paused = false;
    shiftUs += nowUs - nextPartUs;
    nextPartUs = nowUs;
  }

  private void part(Rendition of) {
    List<Sample> samples = new ArrayList<>();
    int first = of.next;
    long endUs = nextPartUs + PART_US - shiftUs;
    while (of.next < of.samples.size() && of.timesUs.get(of.next) < endUs) {
      samples.add(of.samples.get(of.next++));
    }
    if (samples.isEmpty()) {
      return;
    }
    long startUs = of.timesUs.get(first);
    int timescale = InitSegment.timescale(of.track);
    Bytes data = Fragment.write(first, startUs * timescale / 1_000_000, samples);
    LogPosition position = new LogPosition(1, first, 0);
    files.put(of.name + "/" + new FileName.Part(position), data);
    tell(
        new LogRecord.Appended(
            of.name,
            new PartEntry(
                position,
                PART_US,
                data.length(),
                samples.getFirst().sync(),
                true,
                false,
                0,
                of.init,
                BEGIN_US + startUs + shiftUs,
                0,
                data.sha256(),
                MerkleTree.root(data))));
  }

  private void describe(Rendition of) {
    Bytes init = InitSegment.write(of.track);
    of.init = FileName.Init.of(init).toString();
    tell(
        new LogRecord.Described(
            new RenditionDescription(
                of.name, of.type, of.track.codecs(), 0, 0, 0, 0, 0, 1_000_000, of.init, init)));
  }

  private void tell(LogRecord record) {
    told.add(record);
    watchers.forEach(watcher -> watcher.record(record));
  }

  private void tag(FlvTag tag) {
    if (tag.type() == FlvTag.VIDEO) {
      video(VideoTagBody.read(tag.body()));
    } else if (tag.type() == FlvTag.AUDIO) {
      audio(AudioTagBody.read(tag.body()));
    }
  }

  private void video(VideoTagBody body) {
    if (body instanceof VideoTagBody.SequenceStart start) {
      video.track = Tracks.avc(0, start.configuration(), OptionalDouble.empty());
    } else if (body instanceof VideoTagBody.CodedFrame coded) {
      boolean key = NalUnits.isRandomAccess((Track.Video) video.track, coded.data());
      // Frames of 24 a second in whole ms: durations of 42, 41, 42 ms
      long nextMs = (video.samples.size() + 1) * 1000L / 24;
      long ms = video.samples.size() * 1000L / 24;
      video.timesUs.add(ms * 1000);
      video.samples.add(
          new Sample((int) (nextMs - ms) * 90, coded.compositionTimeMs() * 90, key, coded.data()));
    }
  }

  private void audio(AudioTagBody body) {
    if (body instanceof AudioTagBody.SequenceStart start) {
      audio.track = Tracks.aac(0, start.configuration());
    } else if (body instanceof AudioTagBody.CodedFrame coded) {
      audio.timesUs.add(audio.samples.size() * 1024L * 1_000_000 / 48_000);
      audio.samples.add(new Sample(1024, 0, true, coded.data()));
    }
  }

  @Override
  public Optional<Following> follow(StreamPath path, Consumer<LogRecord> follower) {
    return Optional.of(watch(path, follower::accept));
  }

  @Override
  public Following watch(StreamPath path, LogWatcher watcher) {
    told.forEach(watcher::record);
    watcher.windowComplete();
    watchers.add(watcher);
    return () -> watchers.remove(watcher);
  }

  @Override
  public CompletionStage<Bytes> bytes(StreamPath path, String rendition, String file) {
    Bytes bytes = files.get(rendition + "/" + file);
    return bytes == null
        ? CompletableFuture.failedFuture(new NoSuchFileException(file))
        : CompletableFuture.completedFuture(bytes);
  }

  @Override
  public List<StreamPath> streams() {
    return List.of(PATH);
  }
}

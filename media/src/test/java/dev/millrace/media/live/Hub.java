package dev.millrace.media.live;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.live.PublishResult.Accepted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/** A live hub on clocks that a test moves, and values to feed it with. */
final class Hub {
  static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  static final Track.Video VIDEO =
      new Track.Video(
          0,
          Track.VideoCodec.AVC,
          "avc1.64001f",
          Bytes.of(1, 0x64, 0, 0x1f, 0xff, 0xe0, 0),
          1280,
          720,
          1,
          1,
          OptionalDouble.of(30),
          false);
  static final Track.Audio AUDIO =
      new Track.Audio(0, Track.AudioCodec.AAC, "mp4a.40.2", Bytes.of(0x11, 0x90), 48_000, 2, 1024);

  final Wall wall = new Wall();
  final FakeTimer timer = new FakeTimer();
  final LiveStreams streams;

  Hub() {
    this(LiveConfig.DEFAULT);
  }

  Hub(LiveConfig config) {
    this(config, Ownership.NOBODY);
  }

  Hub(LiveConfig config, Ownership elsewhere) {
    Epochs epochs = new Epochs(wall, "this-node");
    streams = new LiveStreams(config, wall, timer::nanos, timer, epochs, elsewhere);
  }

  Publication publish(StreamPath path, String credential) {
    return ((Accepted) streams.publish(request(path, credential, key -> {}))).publication();
  }

  PublishRequest request(StreamPath path, String credential, Consumer<String> onTakenOver) {
    return new PublishRequest(
        new Grant(path, credential),
        new PublisherFacts("192.0.2.7:50000", "test", "rtmp"),
        () -> onTakenOver.accept(credential));
  }

  /** Everything that is queued. */
  static List<StreamEvent> drain(Subscription subscription) {
    List<StreamEvent> events = new ArrayList<>();
    try {
      Optional<StreamEvent> next = subscription.poll(Duration.ZERO);
      while (next.isPresent()) {
        events.add(next.get());
        next = subscription.poll(Duration.ZERO);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return events;
  }

  static Frame key(long dtsMs) {
    return video(dtsMs, true, 1000);
  }

  static Frame delta(long dtsMs) {
    return video(dtsMs, false, 100);
  }

  static Frame video(long dtsMs, boolean key, int size) {
    return new Frame(
        MediaType.VIDEO,
        0,
        dtsMs * 1000,
        dtsMs * 1000,
        key,
        Bytes.wrap(new byte[size]),
        dtsMs * 1_000_000);
  }

  static Frame audio(long dtsMs) {
    return new Frame(
        MediaType.AUDIO,
        0,
        dtsMs * 1000,
        dtsMs * 1000,
        true,
        Bytes.wrap(new byte[50]),
        dtsMs * 1_000_000);
  }

  /** A wall clock that a test sets. */
  static final class Wall implements InstantSource {
    private Instant now = START;

    @Override
    public Instant instant() {
      return now;
    }

    void advance(Duration by) {
      now = now.plus(by);
    }
  }
}

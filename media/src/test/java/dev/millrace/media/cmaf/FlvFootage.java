package dev.millrace.media.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.Track;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The first video and audio track of an FLV file with legacy tags, and the frames of both. */
final class FlvFootage {
  /** A frame with its times in ms. */
  record Frame(int timestamp, int compositionTime, Bytes data) {}

  private final List<Frame> video = new ArrayList<>();
  private final List<Frame> audio = new ArrayList<>();
  private Optional<Track.Video> videoTrack = Optional.empty();
  private Optional<Track.Audio> audioTrack = Optional.empty();

  static FlvFootage read(byte[] file) {
    FlvFootage footage = new FlvFootage();
    Bytes bytes = Bytes.wrap(file);
    for (int at = bytes.s32(5) + 4; at + 15 <= bytes.length(); at += 15 + bytes.u24(at + 1)) {
      Bytes body = bytes.slice(at + 11, bytes.u24(at + 1));
      int timestamp = bytes.u24(at + 4) | bytes.u8(at + 7) << 24;
      switch (bytes.u8(at)) {
        case 8 -> footage.audioTag(timestamp, body);
        case 9 -> footage.videoTag(timestamp, body);
        default -> {}
      }
    }
    return footage;
  }

  Track.Video videoTrack() {
    return videoTrack.orElseThrow();
  }

  Track.Audio audioTrack() {
    return audioTrack.orElseThrow();
  }

  /** The video frames as samples: durations from one timestamp to the next, in 90 kHz. */
  List<Sample> videoSamples() {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i + 1 < video.size(); i++) {
      Frame frame = video.get(i);
      int duration = 90 * (video.get(i + 1).timestamp - frame.timestamp);
      boolean sync = NalUnits.isRandomAccess(videoTrack(), frame.data);
      samples.add(new Sample(duration, 90 * frame.compositionTime, sync, frame.data));
    }
    return samples;
  }

  List<Sample> audioSamples() {
    int duration = audioTrack().samplesPerFrame();
    return audio.stream().map(frame -> new Sample(duration, 0, true, frame.data)).toList();
  }

  private void videoTag(int timestamp, Bytes body) {
    boolean sequenceHeader = body.u8(1) == 0;
    if (sequenceHeader && videoTrack.isEmpty()) {
      videoTrack = Optional.of(Tracks.avc(0, body.slice(5), OptionalDouble.empty()));
    } else if (body.u8(1) == 1) {
      video.add(new Frame(timestamp, body.s24(2), body.slice(5)));
    }
  }

  private void audioTag(int timestamp, Bytes body) {
    boolean aac = body.u8(0) >> 4 == 10;
    if (!aac) {
      audioTrack = audioTrack.or(() -> Optional.of(Tracks.mp3(0, body.slice(1))));
      audio.add(new Frame(timestamp, 0, body.slice(1)));
    } else if (body.u8(1) == 0) {
      audioTrack = audioTrack.or(() -> Optional.of(Tracks.aac(0, body.slice(2))));
    } else {
      audio.add(new Frame(timestamp, 0, body.slice(2)));
    }
  }
}

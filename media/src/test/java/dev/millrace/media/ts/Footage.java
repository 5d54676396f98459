package dev.millrace.media.ts;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.VideoTagBody;
import dev.millrace.testkit.SharedMedia;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The tracks of an FLV file and its frames in file order. */
final class Footage {
  private final List<Frame> frames = new ArrayList<>();
  private Optional<Track.Video> video = Optional.empty();
  private Optional<Track.Audio> audio = Optional.empty();

  /** Reads a file of the shared media; the test is skipped where they are missing. */
  static Footage read(String name) {
    byte[] file = SharedMedia.bytes("media/" + name);
    Footage footage = new Footage();
    new FlvFileReader(1 << 24, footage::tag).feed(file, 0, file.length);
    return footage;
  }

  Optional<Track.Video> video() {
    return video;
  }

  Optional<Track.Audio> audio() {
    return audio;
  }

  List<Frame> frames() {
    return frames;
  }

  /** Without one of the types. */
  List<Frame> frames(MediaType type) {
    return frames.stream().filter(frame -> frame.type() == type).toList();
  }

  TsProgram program() {
    return TsProgram.of(video, audio);
  }

  private void tag(FlvTag tag) {
    switch (tag.type()) {
      case FlvTag.VIDEO -> video(tag.timestamp(), VideoTagBody.read(tag.body()));
      case FlvTag.AUDIO -> audio(tag.timestamp(), AudioTagBody.read(tag.body()));
      default -> {}
    }
  }

  private void video(int timestamp, VideoTagBody body) {
    if (body instanceof VideoTagBody.SequenceStart(var codec, Bytes configuration)) {
      video = video.or(() -> Optional.of(Tracks.avc(0, configuration, OptionalDouble.empty())));
    } else if (body instanceof VideoTagBody.CodedFrame coded) {
      boolean key = NalUnits.isRandomAccess(video.orElseThrow(), coded.data());
      long dtsUs = timestamp * 1000L;
      long ptsUs = dtsUs + coded.compositionTimeMs() * 1000L;
      frames.add(new Frame(MediaType.VIDEO, 0, dtsUs, ptsUs, key, coded.data(), 0));
    }
  }

  private void audio(int timestamp, AudioTagBody body) {
    if (body instanceof AudioTagBody.SequenceStart(var codec, Bytes configuration)) {
      audio = audio.or(() -> Optional.of(Tracks.aac(0, configuration)));
    } else if (body instanceof AudioTagBody.CodedFrame coded) {
      audio = audio.or(() -> Optional.of(Tracks.mp3(0, coded.data())));
      long us = timestamp * 1000L;
      frames.add(new Frame(MediaType.AUDIO, 0, us, us, true, coded.data(), 0));
    }
  }
}

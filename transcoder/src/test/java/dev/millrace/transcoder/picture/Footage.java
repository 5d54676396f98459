package dev.millrace.transcoder.picture;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.codec.NalUnits;
import dev.millrace.media.codec.Tracks;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.VideoTagBody;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Assumptions;

/** The first key frame of an FLV file, with its track; and what ffmpeg makes of it. */
record Footage(Track.Video track, Frame key) {
  static Footage of(Path flv) throws IOException {
    byte[] file = Files.readAllBytes(flv);
    List<FlvTag> tags = new ArrayList<>();
    new FlvFileReader(16 << 20, tags::add).feed(file, 0, file.length);
    Track.Video track = null;
    for (FlvTag tag : tags) {
      if (tag.type() != FlvTag.VIDEO) {
        continue;
      }
      switch (VideoTagBody.read(tag.body())) {
        case VideoTagBody.SequenceStart header ->
            track = Tracks.avc(0, header.configuration(), OptionalDouble.empty());
        case VideoTagBody.CodedFrame frame -> {
          if (track != null && NalUnits.isRandomAccess(track, frame.data())) {
            return new Footage(track, frame(frame.data()));
          }
        }
        default -> {}
      }
    }
    throw new AssertionError("no key frame in " + flv);
  }

  static Frame frame(Bytes data) {
    return new Frame(MediaType.VIDEO, 0, 0, 0, true, data, 0);
  }

  /** What ffmpeg writes to its standard output; the test is skipped where there is no ffmpeg. */
  static byte[] ffmpeg(String... arguments) throws Exception {
    boolean there =
        List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
            .anyMatch(each -> Files.isExecutable(Path.of(each, "ffmpeg")));
    if (!there) {
      System.err.println("SKIPPED: needs the program ffmpeg to judge pictures");
    }
    Assumptions.assumeTrue(there, "needs the program ffmpeg");
    ProcessBuilder builder = new ProcessBuilder("ffmpeg", "-v", "error", "-nostdin");
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    byte[] out = process.getInputStream().readAllBytes();
    if (process.waitFor() != 0) {
      throw new AssertionError("ffmpeg ended with " + process.exitValue());
    }
    return out;
  }
}

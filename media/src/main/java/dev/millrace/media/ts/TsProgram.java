package dev.millrace.media.ts;

import dev.millrace.media.Frame;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one program of a transport stream: at most one video and one audio track, PCR on the video's
 * PID, or on the audio's if there is sound only. Immutable; any thread.
 */
public final class TsProgram {
  static final int PROGRAM_MAP_PID = 0x1000;
  private static final int PROGRAM_NUMBER = 1;
  private static final int TRANSPORT_STREAM_ID = 1;

  private final Optional<ElementaryStream> video;
  private final Optional<ElementaryStream> audio;

  private TsProgram(Optional<ElementaryStream> video, Optional<ElementaryStream> audio) {
    this.video = video;
    this.audio = audio;
  }

  /**
   * A program of these tracks.
   *
   * @throws ProtocolException if there is none, or one cannot be carried: AV1, or AAC whose
   *     configuration ADTS cannot tell
   */
  public static TsProgram of(Optional<Track.Video> video, Optional<Track.Audio> audio) {
    if (video.isEmpty() && audio.isEmpty()) {
      throw ProtocolException.unsupported("a program without tracks");
    }
    return new TsProgram(video.map(ElementaryStream::video), audio.map(ElementaryStream::audio));
  }

  /**
   * A frame, ready to be cut into packets.
   *
   * @throws ProtocolException if the frame is malformed
   * @throws IllegalArgumentException if the program has no track of its type
   */
  public AccessUnit unit(Frame frame) {
    Optional<ElementaryStream> stream = frame.type() == Frame.MediaType.VIDEO ? video : audio;
    return stream
        .orElseThrow(() -> new IllegalArgumentException("no track of " + frame.type()))
        .unit(frame);
  }

  /** Whether there are pictures. */
  public boolean hasVideo() {
    return video.isPresent();
  }

  /** Whose packets carry the program clock reference. */
  public int pcrPid() {
    return video.or(() -> audio).orElseThrow().pid();
  }

  /** Video first. */
  List<Integer> pids() {
    return streams().stream().map(ElementaryStream::pid).toList();
  }

  private List<ElementaryStream> streams() {
    List<ElementaryStream> streams = new ArrayList<>();
    video.ifPresent(streams::add);
    audio.ifPresent(streams::add);
    return streams;
  }

  Section association() {
    return new ProgramAssociation(TRANSPORT_STREAM_ID, 0, Map.of(PROGRAM_NUMBER, PROGRAM_MAP_PID))
        .section();
  }

  /**
   * The program map.
   *
   * @param version 0..31, another one where the map has changed
   */
  ProgramMap map(int version) {
    return new ProgramMap(
        PROGRAM_NUMBER,
        version,
        pcrPid(),
        streams().stream().map(ElementaryStream::stream).toList());
  }
}

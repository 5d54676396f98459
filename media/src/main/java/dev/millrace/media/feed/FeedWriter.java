package dev.millrace.media.feed;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.Track;
import dev.millrace.media.flv.AudioTagWriter;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.flv.FlvTagWriter;
import dev.millrace.media.flv.VideoTagWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a feed as FLV (§E.2 to §E.4, Enhanced RTMP v2), so that every program that knows FLV reads
 * its media, and {@link FeedReader} reads all of it. One writer per reader; one thread at a time.
 *
 * <pre>
 * record   tags
 * Opened   script millraceOpened
 * Mark     script millraceMark
 * Tracks   script millraceTracks, then the sequence header of each track that has a configuration
 * Media    one audio or video tag; script millraceTime before it where a tag cannot tell its times
 * Ended    script millraceEnded
 * </pre>
 *
 * <p>A frame's decode time is the tag's timestamp, milliseconds modulo 2^32, and the nanoseconds of
 * a ModEx header where it has microseconds (Enhanced RTMP v2, TimestampOffsetNano). The first
 * frame, a jump of more than 2^30 ms, and a composition time that is not a number of milliseconds
 * are told in full beforehand: so every time arrives exactly. {@link Frame#arrivalNanos} does not
 * travel, since clocks of other machines mean nothing.
 */
public final class FeedWriter {
  /** Half of what the 32 bits of a timestamp can tell apart, and to spare. */
  private static final long MAX_STEP_MS = 1L << 30;

  private static final long MAX_COMPOSITION_MS = 0x7F_FFFF;

  private List<Track> tracks = List.of();
  private long lastMs;
  private boolean lastMsTold;

  /** What a feed begins with: the header of an FLV file. */
  public static Bytes header() {
    return FlvTagWriter.fileHeader(true, true);
  }

  /**
   * The tags of the next record.
   *
   * @throws IllegalArgumentException if a frame belongs to none of the tracks, or a number is
   *     beyond 2^53
   * @throws dev.millrace.media.ProtocolException (limit) if a frame does not fit into a tag
   */
  public Bytes write(FeedRecord record) {
    List<Bytes> tags = new ArrayList<>();
    switch (record) {
      case FeedRecord.Opened opened -> {
        tracks = List.of();
        script(FeedScriptWriter.opened(opened), tags);
      }
      case FeedRecord.Mark mark -> script(FeedScriptWriter.mark(mark.mark()), tags);
      case FeedRecord.Tracks changed -> {
        tracks = changed.tracks();
        script(FeedScriptWriter.tracks(changed), tags);
        tracks.forEach(track -> sequenceHeader(track, tags));
      }
      case FeedRecord.Media media -> frame(media.frame(), tags);
      case FeedRecord.Ended ignored -> script(FeedScriptWriter.ended(), tags);
    }
    return tags.size() == 1 ? tags.getFirst() : Bytes.concat(tags);
  }

  private void sequenceHeader(Track track, List<Bytes> tags) {
    switch (track) {
      case Track.Video video -> {
        if (!video.configuration().isEmpty()) {
          Bytes body =
              VideoTagWriter.sequenceStart(video.id(), video.codec(), video.configuration());
          tag(FlvTag.VIDEO, body, tags);
        }
      }
      case Track.Audio audio -> {
        if (!audio.configuration().isEmpty()) {
          Bytes body =
              AudioTagWriter.sequenceStart(audio.id(), audio.codec(), audio.configuration());
          tag(FlvTag.AUDIO, body, tags);
        }
      }
    }
  }

  private void frame(Frame frame, List<Bytes> tags) {
    long ms = Math.floorDiv(frame.dtsUs(), 1000L);
    int nanos = 1000 * Math.floorMod(frame.dtsUs(), 1000);
    long compositionUs = frame.ptsUs() - frame.dtsUs();
    boolean composed =
        frame.type() == MediaType.VIDEO
            ? compositionUs % 1000 == 0 && Math.abs(compositionUs / 1000) <= MAX_COMPOSITION_MS
            : compositionUs == 0;
    if (!lastMsTold || Math.abs(ms - lastMs) > MAX_STEP_MS || !composed) {
      script(FeedScriptWriter.time(frame), tags);
    }
    lastMs = ms;
    lastMsTold = true;
    switch (trackOf(frame)) {
      case Track.Video video ->
          tag(
              FlvTag.VIDEO,
              VideoTagWriter.codedFrame(
                  video.id(),
                  video.codec(),
                  frame.key(),
                  composed ? (int) (compositionUs / 1000) : 0,
                  nanos,
                  frame.data()),
              tags);
      case Track.Audio audio ->
          tag(
              FlvTag.AUDIO,
              AudioTagWriter.codedFrame(audio.id(), audio.codec(), nanos, frame.data()),
              tags);
    }
  }

  private Track trackOf(Frame frame) {
    return tracks.stream()
        .filter(track -> track.id() == frame.trackId() && FeedReader.type(track) == frame.type())
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    frame.type() + " frame of track " + frame.trackId() + ", which is not there"));
  }

  private void script(Bytes body, List<Bytes> tags) {
    tag(FlvTag.SCRIPT, body, tags);
  }

  private void tag(int type, Bytes body, List<Bytes> tags) {
    tags.add(FlvTagWriter.write(new FlvTag(type, (int) lastMs, body)));
  }
}

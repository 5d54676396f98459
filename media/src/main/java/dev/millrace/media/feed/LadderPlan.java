package dev.millrace.media.feed;

import java.util.List;
import java.util.stream.Stream;

/**
 * The renditions that a worker makes of the present tracks.
 *
 * @param video from the largest to the smallest; a smaller one is scaled from the one before it
 * @param audio from the highest bit rate to the lowest
 * @param replacesVideo why the first of {@code video} takes the place of the source's own video
 *     rendition, a sentence for the log; empty if the source is shown as it is
 * @param deinterlace whether the source is interlaced
 */
public record LadderPlan(
    List<VideoRung> video, List<AudioRung> audio, String replacesVideo, boolean deinterlace) {
  /** Nothing is encoded. */
  public static final LadderPlan NONE = new LadderPlan(List.of(), List.of(), "", false);

  public LadderPlan {
    video = List.copyOf(video);
    audio = List.copyOf(audio);
  }

  /** Whether there is nothing to do for a worker. */
  public boolean isEmpty() {
    return video.isEmpty() && audio.isEmpty();
  }

  /** The names of all renditions in it. */
  public List<String> names() {
    return Stream.concat(video.stream().map(VideoRung::name), audio.stream().map(AudioRung::name))
        .toList();
  }
}

package dev.millrace.transcoder.ladder;

import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.StreamPath;
import dev.millrace.media.Track;
import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.log.SegmentMark;
import dev.millrace.transcoder.picture.PosterMaker;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Offers the key frames of a stream to the maker of posters, for as long as no worker makes its
 * pictures. The packager's thread.
 */
final class KeyFramePictures {
  private final PosterMaker posters;
  private final StreamPath path;
  private long epoch;
  private @Nullable SegmentMark mark;
  private Optional<Track.Video> track = Optional.empty();
  private boolean resting;

  KeyFramePictures(PosterMaker posters, StreamPath path) {
    this.posters = posters;
    this.path = path;
  }

  /**
   * Takes a record of the feed.
   *
   * @param workerMakesThem whether there is a worker that makes pictures
   */
  void accept(FeedRecord record, boolean workerMakesThem) {
    switch (record) {
      case FeedRecord.Opened opened -> {
        epoch = opened.epoch();
        mark = null;
      }
      case FeedRecord.Mark next -> mark = next.mark();
      case FeedRecord.Tracks tracks ->
          track =
              tracks.tracks().stream()
                  .filter(Track.Video.class::isInstance)
                  .map(Track.Video.class::cast)
                  .findFirst();
      case FeedRecord.Media media -> {
        if (!workerMakesThem) {
          offer(media.frame());
        }
      }
      case FeedRecord.Ended ended -> posters.forget(path);
    }
    if (workerMakesThem && !resting) {
      posters.forget(path);
    }
    resting = workerMakesThem;
  }

  private void offer(Frame frame) {
    SegmentMark in = mark;
    boolean ours =
        frame.type() == MediaType.VIDEO
            && frame.key()
            && track.isPresent()
            && frame.trackId() == track.get().id();
    if (ours && in != null && in.media()) {
      long pdtUs = in.anchorUs() + frame.ptsUs() - in.originUs();
      posters.offer(path, epoch, in.msn(), pdtUs, track.get(), frame);
    }
  }
}

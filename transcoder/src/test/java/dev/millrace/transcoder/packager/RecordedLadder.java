package dev.millrace.transcoder.packager;

import dev.millrace.media.feed.FeedRecord;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.live.StreamEvent.TracksChanged;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** A ladder that keeps the feed, with a plan as the test sets it. */
final class RecordedLadder implements Ladder {
  final List<FeedRecord> records = new ArrayList<>();
  final List<Boolean> askedFarApart = new ArrayList<>();
  LadderPlan plan = LadderPlan.NONE;
  LadderPlan planFarApart = LadderPlan.NONE;
  final List<String> adopted = new ArrayList<>();
  boolean fenced;
  boolean encodes;
  boolean wantsFrames;

  @Override
  public LadderPlan plan(TracksChanged tracks, boolean keyFramesFarApart) {
    askedFarApart.add(keyFramesFarApart);
    return keyFramesFarApart ? planFarApart : plan;
  }

  @Override
  public boolean encodes() {
    return encodes;
  }

  @Override
  public boolean wantsFrames() {
    return wantsFrames;
  }

  @Override
  public void accept(FeedRecord record) {
    records.add(record);
  }

  @Override
  public void adopted(Collection<String> rungs) {
    adopted.addAll(rungs);
  }

  @Override
  public void fenced() {
    fenced = true;
  }

  <T extends FeedRecord> List<T> all(Class<T> type) {
    return records.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** The feed without frames, a word for each record. */
  String words(Predicate<FeedRecord> wanted) {
    StringBuilder words = new StringBuilder();
    for (FeedRecord record : records) {
      if (wanted.test(record)) {
        words.append(
            switch (record) {
              case FeedRecord.Opened opened -> "O";
              case FeedRecord.Mark mark -> mark.mark().media() ? "m" : "a";
              case FeedRecord.Tracks tracks -> "T";
              case FeedRecord.Media media -> ".";
              case FeedRecord.Ended ended -> "E";
            });
      }
    }
    return words.toString();
  }
}

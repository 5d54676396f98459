package dev.millrace.transcoder.ladder;

import dev.millrace.media.Track;
import dev.millrace.media.feed.AudioRung;
import dev.millrace.media.feed.LadderPlan;
import dev.millrace.media.feed.VideoRung;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LadderFacts.RungFacts;
import dev.millrace.media.live.LadderFacts.State;
import dev.millrace.media.live.LiveStream;
import dev.millrace.transcoder.worker.WorkerPhase;
import dev.millrace.transcoder.worker.WorkerStatus;
import dev.millrace.transcoder.worker.WorkerView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator of a ladder: lines in the log, warnings of the stream, facts for API and page.
 * Any thread.
 */
final class LadderReport {
  static final String OVERLOAD = "overload";
  static final String FAILED = "transcoder-failed";
  static final String NONE_FREE = "no-transcoder-free";

  private static final Logger log = LoggerFactory.getLogger(LadderReport.class);

  private final LiveStream stream;

  // Guarded by this, like all below.
  private final Set<String> active = new HashSet<>();
  private LadderPlan plan = LadderPlan.NONE;
  private String source = "";
  private List<String> notes = List.of();
  private boolean announced;
  private WorkerView view = WorkerView.IDLE;

  LadderReport(LiveStream stream) {
    this.stream = stream;
  }

  /** The ladder was planned; warnings of the session before are gone with it. */
  synchronized void planned(List<Track> tracks, PlannedLadder planned) {
    if (!planned.notes().equals(notes)) {
      notes = planned.notes();
      notes.forEach(note -> log.atInfo().addKeyValue("stream", stream.path()).log(note));
    }
    String describedSource = describe(tracks);
    announced &= planned.plan().equals(plan) && describedSource.equals(source);
    plan = planned.plan();
    source = describedSource;
    warn();
  }

  /** The worker has changed. */
  synchronized void worker(WorkerView changed) {
    view = changed;
    announce();
    warn();
  }

  /** One line when a ladder is at work, with the encoder that was found. */
  private void announce() {
    Optional<WorkerStatus> status = view.status();
    boolean atWork =
        view.phase() == WorkerPhase.WORKING
            && status.isPresent()
            && (plan.video().isEmpty() || !status.get().encoder().isEmpty());
    if (announced || !atWork) {
      return;
    }
    announced = true;
    String encoder = status.get().encoder();
    log.atInfo()
        .addKeyValue("stream", stream.path())
        .log(
            "ladder: {} to {}{}{}",
            source,
            String.join(" ", plan.names()),
            encoder.isEmpty() ? "" : " by " + encoder,
            plan.replacesVideo().isEmpty()
                ? ""
                : "; " + plan.replacesVideo() + ", so " + LadderPlanner.SOURCE + " replaces it");
  }

  private static String describe(List<Track> tracks) {
    return tracks.stream()
        .map(
            track ->
                switch (track) {
                  case Track.Video video ->
                      "%dx%d%s %s"
                          .formatted(
                              video.width(),
                              video.height(),
                              video.frameRate().isPresent()
                                  ? String.format(
                                      Locale.ROOT, " %.4g fps", video.frameRate().getAsDouble())
                                  : "",
                              video.codecs());
                  case Track.Audio audio ->
                      "%s %d Hz, %d channels"
                          .formatted(audio.codecs(), audio.sampleRate(), audio.channels());
                })
        .collect(Collectors.joining(", "));
  }

  private void warn() {
    tell(
        NONE_FREE,
        plan.isEmpty() || view.obstacle().isEmpty()
            ? ""
            : "the stream is not encoded, viewers have its source only: " + view.obstacle());
    tell(
        FAILED,
        view.phase() == WorkerPhase.GIVEN_UP
            ? "the stream is not encoded any more, viewers have its source only: its worker failed"
                + " again and again, the last one "
                + view.reason()
            : "");
    tell(OVERLOAD, overload());
  }

  private String overload() {
    List<WorkerStatus.Rung> dropped =
        view.status().stream()
            .flatMap(status -> status.rungs().stream())
            .filter(rung -> !rung.dropped().isEmpty())
            .toList();
    if (dropped.isEmpty()) {
      return "";
    }
    return "left out for now: "
        + dropped.stream().map(WorkerStatus.Rung::name).collect(Collectors.joining(", "))
        + "; "
        + dropped.getFirst().dropped();
  }

  private void tell(String code, String text) {
    if (!text.isEmpty()) {
      active.add(code);
      stream.setWarning(code, text);
    } else if (active.remove(code)) {
      stream.clearWarning(code);
      log.atInfo().addKeyValue("stream", stream.path()).log("warning {} is over", code);
    }
  }

  /** The facts of this instant. */
  synchronized LadderFacts facts() {
    List<RungFacts> rungs = new ArrayList<>();
    for (VideoRung rung : plan.video()) {
      rungs.add(
          rung(
              rung.name(),
              rung.codec().name().toLowerCase(Locale.ROOT),
              rung.width(),
              rung.height(),
              rung.bitrateBps()));
    }
    for (AudioRung rung : plan.audio()) {
      rungs.add(rung(rung.name(), "aac", 0, 0, rung.bitrateBps()));
    }
    return new LadderFacts(
        state(),
        reason(),
        view.status().map(WorkerStatus::encoder).orElse(""),
        view.node(),
        view.restarts(),
        view.status().map(WorkerStatus::lagMs).orElse(0L),
        rungs);
  }

  private RungFacts rung(String name, String codec, int width, int height, long bitrateBps) {
    WorkerStatus.Rung measured =
        view.status().stream()
            .flatMap(status -> status.rungs().stream())
            .filter(rung -> rung.name().equals(name))
            .findFirst()
            .orElse(new WorkerStatus.Rung(name, 0, 0, ""));
    return new RungFacts(
        name,
        codec,
        width,
        height,
        bitrateBps,
        measured.speed(),
        measured.fps(),
        !measured.dropped().isEmpty(),
        measured.dropped());
  }

  private State state() {
    if (plan.isEmpty()) {
      return State.OFF;
    }
    return switch (view.phase()) {
      case WORKING, ENDING -> State.ENCODING;
      case IDLE, STARTING -> view.restarts() == 0 ? State.STARTING : State.RECOVERING;
      case DYING, PAUSED -> State.RECOVERING;
      case WAITING -> State.NO_CAPACITY;
      case GIVEN_UP -> State.GIVEN_UP;
    };
  }

  private String reason() {
    return switch (state()) {
      case OFF -> String.join("; ", notes);
      case STARTING, ENCODING -> plan.replacesVideo();
      case RECOVERING, GIVEN_UP -> view.reason().isEmpty() ? "" : "worker " + view.reason();
      case NO_CAPACITY -> view.obstacle();
    };
  }
}

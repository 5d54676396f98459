package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.Track;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogWatcher;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.RenditionDescription;
import dev.millrace.media.ts.TsProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a channel's stream as an edge does, from its log: fetches each part of the chosen
 * renditions as soon as the log names it, takes the frames out and hands them on, those of a
 * rendition in order. Begins with the first part after the window from which decoding can start, so
 * that nothing old is sent. Any thread; the monitor guards the fields.
 */
final class ChannelFeed implements LogWatcher, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ChannelFeed.class);

  private final IptvChannel channel;
  private final PartSource source;
  private final Consumer<FeedItem> sink;
  private final List<RenditionFeed> renditions = new ArrayList<>();
  private @Nullable TsProgram program;
  private PartSource.@Nullable Following following;
  private boolean followed;
  private boolean windowComplete;
  private boolean closed;
  private long lostParts;
  private String trouble = "";

  /**
   * @param sink takes what is read; must not block, and is called under the feed's monitor
   */
  ChannelFeed(IptvChannel channel, PartSource source, Consumer<FeedItem> sink) {
    this.channel = channel;
    this.source = source;
    this.sink = sink;
  }

  /** Follows the stream unless it does so already. */
  void follow() {
    synchronized (this) {
      if (closed || followed) {
        return;
      }
      followed = true;
      windowComplete = false;
    }
    PartSource.Following begun = source.watch(channel.stream(), this);
    boolean late;
    synchronized (this) {
      late = closed || !followed;
      following = late ? null : begun;
    }
    if (late) {
      begun.close();
    }
  }

  /** Parts that could not be had or read. */
  synchronized long lostParts() {
    return lostParts;
  }

  /** Why nothing is read; empty if something is. */
  synchronized String trouble() {
    return trouble;
  }

  @Override
  public synchronized void record(LogRecord record) {
    if (closed) {
      return;
    }
    try {
      switch (record) {
        case LogRecord.Described(RenditionDescription description) -> described(description);
        case LogRecord.Appended(String name, PartEntry entry) -> appended(name, entry);
        // Wall time goes on, so what a presentation is does not matter here.
        case LogRecord.Opened ignored -> trouble = "";
        case LogRecord.Ended ignored -> trouble = "the stream has ended";
        case LogRecord.Expected ignored -> {}
        case LogRecord.Pictured ignored -> {}
        case LogRecord.Signing ignored -> {}
      }
    } catch (ProtocolException e) {
      trouble = String.valueOf(e.getMessage());
      log.atWarn().addKeyValue("stream", channel.stream()).log("iptv: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void windowComplete() {
    windowComplete = true;
  }

  @Override
  public void gone(String reason) {
    PartSource.@Nullable Following ended;
    synchronized (this) {
      followed = false;
      trouble = reason;
      ended = following;
      following = null;
    }
    if (ended != null) {
      ended.close();
    }
  }

  private void described(RenditionDescription description) {
    String wanted = description.type() == MediaType.VIDEO ? channel.video() : channel.audio();
    Optional<RenditionFeed> chosen =
        renditions.stream().filter(each -> each.type() == description.type()).findFirst();
    if (chosen.isEmpty() && (wanted.isEmpty() || wanted.equals(description.name()))) {
      RenditionFeed first = new RenditionFeed(description.name(), description.type());
      first.described(description);
      renditions.add(first);
    } else if (chosen.isPresent() && chosen.get().name().equals(description.name())) {
      chosen.get().described(description);
    }
  }

  private void appended(String name, PartEntry entry) {
    Optional<RenditionFeed> of =
        renditions.stream().filter(each -> each.name().equals(name)).findFirst();
    if (of.isEmpty() || !of.get().isNew(entry) || !windowComplete || entry.isEndMarker()) {
      return;
    }
    RenditionFeed rendition = of.get();
    if (entry.gap()) {
      breakOff(rendition);
      return;
    }
    if (!rendition.begins(entry)) {
      return;
    }
    String file = new FileName.Part(entry.position()).toString();
    CompletableFuture<Bytes> bytes =
        source.bytes(channel.stream(), name, file).toCompletableFuture();
    if (!rendition.add(new RenditionFeed.Pending(entry, bytes))) {
      lostParts++;
      breakOff(rendition);
      return;
    }
    bytes.whenComplete((arrived, failure) -> drain(rendition));
  }

  private void breakOff(RenditionFeed rendition) {
    rendition.breakOff();
    if (rendition.type() == MediaType.VIDEO) {
      sink.accept(new FeedItem.Broken());
    }
  }

  private synchronized void drain(RenditionFeed rendition) {
    for (Optional<RenditionFeed.Pending> part = rendition.arrived();
        part.isPresent() && !closed;
        part = rendition.arrived()) {
      try {
        // Done already: arrived() gives no other.
        Bytes bytes = part.get().bytes().join();
        send(rendition, part.get().entry(), bytes);
      } catch (RuntimeException e) {
        // Also whatever a source fails with: the channel goes on with the next key frame.
        lostParts++;
        trouble = "part " + part.get().entry().position() + ": " + e.getMessage();
        breakOff(rendition);
      }
    }
  }

  private void send(RenditionFeed rendition, PartEntry entry, Bytes bytes) {
    TsProgram now = program;
    if (rendition.enter(entry) || now == null) {
      now = TsProgram.of(video(), audio());
      program = now;
      long peakBps = renditions.stream().mapToLong(RenditionFeed::peakBps).sum();
      sink.accept(new FeedItem.Program(now, peakBps));
    }
    for (Frame frame : rendition.frames(entry, bytes)) {
      sink.accept(new FeedItem.Unit(now.unit(frame)));
    }
    trouble = "";
  }

  private Optional<Track.Video> video() {
    return track(MediaType.VIDEO)
        .flatMap(
            track -> track instanceof Track.Video video ? Optional.of(video) : Optional.empty());
  }

  private Optional<Track.Audio> audio() {
    return track(MediaType.AUDIO)
        .flatMap(
            track -> track instanceof Track.Audio audio ? Optional.of(audio) : Optional.empty());
  }

  private Optional<Track> track(MediaType type) {
    return renditions.stream()
        .filter(each -> each.type() == type)
        .findFirst()
        .flatMap(RenditionFeed::init)
        .map(init -> init.track());
  }

  @Override
  public void close() {
    PartSource.@Nullable Following ended;
    synchronized (this) {
      closed = true;
      ended = following;
      following = null;
    }
    if (ended != null) {
      ended.close();
    }
  }
}

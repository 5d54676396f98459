package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.Frame;
import dev.millrace.media.Frame.MediaType;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.cmaf.FragmentReader;
import dev.millrace.media.cmaf.InitSection;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.RenditionDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One rendition that a channel sends: its initialization sections, the parts that are being
 * fetched, in order, and its rate. Guarded by the {@link ChannelFeed} it belongs to.
 */
final class RenditionFeed {
  /** Parts that may be on their way; 30 s of half a second each. */
  private static final int MAX_PENDING = 60;

  /** A part on its way, or here. */
  record Pending(PartEntry entry, CompletableFuture<Bytes> bytes) {}

  private final String name;
  private final MediaType type;
  private final Map<String, InitSection> inits = new HashMap<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private Optional<InitSection> newest = Optional.empty();
  private Optional<InitSection> current = Optional.empty();
  private long declaredBps;
  private long endUs = Long.MIN_VALUE;
  private boolean begun;
  private long segmentMsn = -1;
  private long segmentBytes;
  private long segmentUs;
  private long peakBps;
  private long partBps;

  RenditionFeed(String name, MediaType type) {
    this.name = name;
    this.type = type;
  }

  String name() {
    return name;
  }

  MediaType type() {
    return type;
  }

  /**
   * Takes a description.
   *
   * @throws ProtocolException if its initialization section cannot be read
   */
  void described(RenditionDescription description) {
    InitSection init = InitSection.read(description.initBytes());
    inits.put(description.init(), init);
    newest = Optional.of(init);
    declaredBps = description.declaredBitrateBps();
  }

  /** What is sent, or will be. */
  Optional<InitSection> init() {
    return current.or(() -> newest);
  }

  /** Measures a part; {@code false} for one that was there before. */
  boolean isNew(PartEntry entry) {
    long end = entry.programDateTimeUs() + entry.durationUs();
    if (end <= endUs && !entry.isEndMarker()) {
      return false;
    }
    endUs = Math.max(endUs, end);
    if (entry.position().msn() != segmentMsn) {
      closeSegment();
      segmentMsn = entry.position().msn();
    }
    if (!entry.gap() && entry.durationUs() > 0) {
      segmentBytes += entry.sizeBytes();
      segmentUs += entry.durationUs();
      partBps = Math.max(partBps, entry.sizeBytes() * 8_000_000L / entry.durationUs());
    }
    if (entry.endOfSegment()) {
      closeSegment();
    }
    return true;
  }

  private void closeSegment() {
    // A very short one says little of the rate.
    if (segmentUs > 500_000) {
      peakBps = Math.max(peakBps, segmentBytes * 8_000_000L / segmentUs);
    }
    segmentBytes = 0;
    segmentUs = 0;
  }

  /** The highest rate of a segment so far; before the first one what is declared or likely. */
  long peakBps() {
    return peakBps > 0 ? peakBps : declaredBps > 0 ? declaredBps : partBps;
  }

  /** Whether this part can be the first, or follows on the first. */
  boolean begins(PartEntry entry) {
    begun = begun || entry.independent() || type == MediaType.AUDIO;
    return begun;
  }

  /** The next part must be one that decoding can start with. */
  void breakOff() {
    begun = false;
    pending.clear();
  }

  /** Takes a part on its way; false if too many are. */
  boolean add(Pending part) {
    if (pending.size() >= MAX_PENDING) {
      return false;
    }
    pending.add(part);
    return true;
  }

  /** The next part that is here or failed, in order. */
  Optional<Pending> arrived() {
    Pending first = pending.peek();
    if (first == null || !first.bytes().isDone()) {
      return Optional.empty();
    }
    pending.remove();
    return Optional.of(first);
  }

  /**
   * The section of a part becomes the current one.
   *
   * @return whether it is another than before
   * @throws ProtocolException if the log never described it
   */
  boolean enter(PartEntry entry) {
    InitSection init = inits.get(entry.init());
    if (init == null) {
      throw ProtocolException.malformed("part " + entry.position() + " of no known section");
    }
    boolean changed = current.filter(init::equals).isEmpty();
    current = Optional.of(init);
    return changed;
  }

  /**
   * The frames of a part of the current section, on the log's wall time, which is the timeline of
   * all renditions.
   *
   * @throws ProtocolException if the part is malformed
   */
  List<Frame> frames(PartEntry entry, Bytes bytes) {
    InitSection init = current.orElseThrow();
    List<FragmentReader.ReadSample> samples = FragmentReader.read(bytes, init);
    List<Frame> frames = new ArrayList<>(samples.size());
    for (FragmentReader.ReadSample read : samples) {
      long ticks = read.decodeTime() - samples.getFirst().decodeTime();
      long dtsUs = entry.programDateTimeUs() + us(ticks, init.timescale());
      long ptsUs = dtsUs + us(read.sample().compositionOffset(), init.timescale());
      boolean key = type == MediaType.AUDIO || read.sample().sync();
      frames.add(new Frame(type, 0, dtsUs, ptsUs, key, read.sample().data(), 0));
    }
    return frames;
  }

  private static long us(long ticks, int timescale) {
    return Math.floorDiv(ticks * 1_000_000 + timescale / 2, timescale);
  }
}

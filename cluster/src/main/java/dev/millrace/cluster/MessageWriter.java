package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Messages as bytes. Each begins with the number of this format and its type; what is long is cut
 * into several, none over {@link Message#MAX_BYTES}.
 */
final class MessageWriter {
  /** Number of the format; a reader refuses all others. */
  static final int FORMAT = 1;

  static final int PIECE = 1;
  static final int CHANGED = 2;
  static final int WANT = 3;
  static final int STILL = 4;
  static final int ON_TOPIC = 5;

  static final int HAS_INFO = 1;
  static final int HAS_SETTINGS = 2;

  /** More than what stands before the holdings: node, settings, numbers. */
  private static final int BEFORE_HOLDINGS = 6000;

  private static final int MAX_HOLDINGS = Message.MAX_BYTES - BEFORE_HOLDINGS;

  private MessageWriter() {}

  /** A whole section. */
  static List<Bytes> section(Section section) {
    List<WireWriter> runs = new ArrayList<>(List.of(new WireWriter()));
    List<Integer> counts = new ArrayList<>(List.of(0));
    section
        .holdings()
        .forEach((path, ofPath) -> ofPath.forEach(holding -> append(runs, counts, holding)));
    if (runs.size() > Message.Piece.MAX_COUNT) {
      throw new IllegalStateException(section.holdings().size() + " streams cannot be told");
    }
    List<Bytes> pieces = new ArrayList<>(runs.size());
    for (int i = 0; i < runs.size(); i++) {
      WireWriter out = begin(PIECE);
      version(out, section.version());
      out.u16(i).u16(runs.size());
      if (i == 0) {
        nodeAndSettings(out, section.info(), section.settings());
      } else {
        nodeAndSettings(out, null, null);
      }
      pieces.add(out.u16(counts.get(i)).raw(runs.get(i).done()).done());
    }
    return pieces;
  }

  /** Changes on a version; each message is the change to the next one. */
  static List<Bytes> changes(
      Version base,
      @Nullable NodeInfo info,
      @Nullable NodeSettings settings,
      List<Holding> held,
      List<Delta.Released> released) {
    List<WireWriter> runs = new ArrayList<>(List.of(new WireWriter()));
    List<Integer> counts = new ArrayList<>(List.of(0));
    held.forEach(holding -> append(runs, counts, holding));
    List<WireWriter> gone = new ArrayList<>(List.of(new WireWriter()));
    List<Integer> goneCounts = new ArrayList<>(List.of(0));
    for (Delta.Released each : released) {
      WireWriter out = run(gone, goneCounts);
      out.u8(kind(each.kind()));
      path(out, each.path());
    }
    List<Bytes> messages = new ArrayList<>();
    Version version = base;
    for (int i = 0; i < runs.size(); i++) {
      version = version.next();
      WireWriter out = begin(CHANGED);
      version(out, version);
      nodeAndSettings(out, i == 0 ? info : null, i == 0 ? settings : null);
      boolean last = i == runs.size() - 1;
      boolean fits = last && goneCounts.size() == 1 && fit(runs.get(i), gone.getFirst());
      out.u16(counts.get(i)).raw(runs.get(i).done());
      out.u16(fits ? goneCounts.getFirst() : 0).raw(fits ? gone.getFirst().done() : Bytes.EMPTY);
      messages.add(out.done());
      if (fits) {
        return messages;
      }
    }
    for (int i = 0; i < gone.size(); i++) {
      version = version.next();
      WireWriter out = begin(CHANGED);
      version(out, version);
      nodeAndSettings(out, null, null);
      messages.add(out.u16(0).u16(goneCounts.get(i)).raw(gone.get(i).done()).done());
    }
    return messages;
  }

  static Bytes want() {
    return begin(WANT).done();
  }

  static Bytes still(Version version) {
    WireWriter out = begin(STILL);
    version(out, version);
    return out.done();
  }

  static Bytes onTopic(int topic, Bytes payload) {
    if (payload.length() > Topics.MAX_BYTES) {
      throw new IllegalArgumentException(
          payload.length() + " bytes for others, at most " + Topics.MAX_BYTES);
    }
    return begin(ON_TOPIC).u16(topic).raw(payload).done();
  }

  private static boolean fit(WireWriter one, WireWriter other) {
    return one.length() + other.length() <= MAX_HOLDINGS;
  }

  private static WireWriter begin(int type) {
    return new WireWriter().u8(FORMAT).u8(type);
  }

  private static void version(WireWriter out, Version version) {
    out.s64(version.incarnation()).s64(version.counter());
  }

  private static void nodeAndSettings(
      WireWriter out, @Nullable NodeInfo info, @Nullable NodeSettings settings) {
    out.u8((info == null ? 0 : HAS_INFO) | (settings == null ? 0 : HAS_SETTINGS));
    if (info != null) {
      node(out, info);
    }
    if (settings != null) {
      out.s64(settings.revision())
          .text(settings.author())
          .cut(settings.error())
          .s64(settings.history())
          .u8(settings.inForce().size());
      settings.inForce().forEach((key, hash) -> out.text(key).s32(hash));
    }
  }

  private static void node(WireWriter out, NodeInfo info) {
    int roles = 0;
    for (NodeRole role : info.roles()) {
      roles |= bit(role);
    }
    NodeLoad load = info.load();
    out.text(info.id())
        .text(info.name())
        .u16(roles)
        .text(info.version())
        .s32(info.protocol())
        .text(info.addresses().internal().toString())
        .text(text(info.addresses().viewers()))
        .text(text(info.addresses().publishers()))
        .s32(load.cores())
        .f64(load.busyCores())
        .s64(load.bytesOutPerSecond())
        .s64(load.maxBytesOutPerSecond())
        .s32(load.viewers())
        .s32(load.workers())
        .s32(load.maxWorkers())
        .u8(info.draining() ? 1 : 0)
        .s64(info.startedAt().toEpochMilli());
  }

  private static String text(Optional<URI> address) {
    return address.map(URI::toString).orElse("");
  }

  private static void append(List<WireWriter> runs, List<Integer> counts, Holding holding) {
    WireWriter out = run(runs, counts);
    out.u8(kind(holding.kind()) << 4 | state(holding.state())).s64(holding.epoch());
    path(out, holding.path());
    out.text(holding.owner());
  }

  /** The last run, or a new one where that is full, with one entry more. */
  private static WireWriter run(List<WireWriter> runs, List<Integer> counts) {
    if (runs.getLast().length() > MAX_HOLDINGS - 1000) {
      runs.add(new WireWriter());
      counts.add(0);
    }
    counts.set(counts.size() - 1, counts.getLast() + 1);
    return runs.getLast();
  }

  private static void path(WireWriter out, StreamPath path) {
    out.text(path.app()).text(path.name());
  }

  static int bit(NodeRole role) {
    return switch (role) {
      case INGEST -> 1;
      case TRANSCODER -> 2;
      case ORIGIN -> 4;
      case EDGE -> 8;
      case RELAY -> 16;
    };
  }

  static int kind(Holding.Kind kind) {
    return switch (kind) {
      case INGEST -> 1;
      case ORIGIN -> 2;
    };
  }

  static int state(Holding.State state) {
    return switch (state) {
      case FILLING -> 1;
      case LIVE -> 2;
      case AWAY -> 3;
      case ENDED -> 4;
    };
  }
}

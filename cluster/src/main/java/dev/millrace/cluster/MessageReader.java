package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one message of {@link MessageWriter}. What is allocated is bounded by the message's length,
 * and only {@link ProtocolException} escapes.
 */
final class MessageReader {
  /** Kind and state, epoch, three texts of at least nothing. */
  private static final int LEAST_HOLDING = 12;

  private static final int LEAST_RELEASED = 3;

  private MessageReader() {}

  static Message read(Bytes bytes) {
    if (bytes.length() > Message.MAX_BYTES) {
      throw ProtocolException.limit(
          "message of %d bytes, at most %d".formatted(bytes.length(), Message.MAX_BYTES));
    }
    WireReader in = new WireReader(bytes);
    int format = in.u8();
    if (format != MessageWriter.FORMAT) {
      throw ProtocolException.unsupported(
          "message of format %d, this node speaks %d".formatted(format, MessageWriter.FORMAT));
    }
    int type = in.u8();
    Message message =
        switch (type) {
          case MessageWriter.PIECE -> piece(in);
          case MessageWriter.CHANGED -> changed(in);
          case MessageWriter.WANT -> new Message.Want();
          case MessageWriter.STILL -> new Message.Still(version(in));
          case MessageWriter.ON_TOPIC -> new Message.OnTopic(in.u16(), in.rest());
          default -> throw ProtocolException.unsupported("message of type " + type);
        };
    in.end();
    return message;
  }

  private static Message piece(WireReader in) {
    Version version = version(in);
    int index = in.u16();
    int count = in.u16();
    if (index >= count || count > Message.Piece.MAX_COUNT) {
      throw ProtocolException.malformed("piece %d of %d".formatted(index, count));
    }
    int has = in.u8();
    int expected = index == 0 ? MessageWriter.HAS_INFO | MessageWriter.HAS_SETTINGS : 0;
    if (has != expected) {
      throw ProtocolException.malformed("piece %d has %d".formatted(index, has));
    }
    NodeInfo info = has == 0 ? null : node(in);
    NodeSettings settings = has == 0 ? null : settings(in);
    return new Message.Piece(version, index, count, info, settings, held(in));
  }

  private static Message changed(WireReader in) {
    Version version = version(in);
    int has = in.u8();
    NodeInfo info = (has & MessageWriter.HAS_INFO) == 0 ? null : node(in);
    NodeSettings settings = (has & MessageWriter.HAS_SETTINGS) == 0 ? null : settings(in);
    return new Message.Changed(new Delta(version, info, settings, held(in), released(in)));
  }

  private static Version version(WireReader in) {
    return new Version(in.s64(), in.s64());
  }

  private static NodeSettings settings(WireReader in) {
    long revision = in.s64();
    String author = in.text();
    String error = in.text();
    long history = in.s64();
    int count = in.u8();
    Map<String, Integer> inForce = new HashMap<>();
    for (int i = 0; i < count; i++) {
      inForce.put(in.text(), in.s32());
    }
    try {
      return new NodeSettings(revision, author, error, history, inForce);
    } catch (IllegalArgumentException e) {
      throw ProtocolException.malformed("settings: " + e.getMessage());
    }
  }

  private static NodeInfo node(WireReader in) {
    String id = in.text();
    if (id.isEmpty()) {
      throw ProtocolException.malformed("a node without an id");
    }
    return new NodeInfo(
        id,
        in.text(),
        roles(in.u16()),
        in.text(),
        in.s32(),
        new NodeAddresses(address(in.text()), optionalAddress(in), optionalAddress(in)),
        new NodeLoad(in.s32(), in.f64(), in.s64(), in.s64(), in.s32(), in.s32(), in.s32()),
        in.u8() != 0,
        Instant.ofEpochMilli(in.s64()));
  }

  /** Roles that only newer nodes know are passed over. */
  private static Set<NodeRole> roles(int bits) {
    Set<NodeRole> roles = EnumSet.noneOf(NodeRole.class);
    for (NodeRole role : NodeRole.values()) {
      if ((bits & MessageWriter.bit(role)) != 0) {
        roles.add(role);
      }
    }
    return roles;
  }

  private static Optional<URI> optionalAddress(WireReader in) {
    String text = in.text();
    return text.isEmpty() ? Optional.empty() : Optional.of(address(text));
  }

  private static URI address(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw ProtocolException.malformed("address " + e.getReason());
    }
  }

  private static List<Holding> held(WireReader in) {
    int count = count(in, LEAST_HOLDING);
    List<Holding> held = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int kindAndState = in.u8();
      long epoch = in.s64();
      StreamPath path = new StreamPath(in.text(), in.text());
      held.add(
          new Holding(path, kind(kindAndState >> 4), state(kindAndState & 15), epoch, in.text()));
    }
    return held;
  }

  private static List<Delta.Released> released(WireReader in) {
    int count = count(in, LEAST_RELEASED);
    List<Delta.Released> released = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Holding.Kind kind = kind(in.u8());
      released.add(new Delta.Released(new StreamPath(in.text(), in.text()), kind));
    }
    return released;
  }

  private static int count(WireReader in, int least) {
    int count = in.u16();
    if (count * least > in.remaining()) {
      throw ProtocolException.malformed("%d streams in %d bytes".formatted(count, in.remaining()));
    }
    return count;
  }

  private static Holding.Kind kind(int code) {
    for (Holding.Kind kind : Holding.Kind.values()) {
      if (MessageWriter.kind(kind) == code) {
        return kind;
      }
    }
    throw ProtocolException.malformed("kind of holding " + code);
  }

  private static Holding.State state(int code) {
    for (Holding.State state : Holding.State.values()) {
      if (MessageWriter.state(state) == code) {
        return state;
      }
    }
    throw ProtocolException.malformed("state of holding " + code);
  }
}

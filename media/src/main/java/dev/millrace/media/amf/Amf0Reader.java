package dev.millrace.media.amf;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads AMF0 messages; the avmplus marker (0x11, AMF0 §3.1) leads into {@link Amf3Reader}. */
public final class Amf0Reader {
  private final AmfInput input;
  private final Amf3Reader amf3;

  private Amf0Reader(AmfInput input) {
    this.input = input;
    this.amf3 = new Amf3Reader(input);
  }

  /**
   * All values of a message, within {@link AmfLimits#DEFAULT}.
   *
   * @throws ProtocolException if a value is broken, of a type not supported, or beyond the limits
   */
  public static List<Amf0Value> readAll(Bytes message) {
    return readAll(message, AmfLimits.DEFAULT);
  }

  /**
   * All values of a message.
   *
   * @throws ProtocolException if a value is broken, of a type not supported, or beyond the limits
   */
  public static List<Amf0Value> readAll(Bytes message, AmfLimits limits) {
    AmfInput input = new AmfInput(message, limits);
    Amf0Reader reader = new Amf0Reader(input);
    List<Amf0Value> values = new ArrayList<>();
    while (input.remaining() > 0) {
      values.add(reader.value());
    }
    return List.copyOf(values);
  }

  private Amf0Value value() {
    input.enter();
    int at = input.position();
    int marker = input.u8();
    Amf0Value value =
        switch (marker) {
          case Amf0Marker.NUMBER -> new Amf0Value.Num(input.number());
          case Amf0Marker.BOOLEAN -> new Amf0Value.Bool(input.u8() != 0);
          case Amf0Marker.STRING -> new Amf0Value.Str(input.utf8(input.u16()));
          case Amf0Marker.OBJECT -> new Amf0Value.Obj(properties());
          case Amf0Marker.NULL -> Amf0Value.NULL;
          case Amf0Marker.UNDEFINED -> Amf0Value.UNDEFINED;
          case Amf0Marker.ECMA_ARRAY -> ecmaArray();
          case Amf0Marker.STRICT_ARRAY -> strictArray();
          case Amf0Marker.DATE -> new Amf0Value.Date(input.number(), (short) input.u16());
          case Amf0Marker.LONG_STRING -> new Amf0Value.LongStr(input.utf8(input.u32()));
          case Amf0Marker.UNSUPPORTED -> new Amf0Value.Unsupported();
          case Amf0Marker.XML_DOCUMENT -> new Amf0Value.XmlDocument(input.utf8(input.u32()));
          case Amf0Marker.TYPED_OBJECT ->
              new Amf0Value.TypedObj(input.utf8(input.u16()), properties());
          case Amf0Marker.AVMPLUS_OBJECT -> amf3.value();
          case Amf0Marker.REFERENCE, Amf0Marker.MOVIECLIP, Amf0Marker.RECORDSET ->
              throw ProtocolException.unsupported(
                  "AMF0 marker 0x%02x at byte %d (reference, movieclip, recordset)"
                      .formatted(marker, at));
          default ->
              throw ProtocolException.malformed(
                  "AMF0 marker 0x%02x at byte %d, must be 0x00..0x11".formatted(marker, at));
        };
    input.leave();
    return value;
  }

  private Map<String, Amf0Value> properties() {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    while (!input.atObjectEnd()) {
      String name = input.utf8(input.u16());
      properties.put(name, value());
    }
    input.take(3);
    return properties;
  }

  /** The count (§2.10) is only a hint; writers are known to get it wrong in both directions. */
  private Amf0Value ecmaArray() {
    long count = input.u32();
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    while (!input.atObjectEnd()) {
      // Some writers leave the end marker out where the array ends the message.
      if (input.remaining() == 0 && properties.size() >= count) {
        return new Amf0Value.EcmaArray(properties);
      }
      String name = input.utf8(input.u16());
      properties.put(name, value());
    }
    input.take(3);
    return new Amf0Value.EcmaArray(properties);
  }

  private Amf0Value strictArray() {
    long count = input.u32();
    // Each item takes a byte at least: a larger count cannot be true.
    if (count > input.remaining()) {
      throw ProtocolException.malformed(
          "AMF0 array of %d items at byte %d, only %d bytes left"
              .formatted(count, input.position(), input.remaining()));
    }
    List<Amf0Value> items = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      items.add(value());
    }
    return new Amf0Value.StrictArray(items);
  }
}

package dev.millrace.media.amf;

import dev.millrace.media.ProtocolException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the AMF3 values that stand behind avmplus markers of one message (AMF3 §3) and tells them
 * in the words of {@link Amf0Value}. The tables of strings and traits last for the message.
 * References to objects, externalizable classes, vectors and dictionaries are refused as
 * unsupported: no RTMP client is known to send them in a command, and shared objects would let a
 * short message describe a huge value.
 */
final class Amf3Reader {
  private static final int UNDEFINED = 0x00;
  private static final int NULL = 0x01;
  private static final int FALSE = 0x02;
  private static final int TRUE = 0x03;
  private static final int INTEGER = 0x04;
  private static final int DOUBLE = 0x05;
  private static final int STRING = 0x06;
  private static final int XML_DOCUMENT = 0x07;
  private static final int DATE = 0x08;
  private static final int ARRAY = 0x09;
  private static final int OBJECT = 0x0A;
  private static final int XML = 0x0B;
  private static final int BYTE_ARRAY = 0x0C;

  private record Traits(String className, boolean dynamic, List<String> sealedNames) {}

  private final AmfInput input;
  private final List<String> strings = new ArrayList<>();
  private final List<Traits> traits = new ArrayList<>();

  Amf3Reader(AmfInput input) {
    this.input = input;
  }

  Amf0Value value() {
    input.enter();
    int at = input.position();
    int marker = input.u8();
    Amf0Value value =
        switch (marker) {
          case UNDEFINED -> Amf0Value.UNDEFINED;
          case NULL -> Amf0Value.NULL;
          case FALSE -> new Amf0Value.Bool(false);
          case TRUE -> new Amf0Value.Bool(true);
          // §3.6: the 29 bits are a signed number.
          case INTEGER -> new Amf0Value.Num(u29() << 3 >> 3);
          case DOUBLE -> new Amf0Value.Num(input.number());
          case STRING -> new Amf0Value.Str(string());
          case XML_DOCUMENT, XML -> new Amf0Value.XmlDocument(input.utf8(inline("XML")));
          case DATE -> date();
          case ARRAY -> array();
          case OBJECT -> object();
          case BYTE_ARRAY -> new Amf0Value.ByteArray(input.take(inline("byte array")));
          default ->
              throw ProtocolException.unsupported(
                  "AMF3 marker 0x%02x at byte %d, supported are 0x00..0x0c".formatted(marker, at));
        };
    input.leave();
    return value;
  }

  /** §1.3.1: up to four bytes, seven bits each but eight in the fourth. */
  private int u29() {
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int next = input.u8();
      value = value << 7 | (next & 0x7F);
      if (next < 0x80) {
        return value;
      }
    }
    return value << 8 | input.u8();
  }

  /** §1.3.2: the empty string is never entered into the table. */
  private String string() {
    int header = u29();
    if ((header & 1) == 0) {
      return entry(strings, header >> 1, "string");
    }
    String text = input.utf8(header >> 1);
    if (!text.isEmpty()) {
      strings.add(text);
    }
    return text;
  }

  /** The length or count of a value that must not be a reference. */
  private int inline(String what) {
    int header = u29();
    if ((header & 1) == 0) {
      throw ProtocolException.unsupported(
          "AMF3 reference to " + what + " at byte " + input.position());
    }
    return header >> 1;
  }

  private Amf0Value date() {
    inline("date");
    return new Amf0Value.Date(input.number(), 0);
  }

  /** §3.11: pairs up to an empty name, then the dense items. */
  private Amf0Value array() {
    int count = inline("array");
    Map<String, Amf0Value> named = namedValues();
    if (count > input.remaining()) {
      throw ProtocolException.malformed(
          "AMF3 array of %d items at byte %d, only %d bytes left"
              .formatted(count, input.position(), input.remaining()));
    }
    List<Amf0Value> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(value());
    }
    if (named.isEmpty()) {
      return new Amf0Value.StrictArray(items);
    }
    for (int i = 0; i < count; i++) {
      named.put(Integer.toString(i), items.get(i));
    }
    return new Amf0Value.EcmaArray(named);
  }

  /** §3.12. */
  private Amf0Value object() {
    int header = inline("object");
    Traits type = traits(header);
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    for (String name : type.sealedNames()) {
      properties.put(name, value());
    }
    if (type.dynamic()) {
      properties.putAll(namedValues());
    }
    return type.className().isEmpty()
        ? new Amf0Value.Obj(properties)
        : new Amf0Value.TypedObj(type.className(), properties);
  }

  /**
   * The header has lost its lowest bit; what it says now: bit 0 traits inline, 1 ext, 2 dynamic.
   */
  private Traits traits(int header) {
    if ((header & 1) == 0) {
      return entry(traits, header >> 1, "traits");
    }
    if ((header & 2) != 0) {
      throw ProtocolException.unsupported("AMF3 externalizable object at byte " + input.position());
    }
    String className = string();
    int count = header >> 3;
    if (count > input.remaining()) {
      throw ProtocolException.malformed(
          "AMF3 traits of %d members at byte %d, only %d bytes left"
              .formatted(count, input.position(), input.remaining()));
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(string());
    }
    Traits read = new Traits(className, (header & 4) != 0, List.copyOf(names));
    traits.add(read);
    return read;
  }

  private Map<String, Amf0Value> namedValues() {
    Map<String, Amf0Value> named = new LinkedHashMap<>();
    for (String name = string(); !name.isEmpty(); name = string()) {
      named.put(name, value());
    }
    return named;
  }

  private <T> T entry(List<T> table, int index, String what) {
    if (index >= table.size()) {
      throw ProtocolException.malformed(
          "AMF3 %s reference %d at byte %d, table has %d"
              .formatted(what, index, input.position(), table.size()));
    }
    return table.get(index);
  }
}

package dev.millrace.media.amf;

import dev.millrace.media.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes AMF0 messages, the mirror of {@link Amf0Reader}. */
public final class Amf0Writer {
  private static final int MAX_SHORT_STRING = 0xFFFF;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  private Amf0Writer() {}

  /** The message made of these values. */
  public static Bytes write(Amf0Value... values) {
    return write(Arrays.asList(values));
  }

  /**
   * The message made of these values.
   *
   * @throws IllegalArgumentException if a property name is longer than 65535 bytes of UTF-8 or a
   *     value has no form in AMF0 ({@link Amf0Value.ByteArray})
   */
  public static Bytes write(List<Amf0Value> values) {
    Amf0Writer writer = new Amf0Writer();
    values.forEach(writer::value);
    return Bytes.wrap(writer.out.toByteArray());
  }

  private void value(Amf0Value value) {
    switch (value) {
      case Amf0Value.Num(double number) -> {
        out.write(Amf0Marker.NUMBER);
        u64(Double.doubleToRawLongBits(number));
      }
      case Amf0Value.Bool(boolean bool) -> {
        out.write(Amf0Marker.BOOLEAN);
        out.write(bool ? 1 : 0);
      }
      case Amf0Value.Str(String text) -> string(text);
      case Amf0Value.LongStr(String text) -> longText(Amf0Marker.LONG_STRING, utf8(text));
      case Amf0Value.XmlDocument(String text) -> longText(Amf0Marker.XML_DOCUMENT, utf8(text));
      case Amf0Value.Null() -> out.write(Amf0Marker.NULL);
      case Amf0Value.Undefined() -> out.write(Amf0Marker.UNDEFINED);
      case Amf0Value.Unsupported() -> out.write(Amf0Marker.UNSUPPORTED);
      case Amf0Value.Date(double millis, int timeZone) -> {
        out.write(Amf0Marker.DATE);
        u64(Double.doubleToRawLongBits(millis));
        u16(timeZone);
      }
      case Amf0Value.StrictArray(List<Amf0Value> items) -> {
        out.write(Amf0Marker.STRICT_ARRAY);
        u32(items.size());
        items.forEach(this::value);
      }
      case Amf0Value.Obj(Map<String, Amf0Value> properties) -> {
        out.write(Amf0Marker.OBJECT);
        properties(properties);
      }
      case Amf0Value.TypedObj(String className, Map<String, Amf0Value> properties) -> {
        out.write(Amf0Marker.TYPED_OBJECT);
        shortText(utf8(className));
        properties(properties);
      }
      case Amf0Value.EcmaArray(Map<String, Amf0Value> properties) -> {
        out.write(Amf0Marker.ECMA_ARRAY);
        u32(properties.size());
        properties(properties);
      }
      case Amf0Value.ByteArray bytes ->
          throw new IllegalArgumentException("AMF0 has no byte array: " + bytes);
    }
  }

  private void properties(Map<String, Amf0Value> properties) {
    properties.forEach(
        (name, value) -> {
          shortText(utf8(name));
          value(value);
        });
    u16(0);
    out.write(Amf0Marker.OBJECT_END);
  }

  private void string(String text) {
    byte[] utf8 = utf8(text);
    if (utf8.length > MAX_SHORT_STRING) {
      longText(Amf0Marker.LONG_STRING, utf8);
    } else {
      out.write(Amf0Marker.STRING);
      shortText(utf8);
    }
  }

  private void shortText(byte[] utf8) {
    if (utf8.length > MAX_SHORT_STRING) {
      throw new IllegalArgumentException("name of " + utf8.length + " bytes, at most 65535");
    }
    u16(utf8.length);
    out.writeBytes(utf8);
  }

  private void longText(int marker, byte[] utf8) {
    out.write(marker);
    u32(utf8.length);
    out.writeBytes(utf8);
  }

  private void u16(int value) {
    out.write(value >>> 8);
    out.write(value);
  }

  private void u32(int value) {
    u16(value >>> 16);
    u16(value);
  }

  private void u64(long value) {
    u32((int) (value >>> 32));
    u32((int) value);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.millrace.media.amf;

import dev.millrace.media.Bytes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A value of AMF0 (§2). Values that came as AMF3 behind the avmplus marker are told in the same
 * words, so that readers of commands and metadata know one vocabulary. Immutable.
 */
public sealed interface Amf0Value {
  /** The null value. */
  Amf0Value NULL = new Null();

  /** The undefined value. */
  Amf0Value UNDEFINED = new Undefined();

  /** §2.2: every number of AMF0 is a double; AMF3 integers become one. */
  record Num(double value) implements Amf0Value {}

  /** §2.3. */
  record Bool(boolean value) implements Amf0Value {}

  /** A string of either length; the two markers mean the same. */
  sealed interface Text extends Amf0Value {
    String value();
  }

  /** §2.4: at most 65535 bytes of UTF-8; a longer one is written as {@link LongStr}. */
  record Str(String value) implements Text {}

  /** §2.14. */
  record LongStr(String value) implements Text {}

  /** §2.17. */
  record XmlDocument(String value) implements Amf0Value {}

  /** §2.7. */
  record Null() implements Amf0Value {}

  /** §2.8. */
  record Undefined() implements Amf0Value {}

  /** §2.15. */
  record Unsupported() implements Amf0Value {}

  /** §2.13: milliseconds since 1970 UTC; the time zone is reserved and should be 0. */
  record Date(double millis, int timeZone) implements Amf0Value {}

  /** §2.12: a dense array. */
  record StrictArray(List<Amf0Value> items) implements Amf0Value {
    public StrictArray {
      items = List.copyOf(items);
    }
  }

  /** AMF3 §3.14; AMF0 has no such type. */
  record ByteArray(Bytes content) implements Amf0Value {}

  /**
   * Values that hold other values by name, in the order they came; of equal names the last wins.
   */
  sealed interface Keyed extends Amf0Value {
    Map<String, Amf0Value> properties();

    /** The value of this name. */
    default Optional<Amf0Value> get(String name) {
      return Optional.ofNullable(properties().get(name));
    }

    /** The text of this name; empty if absent or of another type. */
    default Optional<String> text(String name) {
      return get(name).filter(Text.class::isInstance).map(value -> ((Text) value).value());
    }

    /** The number of this name; empty if absent or of another type. */
    default OptionalDouble number(String name) {
      return properties().get(name) instanceof Num number
          ? OptionalDouble.of(number.value())
          : OptionalDouble.empty();
    }
  }

  /** §2.5: an anonymous object. */
  record Obj(Map<String, Amf0Value> properties) implements Keyed {
    public Obj {
      properties = ordered(properties);
    }
  }

  /** §2.18: an object of a named class. */
  record TypedObj(String className, Map<String, Amf0Value> properties) implements Keyed {
    public TypedObj {
      properties = ordered(properties);
    }
  }

  /** §2.10: an associative array, the usual form of onMetaData. */
  record EcmaArray(Map<String, Amf0Value> properties) implements Keyed {
    public EcmaArray {
      properties = ordered(properties);
    }
  }

  private static Map<String, Amf0Value> ordered(Map<String, Amf0Value> properties) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(properties));
  }
}

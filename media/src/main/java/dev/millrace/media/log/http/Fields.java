package dev.millrace.media.log.http;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A header's value with several fields, {@code name=value; name=value}. Values are words without
 * blanks, so that nothing needs quotes.
 */
final class Fields {
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._~,:/+-]*");
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})*");
  private static final int MAX_LENGTH = 2000;

  private final String header;
  private final Map<String, String> values;

  private Fields(String header, Map<String, String> values) {
    this.header = header;
    this.values = values;
  }

  /** Nothing yet, to be written. */
  static Fields empty(String header) {
    return new Fields(header, new LinkedHashMap<>());
  }

  /**
   * Reads the value of a header.
   *
   * @throws ProtocolException (malformed) if it is not of this form
   */
  static Fields parse(String header, String text) {
    if (text.length() > MAX_LENGTH) {
      throw ProtocolException.malformed(
          header + " of " + text.length() + " characters, at most " + MAX_LENGTH);
    }
    Map<String, String> values = new HashMap<>();
    for (String field : text.split("; ", -1)) {
      int equals = field.indexOf('=');
      boolean whole = equals > 0 && VALUE.matcher(field.substring(equals + 1)).matches();
      if (!whole
          || values.put(field.substring(0, equals), field.substring(equals + 1)) != null) {
        throw ProtocolException.malformed(header + " needs name=value, each once");
      }
    }
    return new Fields(header, values);
  }

  Fields word(String name, String value) {
    if (!VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(name + " '" + value + "' needs other characters");
    }
    values.put(name, value);
    return this;
  }

  Fields number(String name, long value) {
    return word(name, Long.toString(value));
  }

  Fields flag(String name, boolean value) {
    return word(name, value ? "1" : "0");
  }

  /** What the fields are of. */
  String header() {
    return header;
  }

  String text() {
    return values.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining("; "));
  }

  String word(String name) {
    String value = values.get(name);
    if (value == null) {
      throw missing(name, "something");
    }
    return value;
  }

  boolean flag(String name) {
    return switch (word(name)) {
      case "0" -> false;
      case "1" -> true;
      default -> throw missing(name, "0 or 1");
    };
  }

  long number(String name) {
    if (!NUMBER.matcher(word(name)).matches()) {
      throw missing(name, "a number");
    }
    return Long.parseLong(word(name));
  }

  /** A number that is not negative. */
  long count(String name) {
    long value = number(name);
    if (value < 0) {
      throw missing(name, "a number from 0 on");
    }
    return value;
  }

  /** A number from 0 to 2^31 - 1. */
  int size(String name) {
    long value = count(name);
    if (value > Integer.MAX_VALUE) {
      throw missing(name, "a smaller number");
    }
    return (int) value;
  }

  Bytes hex(String name) {
    if (!HEX.matcher(word(name)).matches()) {
      throw missing(name, "hexadecimal digits");
    }
    return Bytes.fromHex(word(name));
  }

  /** What a field has instead of what it should have. */
  ProtocolException missing(String name, String expected) {
    return ProtocolException.malformed(
        header + ": " + name + " must be " + expected + ", found " + values.get(name));
  }
}

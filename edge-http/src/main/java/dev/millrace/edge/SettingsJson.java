package dev.millrace.edge;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** The cluster's settings as operators read and change them. */
final class SettingsJson {
  private SettingsJson() {}

  static JsonObject revision(SettingsRevision revision) {
    return new JsonObject()
        .put("revision", revision.revision())
        .put("at", revision.at().toString())
        .put("by", revision.by())
        .put("values", new JsonObject(new TreeMap<String, Object>(revision.values())));
  }

  /**
   * Reads {@code {"set": {"KEY": VALUE}, "remove": ["KEY"], "ifRevision": N}}, of which one of the
   * first two must be there.
   *
   * @throws IllegalArgumentException if it is anything else; says what
   */
  static SettingsChange change(Buffer body, String by) {
    JsonObject json = object(body);
    Map<String, String> set = new HashMap<>();
    Set<String> remove = new HashSet<>();
    OptionalLong ifRevision = OptionalLong.empty();
    for (Map.Entry<String, Object> field : json) {
      switch (field.getKey()) {
        case "set" -> values(field.getValue(), set);
        case "remove" -> names(field.getValue(), remove);
        case "ifRevision" -> ifRevision = OptionalLong.of(number("ifRevision", field.getValue()));
        default ->
            throw new IllegalArgumentException(
                "unknown field " + field.getKey() + ", expected set, remove or ifRevision");
      }
    }
    if (set.isEmpty() && remove.isEmpty()) {
      throw new IllegalArgumentException("expected \"set\": {KEY: VALUE} or \"remove\": [KEY]");
    }
    return new SettingsChange(ifRevision, set, remove, by);
  }

  /**
   * Reads {@code {"revision": N}}.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  static long revisionNumber(Buffer body) {
    JsonObject json = object(body);
    if (!json.fieldNames().equals(Set.of("revision"))) {
      throw new IllegalArgumentException("expected {\"revision\": N}");
    }
    return number("revision", json.getValue("revision"));
  }

  private static JsonObject object(Buffer body) {
    try {
      return new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("the body is not a JSON object", e);
    }
  }

  private static void values(Object field, Map<String, String> into) {
    if (!(field instanceof JsonObject object)) {
      throw new IllegalArgumentException("\"set\" must be an object of keys and values");
    }
    for (Map.Entry<String, Object> each : object) {
      if (each.getValue() == null) {
        throw new IllegalArgumentException(
            each.getKey() + " has no value; name it in \"remove\" to remove it");
      }
      into.put(each.getKey(), String.valueOf(each.getValue()));
    }
  }

  private static void names(Object field, Set<String> into) {
    if (!(field instanceof JsonArray array)) {
      throw new IllegalArgumentException("\"remove\" must be an array of keys");
    }
    for (Object each : array) {
      if (!(each instanceof String key)) {
        throw new IllegalArgumentException("\"remove\" must be an array of keys");
      }
      into.add(key);
    }
  }

  private static long number(String name, Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return ((Number) value).longValue();
    }
    throw new IllegalArgumentException("\"" + name + "\" must be a whole number");
  }
}

package dev.millrace.cluster.channel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One protocol of a stack.
 *
 * @param name of the class, without its package where it is one of JGroups' usual ones
 * @param attributes in the order of print; values may have placeholders
 * @param comment why it is there and so set; empty for none
 */
record ProtocolSpec(String name, Map<String, String> attributes, String comment) {
  private static final int COLUMNS = 100;

  ProtocolSpec {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /** With attributes as name, value, name, value. */
  static ProtocolSpec of(String name, String comment, String... attributes) {
    Map<String, String> map = new LinkedHashMap<>();
    for (int i = 0; i < attributes.length; i += 2) {
      map.put(attributes[i], attributes[i + 1]);
    }
    return new ProtocolSpec(name, map, comment);
  }

  String xml() {
    StringBuilder text = new StringBuilder();
    if (!comment.isEmpty()) {
      text.append("  <!--\n").append(wrapped()).append("  -->\n");
    }
    text.append("  <").append(name);
    attributes.forEach(
        (key, value) ->
            text.append("\n      ").append(key).append("=\"").append(value).append('"'));
    return text.append("/>\n").toString();
  }

  private String wrapped() {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder("   ");
    for (String word : comment.split(" ", -1)) {
      if (line.length() + 1 + word.length() > COLUMNS) {
        lines.append(line).append('\n');
        line = new StringBuilder("   ");
      }
      line.append(' ').append(word);
    }
    return lines.append(line).append('\n').toString();
  }
}

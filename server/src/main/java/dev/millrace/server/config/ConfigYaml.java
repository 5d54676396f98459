package dev.millrace.server.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes settings as the YAML that {@link ConfigFile} reads, each under its comment. */
public final class ConfigYaml {
  private static final String HEAD =
      """
      # Every setting of a Millrace node. What is left out has the default, as config/server.example.yaml shows it.
      # In the environment rtmp.port is MILLRACE_RTMP_PORT. A flag wins over the environment, that over this file.
      """;

  private ConfigYaml() {}

  /** The example file: every key with its default. */
  public static String example() {
    return write(Settings.defaults(), Map.of(), true);
  }

  /**
   * The settings in effect.
   *
   * @param notes by path of a key, what to say behind its value
   * @param showKeys whether the configured stream keys are written; otherwise only their number
   */
  public static String write(Settings settings, Map<String, String> notes, boolean showKeys) {
    StringBuilder out = new StringBuilder(HEAD);
    String section = "";
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      if (!key.section().equals(section)) {
        section = key.section();
        out.append('\n').append(section).append(":\n");
      }
      key.comment().lines().forEach(line -> out.append("  # ").append(line).append('\n'));
      if (key.type().form() == ValueType.Form.KEY_LIST) {
        writeKeys(out, settings.get(ConfigKeys.PUBLISH_KEYS), showKeys);
      } else if (key.type().isSecret() && !showKeys && settings.where(key).isPresent()) {
        out.append("  # ").append(key.name()).append(": set, shown with --show-keys\n");
      } else {
        out.append("  ").append(key.name()).append(": ").append(value(key, settings));
        String remarks =
            Stream.concat(
                    settings.where(key).map(where -> "from " + where).stream(),
                    Optional.ofNullable(notes.get(key.path())).stream())
                .collect(Collectors.joining(", "));
        out.append(remarks.isEmpty() ? "" : "  # " + remarks).append('\n');
      }
    }
    return out.toString();
  }

  private static <T> String value(ConfigKey<T> key, Settings settings) {
    String text = key.type().writer().apply(settings.get(key));
    if (key.type().form() == ValueType.Form.TEXT_LIST) {
      return Arrays.stream(text.split(",", -1))
          .map(String::strip)
          .filter(each -> !each.isEmpty())
          .map(QuotedText::of)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (key.type().form() == ValueType.Form.LIST
        || key.type().form() == ValueType.Form.CLASS_LIST
        || (key.type().form() == ValueType.Form.RUNG_LIST && !text.matches("[a-z]+"))) {
      return "[" + text + "]";
    }
    return key.type().form() == ValueType.Form.TEXT || key.type().isSecret()
        ? QuotedText.of(text)
        : text;
  }

  private static void writeKeys(StringBuilder out, List<PublishKey> keys, boolean show) {
    if (keys.isEmpty()) {
      out.append("  keys: []\n");
    } else if (show) {
      out.append("  keys:\n");
      for (PublishKey key : keys) {
        out.append("    - {path: ").append(QuotedText.of(key.path().toString()));
        out.append(", key: ").append(QuotedText.of(key.key())).append("}\n");
      }
    } else {
      out.append("  # keys: ").append(keys.size()).append(" configured, shown with --show-keys\n");
    }
  }
}

package dev.millrace.server.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads the settings in a YAML 1.2 file: two levels of mappings, section and name. Everything is
 * checked against {@link ConfigKeys}; each refusal names file and line.
 */
public final class ConfigFile {
  private static final int MAX_CHARACTERS = 1 << 20;

  private final String file;

  private ConfigFile(String file) {
    this.file = file;
  }

  /**
   * The assignments of a file.
   *
   * @throws ConfigException if it cannot be read, is not YAML, or has an unknown key or value
   */
  public static List<Assignment<?>> read(Path path) {
    try {
      return parse(path.toString(), Files.readString(path));
    } catch (NoSuchFileException e) {
      throw new ConfigException(path + ": there is no such file");
    } catch (MalformedInputException e) {
      throw new ConfigException(path + ": is not UTF-8 text");
    } catch (IOException e) {
      throw new ConfigException(path + ": cannot be read: " + e);
    }
  }

  /** The assignments of a text; {@code file} is for messages. */
  static List<Assignment<?>> parse(String file, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setCodePointLimit(MAX_CHARACTERS)
            .setMaxAliasesForCollections(0)
            .build();
    ConfigFile reader = new ConfigFile(file);
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      return root.isEmpty() ? List.of() : reader.document(root.get());
    } catch (MarkedYamlEngineException e) {
      throw new ConfigException(
          e.getProblemMark().map(reader::at).orElse(file) + ": " + oneLine(e.getProblem()));
    } catch (YamlEngineException e) {
      throw new ConfigException(file + ": " + oneLine(String.valueOf(e.getMessage())));
    }
  }

  private List<Assignment<?>> document(Node root) {
    List<Assignment<?>> assignments = new ArrayList<>();
    List<String> sections = ConfigKeys.ALL.stream().map(ConfigKey::section).distinct().toList();
    for (NodeTuple section : mapping(root, "sections like 'rtmp:'")) {
      String name = scalar(section.getKeyNode(), "a section's name");
      if (!sections.contains(name)) {
        throw refusal(
            section.getKeyNode(),
            "unknown section '" + name + "'" + NearestName.hint(name, sections));
      }
      if (!isNull(section.getValueNode())) {
        for (NodeTuple entry : mapping(section.getValueNode(), "settings of " + name)) {
          assignments.add(assignment(name, entry));
        }
      }
    }
    return assignments;
  }

  private Assignment<?> assignment(String section, NodeTuple entry) {
    String path = section + "." + scalar(entry.getKeyNode(), "a setting's name");
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      if (key.path().equals(path)) {
        return new Assignment<>(key, text(key, entry.getValueNode()), at(entry.getValueNode()));
      }
    }
    List<String> known = ConfigKeys.ALL.stream().map(key -> key.path()).toList();
    throw refusal(entry.getKeyNode(), "unknown setting " + path + NearestName.hint(path, known));
  }

  private String text(ConfigKey<?> key, Node value) {
    String expected = key.path() + ", expected " + key.type().expected();
    return switch (key.type().form()) {
      case SCALAR, TEXT, SECRET -> isNull(value) ? "" : scalar(value, expected);
      case LIST, TEXT_LIST -> {
        List<String> words = new ArrayList<>();
        for (Node element : sequence(value, expected)) {
          words.add(scalar(element, expected));
        }
        yield String.join(",", words);
      }
      case KEY_LIST ->
          isNull(value)
              ? ""
              : sequence(value, expected).stream()
                  .map(element -> publishKey(element, expected))
                  .collect(Collectors.joining(","));
      case CLASS_LIST ->
          isNull(value)
              ? ""
              : sequence(value, expected).stream()
                  .map(element -> replicaClass(element, expected))
                  .collect(Collectors.joining(","));
      case RUNG_LIST ->
          value instanceof SequenceNode rungs
              ? rungs.getValue().stream()
                  .map(element -> rung(key, element, expected))
                  .collect(Collectors.joining(","))
              : isNull(value) ? "" : scalar(value, expected);
    };
  }

  /** A rung as {@link RungChoice} reads it. */
  private String rung(ConfigKey<?> key, Node element, String expected) {
    if (!(element instanceof MappingNode)) {
      return scalar(element, expected);
    }
    String height = "";
    String bitrate = "";
    String codec = "";
    for (NodeTuple entry : mapping(element, expected)) {
      String name = scalar(entry.getKeyNode(), "height, bitrate or codec");
      switch (name) {
        case "height" -> height = scalar(entry.getValueNode(), "a height like 720");
        case "bitrate" -> bitrate = ":" + scalar(entry.getValueNode(), Bitrate.EXPECTED);
        case "codec" -> codec = ":" + scalar(entry.getValueNode(), "h264, hevc or av1");
        default ->
            throw refusal(
                entry.getKeyNode(),
                "unknown '"
                    + name
                    + "' in "
                    + key.path()
                    + ", expected height, bitrate and codec"
                    + NearestName.hint(name, List.of("height", "bitrate", "codec")));
      }
    }
    String text = height + "p" + bitrate + codec;
    if (RungChoice.read(text).isEmpty()) {
      throw refusal(element, expected);
    }
    return text;
  }

  /** A class as {@link ReplicaClass} reads it. */
  private String replicaClass(Node element, String expected) {
    if (!(element instanceof MappingNode)) {
      return scalar(element, expected);
    }
    String match = "";
    String replicas = "";
    for (NodeTuple entry : mapping(element, expected)) {
      String name = scalar(entry.getKeyNode(), "match or replicas");
      switch (name) {
        case "match" -> match = scalar(entry.getValueNode(), "a path like live/vip-*");
        case "replicas" -> replicas = scalar(entry.getValueNode(), "a number, 1 to 16");
        default ->
            throw refusal(
                entry.getKeyNode(),
                "unknown '" + name + "' in origin.classes, expected match and replicas");
      }
    }
    if (ReplicaClass.of(match, replicas).isEmpty()) {
      throw refusal(element, expected);
    }
    return match + "=" + replicas;
  }

  private String publishKey(Node element, String expected) {
    String path = "";
    String key = "";
    for (NodeTuple entry : mapping(element, expected)) {
      String name = scalar(entry.getKeyNode(), "path or key");
      switch (name) {
        case "path" -> path = scalar(entry.getValueNode(), "a path app/name");
        case "key" -> key = scalar(entry.getValueNode(), "a stream key");
        default ->
            throw refusal(
                entry.getKeyNode(),
                "unknown '" + name + "' in publish.keys, expected path and key");
      }
    }
    if (PublishKey.of(path, key).isEmpty()) {
      throw refusal(element, expected);
    }
    return path + "=" + key;
  }

  private List<NodeTuple> mapping(Node node, String expected) {
    if (node instanceof MappingNode mapping) {
      Set<String> seen = new HashSet<>();
      for (NodeTuple entry : mapping.getValue()) {
        String name = scalar(entry.getKeyNode(), "a name");
        if (!seen.add(name)) {
          throw refusal(entry.getKeyNode(), "'" + name + "' stands here a second time");
        }
      }
      return mapping.getValue();
    }
    throw refusal(node, "expected " + expected);
  }

  private List<Node> sequence(Node node, String expected) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    throw refusal(node, expected + " in the form [a, b]");
  }

  private String scalar(Node node, String expected) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw refusal(
        node, expected + ", found a " + node.getNodeType().name().toLowerCase(Locale.ROOT));
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }

  private ConfigException refusal(Node node, String problem) {
    return new ConfigException(at(node) + ": " + problem);
  }

  private String at(Node node) {
    return node.getStartMark().map(this::at).orElse(file);
  }

  private String at(Mark mark) {
    return file + ":" + (mark.getLine() + 1);
  }

  private static String oneLine(String message) {
    return "not YAML: " + message.strip().replaceAll("\\s+", " ");
  }
}

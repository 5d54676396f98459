package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cluster.NodeRole;
import dev.millrace.media.StreamPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  private static Settings read(String yaml) {
    return Settings.of(ConfigFile.parse("m.yaml", yaml));
  }

  @Test
  void readsEveryTypeOfValue() {
    Settings settings =
        read(
            """
            node: {roles: [edge, ingest]}
            rtmp:
              host: "127.0.0.1"
              port: 0
              idle-timeout: 200ms
              max-message-size: 1MiB
            publish:
              open: true
              keys:
                - {path: live/a, key: secret-one}
                - path: live/a
                  key: secret=two
            log:
              format: json
            """);
    assertThat(settings.get(ConfigKeys.NODE_ROLES)).containsExactly(NodeRole.INGEST, NodeRole.EDGE);
    assertThat(settings.get(RtmpKeys.HOST)).isEqualTo("127.0.0.1");
    assertThat(settings.get(RtmpKeys.PORT)).isZero();
    assertThat(settings.get(RtmpKeys.IDLE_TIMEOUT)).isEqualTo(Duration.ofMillis(200));
    assertThat(settings.get(RtmpKeys.MAX_MESSAGE_SIZE)).isEqualTo(1_048_576);
    assertThat(settings.get(ConfigKeys.PUBLISH_OPEN)).isTrue();
    StreamPath path = StreamPath.parse("live/a");
    assertThat(settings.get(ConfigKeys.PUBLISH_KEYS))
        .containsExactly(new PublishKey(path, "secret-one"), new PublishKey(path, "secret=two"));
    assertThat(settings.get(ConfigKeys.LOG_FORMAT)).isEqualTo(LogFormat.JSON);
    assertThat(settings.get(HttpKeys.PORT)).isEqualTo(8080);
  }

  @Test
  void takesAnEmptyFileAndEmptySectionsForDefaults() {
    assertThat(ConfigFile.parse("m.yaml", "# nothing\n")).isEmpty();
    assertThat(ConfigFile.parse("m.yaml", "rtmp:\nhttp:\n")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rtmp:\\n  prot: 1                | m.yaml:2: unknown setting rtmp.prot; did you mean rtmp.port?
          rtpm:\\n  port: 1                | m.yaml:1: unknown section 'rtpm'; did you mean rtmp?
          rtmp:\\n  whatever-it-is: 1      | m.yaml:2: unknown setting rtmp.whatever-it-is
          rtmp:\\n\\n  port: 65536         | m.yaml:3: rtmp.port is '65536', expected a port, 0 to 65535, where 0 means any free one
          rtmp:\\n  port: many             | m.yaml:2: rtmp.port is 'many', expected a port, 0 to 65535, where 0 means any free one
          rtmp:\\n  port:                  | m.yaml:2: rtmp.port is '', expected a port, 0 to 65535, where 0 means any free one
          rtmp:\\n  port: [1]              | m.yaml:2: rtmp.port, expected a port, 0 to 65535, where 0 means any free one, found a sequence
          rtmp:\\n  idle-timeout: 4        | m.yaml:2: rtmp.idle-timeout is '4', expected a duration like 200ms, 2s, 5m or 1h
          origin:\\n  max-memory: 50MB     | m.yaml:2: origin.max-memory is '50MB', expected a size like 4096, 64KiB, 50MiB or 2GiB
          publish:\\n  open: yes           | m.yaml:2: publish.open is 'yes', expected true or false
          node:\\n  roles: [ingest, egde]  | m.yaml:2: node.roles is 'ingest,egde', expected a list of one or more of ingest, transcoder, origin, edge, relay
          log:\\n  format: xml             | m.yaml:2: log.format is 'xml', expected one of text, json
          rtmp: 3                          | m.yaml:1: expected settings of rtmp
          - a                              | m.yaml:1: expected sections like 'rtmp:'
          """)
  void refusesWithFileAndLine(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void refusesBrokenYamlAndDuplicateKeysWithFileAndLine() {
    assertThatThrownBy(() -> read("rtmp:\n  port: 1\n bad: {\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("m.yaml:3: not YAML: ")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> read("rtmp:\n  port: 1\n  port: 2\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("m.yaml:3: 'port' stands here a second time");
  }

  @Test
  void neverRepeatsASecretInARefusal() {
    List<String> broken =
        List.of(
            "publish:\n  keys: [{path: ../x, key: hush-hush-1}]",
            "publish:\n  keys: [{path: live/x, key: 'hush hush'}]");
    for (String yaml : broken) {
      assertThatThrownBy(() -> read(yaml))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("m.yaml:2: publish.keys, expected a list of")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void saysThatAFileIsMissing() {
    assertThatThrownBy(() -> ConfigFile.read(Path.of("no-such-file.yaml")))
        .isInstanceOf(ConfigException.class)
        .hasMessage("no-such-file.yaml: there is no such file");
  }
}

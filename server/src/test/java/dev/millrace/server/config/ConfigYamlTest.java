package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ConfigYamlTest {
  private static final Path EXAMPLE = Path.of("../config/server.example.yaml");

  @BeforeAll
  static void rewriteWhenAskedTo() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(EXAMPLE, ConfigYaml.example());
    }
  }

  @Test
  void exampleFileListsEveryKeyWithItsDefaultAndComment() {
    assertThat(EXAMPLE)
        .as("write it anew with -Dgolden.update=true")
        .content()
        .isEqualTo(ConfigYaml.example());
  }

  @Test
  void exampleFileReadsAsTheDefaults() {
    List<Assignment<?>> assignments = ConfigFile.read(EXAMPLE);
    assertThat(assignments).hasSameSizeAs(ConfigKeys.ALL);
    Settings settings = Settings.of(assignments);
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertThat(settings.<Object>get(erased(key))).as(key.path()).isEqualTo(key.fallback());
    }
  }

  @Test
  void writesWhatItReadsBack() {
    String yaml =
        """
        {rtmp: {port: 0, idle-timeout: 1500ms}, node: {name: 'say "hi"\\', roles: [edge]},
         publish: {keys: [{path: live/a, key: secret-one}]},
         transcode: {ladder: [720p:2.8M:av1, 360p], audio-bitrates: [96k]},
         origin: {max-memory: 3KiB, classes: [{match: 'live/vip-*', replicas: 3}]},
         cluster: {name: lab, seeds: [10.0.0.1, 'b:7801'], secret: 'quite "long"'},
         relay: {iptv-channels: ['a=live/a rtp://[ff15::1]:5004?fec=default&rate=5M'],
                 sites: ['a=10.0.0.0/8', 'b=2001:db8::/48', '192.168.7.0/24']}}
        """;
    Settings settings = Settings.of(ConfigFile.parse("m.yaml", yaml));
    String written = ConfigYaml.write(settings, Map.of(), true);
    Settings readBack = Settings.of(ConfigFile.parse("n.yaml", written));
    for (ConfigKey<?> key : ConfigKeys.ALL) {
      assertThat(readBack.<Object>get(erased(key)))
          .as(key.path())
          .isEqualTo(settings.<Object>get(erased(key)));
    }
    assertThat(written).contains("port: 0  # from m.yaml:1");
  }

  @Test
  void hidesStreamKeysUnlessAskedFor() {
    Settings settings =
        Settings.of(
            ConfigFile.parse(
                "m.yaml",
                "{publish: {keys: [{path: live/a, key: hush-hush}]}, cluster: {secret:"
                    + " hush-hush}}"));
    assertThat(ConfigYaml.write(settings, Map.of(), false))
        .doesNotContain("hush")
        .contains("# keys: 1 configured")
        .contains("# secret: set");
  }

  // Only read from.
  @SuppressWarnings("unchecked")
  private static ConfigKey<Object> erased(ConfigKey<?> key) {
    return (ConfigKey<Object>) key;
  }
}

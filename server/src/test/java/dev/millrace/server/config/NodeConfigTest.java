package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.log.Targets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
  private static final NodeConfig.Host HOST =
      new NodeConfig.Host("box", Map.of("HOME", "/home/someone"), 1L << 30);

  private static NodeConfig read(String yaml) {
    return NodeConfig.of(Settings.of(ConfigFile.parse("m.yaml", yaml)), HOST);
  }

  @Test
  void fillsInWhatDependsOnTheMachine() {
    NodeConfig config = read("");
    assertThat(config.name()).isEqualTo("box");
    assertThat(config.data()).isEqualTo(Path.of("/home/someone/.local/state/millrace"));
    assertThat(config.origin().maxMemoryBytes()).isEqualTo(1L << 29);
    assertThat(config.roles()).containsExactlyInAnyOrder(Role.values());
  }

  @Test
  void defaultTargetsAreThoseOfTheMediaModule() {
    assertThat(read("").hls().targets()).isEqualTo(Targets.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({"500ms,512000", "200ms,214000", "1s,1003000", "320ms,320000"})
  void partTargetIsThePartDurationUpToWholeAudioFrames(String part, long partTargetUs) {
    assertThat(read("hls: {part-duration: " + part + "}").hls().targets().partTargetUs())
        .isEqualTo(partTargetUs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hls: {target-duration: 1s}      | m.yaml:1: hls.target-duration is 1s, expected whole seconds
          hls: {target-duration: 4500ms}  | m.yaml:1: hls.target-duration is 4500ms, expected whole seconds
          hls: {window: 5s}               | m.yaml:1: hls.window is 5s, expected at least three times
          hls: {part-duration: 50ms}      | m.yaml:1: hls.part-duration is 50ms, expected at least 100ms
          hls: {part-duration: 1100ms}    | hls.segment-duration is 2s, expected at least two parts
          rtmp: {idle-timeout: 0s}        | m.yaml:1: rtmp.idle-timeout is 0s, expected more than 0s
          rtmp: {max-message-size: 17MiB} | m.yaml:1: rtmp.max-message-size must be 64KiB to 16MiB
          http: {idle-timeout: 10s}       | m.yaml:1: http.idle-timeout is 10s, expected more than 20s
          origin: {max-memory: 1GiB}      | m.yaml:1: origin.max-memory is 1GiB, expected less than nine tenths of the Java heap
          node: {name: 'a b'}             | m.yaml:1: node.name is 'a b', expected
          node: {roles: [ingest, edge]}   | m.yaml:1: node.roles leaves out transcoder; nodes cannot share roles
          """)
  void refusesWhatDoesNotGoTogether(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void refusesOneKeyForTwoPathsOfAnApplication() {
    assertThatThrownBy(
            () ->
                read(
                    "publish: {keys: [{path: live/a, key: hush-hush}, {path: live/b, key:"
                        + " hush-hush}]}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("twice")
        .hasMessageNotContaining("hush");
  }
}

package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SharedSettingsTest {
  private static NodeConfig read(String yaml) {
    return NodeConfig.of(
        Settings.of(ConfigFile.parse("m.yaml", yaml)),
        new NodeConfig.Host("box", Map.of("HOME", "/home/someone"), 1L << 30));
  }

  @Test
  void clusterWinsOverTheNode() {
    NodeConfig node = read("origin: {replicas: 3}");
    assertThat(SharedSettings.over(node, Map.of("origin.replicas", "4")).origin().replicas())
        .isEqualTo(4);
    assertThat(SharedSettings.over(node, Map.of()).origin().replicas()).isEqualTo(3);
  }

  @Test
  void whatConcernsOneNodeOnlyCannotBeShared() {
    assertThatThrownBy(() -> SharedSettings.over(read(""), Map.of("rtmp.port", "1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rtmp.port cannot be set for the whole cluster");
  }

  @Test
  void nodesTellWhatTheirRolesRead() {
    assertThat(SharedSettings.inForce(read("{cluster: {name: c}, node: {roles: [edge]}}")))
        .isEmpty();
    assertThat(
            SharedSettings.inForce(read("{cluster: {name: c}, node: {roles: [origin]}}")).keySet())
        .contains("origin.replicas")
        .doesNotContain("publish.keys");
  }

  @Test
  void theSameValueHasTheSameHashWhereverItComesFrom() {
    Map<String, Integer> configured = SharedSettings.inForce(read("origin: {replicas: 3}"));
    Map<String, Integer> shared =
        SharedSettings.inForce(SharedSettings.over(read(""), Map.of("origin.replicas", "3")));
    assertThat(shared).isEqualTo(configured).isNotEqualTo(SharedSettings.inForce(read("")));
  }
}

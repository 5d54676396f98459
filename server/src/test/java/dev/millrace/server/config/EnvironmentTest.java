package dev.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.cluster.NodeRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
  @Test
  void overridesAnyKeyByAVariableNamedAfterIt() {
    Settings settings =
        Settings.of(
            Environment.read(
                Map.of(
                    "MILLRACE_RTMP_PORT", "0",
                    "MILLRACE_PUBLISH_KEYS", "live/a=secret-one, live/b=secret-two",
                    "MILLRACE_NODE_ROLES", "ingest, edge",
                    "PATH", "/bin")));
    assertThat(settings.get(RtmpKeys.PORT)).isZero();
    assertThat(settings.get(ConfigKeys.PUBLISH_KEYS)).hasSize(2);
    assertThat(settings.get(ConfigKeys.NODE_ROLES)).containsExactly(NodeRole.INGEST, NodeRole.EDGE);
  }

  @Test
  void refusesAVariableOfNoKeyWithTheNearestName() {
    assertThatThrownBy(() -> Environment.read(Map.of("MILLRACE_RTMP_PROT", "0")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "MILLRACE_RTMP_PROT: no setting has this name; did you mean MILLRACE_RTMP_PORT?");
  }

  @Test
  void leavesTheVariablesOfLauncherAndTestsAlone() {
    assertThat(Environment.read(Map.of("MILLRACE_JAVA_OPTS", "-Xmx1g", "MILLRACE_TEST_X", "1")))
        .isEmpty();
  }

  @Test
  void namesTheVariableOfAnIllTypedValue() {
    assertThatThrownBy(() -> Settings.of(Environment.read(Map.of("MILLRACE_HTTP_PORT", "x"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "MILLRACE_HTTP_PORT: http.port is 'x', expected a port, 0 to 65535, where 0 means any"
                + " free one");
  }

  @Test
  void winsOverTheFileAndLosesToAFlag() {
    List<Assignment<?>> layers =
        new ArrayList<>(ConfigFile.parse("m.yaml", "{rtmp: {port: 1}, http: {port: 2}}"));
    layers.addAll(Environment.read(Map.of("MILLRACE_RTMP_PORT", "3", "MILLRACE_HTTP_PORT", "4")));
    layers.add(Assignment.flag(HttpKeys.PORT, "5", "--http-port"));
    Settings settings = Settings.of(layers);
    assertThat(settings.get(RtmpKeys.PORT)).isEqualTo(3);
    assertThat(settings.get(HttpKeys.PORT)).isEqualTo(5);
  }
}

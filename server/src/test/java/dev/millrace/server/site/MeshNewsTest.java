package dev.millrace.server.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Accusation;
import dev.millrace.relay.mesh.SiteRelay;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshNewsTest {
  private static final Bytes ID = SiteRelay.idOf("relay");

  @Test
  void isReadAsItWasWritten() {
    MeshNews quiet = new MeshNews(7481, 100_000, List.of());
    assertThat(quiet.text()).isEqualTo("7481 100000");
    assertThat(MeshNews.parse(quiet.text())).isEqualTo(quiet);
    Accusation other = new Accusation(SiteRelay.idOf("other"), 2);
    MeshNews accuses = new MeshNews(1, 1, List.of(new Accusation(ID, 3), other));
    assertThat(MeshNews.parse(accuses.text())).isEqualTo(accuses);
  }

  @Test
  void moreAccusationsThanMayBeToldAreNotHeard() {
    MeshNews many = new MeshNews(1, 1, Collections.nCopies(20, new Accusation(ID, 3)));
    assertThat(MeshNews.parse(many.text()).accused()).hasSize(Accusation.MOST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7481",
        "port 1",
        "0 1",
        "70000 1",
        "7481 1 x",
        "7481 1 00=1",
        "7481 1 000102030405060708090a0b0c0d0e0f=0",
        "7481 1 000102030405060708090a0b0c0d0e0f"
      })
  void anythingElseIsNone(String text) {
    assertThatThrownBy(() -> MeshNews.parse(text)).isInstanceOf(ProtocolException.class);
  }
}

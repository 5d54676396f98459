package dev.millrace.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.StreamPath;
import dev.millrace.server.config.ConfigException;
import dev.millrace.server.config.PublishKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedKeyTest {
  @TempDir Path temporary;

  @Test
  void isMadeOnceAndReadableByItsOwnerOnly() throws IOException {
    Path data = temporary.resolve("a/b");
    try (DataFolder folder = DataFolder.take(data)) {
      assertThat(GeneratedKey.find(data)).isEmpty();
      PublishKey key = GeneratedKey.findOrCreate(folder);
      assertThat(key.path()).isEqualTo(StreamPath.parse("live/main"));
      assertThat(key.key()).matches("[A-Za-z0-9_-]{22}");
      assertThat(GeneratedKey.findOrCreate(folder)).isEqualTo(key);
      assertThat(GeneratedKey.find(data)).contains(key);
      assertThat(key.toString()).doesNotContain(key.key());
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(data.resolve("stream-key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesAFileThatHoldsNoKey() throws IOException {
    Files.writeString(temporary.resolve("stream-key"), "");
    assertThatThrownBy(() -> GeneratedKey.find(temporary))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("holds no stream key");
  }

  @Test
  void dataFolderBelongsToOneNodeAtATime() {
    DataFolder first = DataFolder.take(temporary);
    assertThatThrownBy(() -> DataFolder.take(temporary))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("in use by another node");
    first.close();
    DataFolder.take(temporary).close();
  }

  @Test
  void saysThatADataFolderCannotBeMade() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    assertThatThrownBy(() -> DataFolder.take(file.resolve("data")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be used");
  }
}

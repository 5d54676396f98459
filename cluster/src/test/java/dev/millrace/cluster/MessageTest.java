package dev.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageTest {
  private static final NodeInfo NODE =
      TestNodes.started("0123456789", 1_764_000_000_123L, Set.of(NodeRole.values()))
          .withLoad(new NodeLoad(16, 3.75, 1_234_567_890_123L, 1_250_000_000L, 4321, 3, 9))
          .withDraining(true);
  private static final NodeSettings SETTINGS =
      new NodeSettings(12, "abcdef0123", "no such key", -5, Map.of("publish.open", -1, "a", 7));
  private static final Version VERSION = new Version(1_764_000_000_123L, 41);

  @Test
  void changesArriveAsTheyWere() {
    List<Holding> held = new ArrayList<>();
    for (Holding.State state : Holding.State.values()) {
      held.add(TestNodes.copy("live/" + state, state, Long.MAX_VALUE));
    }
    held.add(TestNodes.ingest("live/a", -1));
    List<Delta.Released> released =
        List.of(new Delta.Released(StreamPath.parse("vod/b"), Holding.Kind.INGEST));
    List<Bytes> messages = MessageWriter.changes(VERSION, NODE, SETTINGS, held, released);
    assertThat(messages).hasSize(1);
    assertThat(MessageReader.read(messages.getFirst()))
        .isEqualTo(new Message.Changed(new Delta(VERSION.next(), NODE, SETTINGS, held, released)));
  }

  @Test
  void shortMessagesArriveAsTheyWere() {
    assertThat(MessageReader.read(MessageWriter.want())).isEqualTo(new Message.Want());
    assertThat(MessageReader.read(MessageWriter.still(VERSION)))
        .isEqualTo(new Message.Still(VERSION));
    assertThat(MessageReader.read(MessageWriter.onTopic(65_535, Bytes.utf8("x"))))
        .isEqualTo(new Message.OnTopic(65_535, Bytes.utf8("x")));
    assertThat(MessageWriter.onTopic(1, Bytes.wrap(new byte[Topics.MAX_BYTES])).length())
        .isLessThanOrEqualTo(Message.MAX_BYTES);
  }

  @Test
  void manyChangesAreCutIntoMessagesThatFollowEachOther() {
    List<Holding> held = new ArrayList<>();
    List<Delta.Released> released = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      String longest = "a".repeat(100) + "/" + "n".repeat(100) + i;
      held.add(TestNodes.copy(longest, Holding.State.LIVE, i));
      released.add(new Delta.Released(StreamPath.parse("b" + longest), Holding.Kind.ORIGIN));
    }
    List<Bytes> messages = MessageWriter.changes(VERSION, NODE, null, held, released);
    List<Holding> heldThere = new ArrayList<>();
    List<Delta.Released> releasedThere = new ArrayList<>();
    long counter = VERSION.counter();
    for (Bytes message : messages) {
      assertThat(message.length()).isLessThanOrEqualTo(Message.MAX_BYTES);
      if (!(MessageReader.read(message) instanceof Message.Changed(Delta delta))) {
        throw new AssertionError(message);
      }
      assertThat(delta.version().counter()).isEqualTo(++counter);
      heldThere.addAll(delta.held());
      releasedThere.addAll(delta.released());
    }
    assertThat(heldThere).isEqualTo(held);
    assertThat(releasedThere).isEqualTo(released);
  }

  @Test
  void aLongErrorIsCutAndALongNameRefused() {
    NodeSettings wordy = new NodeSettings(1, "a", "ü".repeat(5000), 0, Map.of());
    Bytes message = MessageWriter.changes(VERSION, null, wordy, List.of(), List.of()).getFirst();
    if (!(MessageReader.read(message) instanceof Message.Changed(Delta delta))
        || delta.settings() == null) {
      throw new AssertionError(message);
    }
    assertThat(delta.settings().error()).startsWith("üüüüüüüüüü").hasSizeBetween(100, 127);
    assertThatThrownBy(
            () ->
                new GroupMembership(
                    TestNodes.node("n".repeat(256)), () -> 0, (task, nanos) -> {}, Runnable::run))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatANewerFormatOrTypeSaysIsRefused() {
    assertThatThrownBy(() -> MessageReader.read(Bytes.of(2, 3)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> MessageReader.read(Bytes.of(1, 200)))
        .isInstanceOf(ProtocolException.class);
    assertThatThrownBy(() -> MessageReader.read(Bytes.wrap(new byte[60_001])))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void onlyProtocolExceptionsEscapeWhateverTheBytesAre() {
    long seed = Long.getLong("fuzz.seed", 4);
    Random random = new Random(seed);
    List<Bytes> seeds =
        new ArrayList<>(List.of(MessageWriter.want(), MessageWriter.still(VERSION)));
    seeds.addAll(
        MessageWriter.changes(
            VERSION,
            NODE,
            SETTINGS,
            List.of(TestNodes.ingest("live/a", 3), TestNodes.ingest("live/b", 4)),
            List.of(new Delta.Released(StreamPath.parse("live/c"), Holding.Kind.ORIGIN))));
    Directory directory = new Directory(NODE);
    directory.hold(TestNodes.ingest("live/a", 1));
    seeds.addAll(MessageWriter.section(directory.own()));
    int refused = 0;
    int rounds = 100_000;
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = seeds.get(random.nextInt(seeds.size())).toArray();
      int cut = random.nextInt(4) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
      byte[] damaged = Arrays.copyOf(bytes, cut);
      for (int hits = random.nextInt(4); hits > 0 && cut > 0; hits--) {
        damaged[random.nextInt(cut)] = (byte) random.nextInt();
      }
      if (random.nextInt(10) == 0) {
        damaged = new byte[random.nextInt(100)];
        random.nextBytes(damaged);
      }
      try {
        MessageReader.read(Bytes.wrap(damaged));
      } catch (ProtocolException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(rounds / 4, rounds - 1);
  }
}

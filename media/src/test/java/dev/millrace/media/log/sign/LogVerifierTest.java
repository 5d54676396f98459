package dev.millrace.media.log.sign;

import static dev.millrace.media.log.sign.SignedScript.PATH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.PartEntry;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.Targets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogVerifierTest {
  private static final long EPOCH = 1000;
  private static final Targets TARGETS = new Targets(2_000_000, 4, 500_000, 30_000_000);

  /** Longer than records may be unsigned: 2 s, and the ticks before it is noticed. */
  private static final int LONG = 12;

  private final Random random = new Random(8032);
  private final SignedScript node = new SignedScript(random);
  private final List<LogRecord> records =
      LogScript.open(EPOCH, TARGETS).video().audio().segments(6).end().records();
  private final List<LogRecord> blocks = node.blocks(records, EPOCH);
  private final LogVerifier verifier = verifier();

  private static LogVerifier verifier() {
    return new LogVerifier(PATH, SignedScript::vouched, false);
  }

  private static void tell(LogVerifier to, List<? extends LogRecord> all) {
    all.forEach(to::record);
  }

  private static void ticks(LogVerifier of, int count) {
    for (int i = 0; i < count; i++) {
      of.tick();
    }
  }

  /** What a new follower is told: a whole window, and then its blocks. */
  private void window(List<LogRecord> window, List<LogRecord> signed) {
    tell(verifier, window);
    verifier.record(node.card());
    tell(verifier, signed);
    verifier.windowComplete();
  }

  private static ProtocolException fault(org.assertj.core.api.ThrowableAssert.ThrowingCallable by) {
    return org.assertj.core.api.Assertions.catchThrowableOfType(ProtocolException.class, by);
  }

  @Test
  void whatIsSignedIsBelievedInWhateverOrderItComes() {
    for (int round = 0; round < 40; round++) {
      List<LogRecord> told = new ArrayList<>(records.subList(1, records.size()));
      told.addAll(blocks);
      told.add(node.card());
      Collections.shuffle(told, random);
      LogVerifier each = verifier();
      each.record(records.getFirst());
      each.windowComplete();
      int proven = 0;
      for (LogRecord record : told) {
        each.record(record);
        if (random.nextBoolean()) {
          proven += each.prove().size();
        }
      }
      proven += each.prove().size();
      assertThat(proven).isEqualTo(blocks.size() + 1);
      assertThat(each.unsigned()).isZero();
      ticks(each, LONG);
    }
  }

  @Test
  void aWindowMayBeginInTheMiddleOfAChain() {
    List<LogRecord> late = blocks.subList(blocks.size() / 2, blocks.size());
    window(List.of(records.getFirst(), records.get(records.size() - 4)), late);
    assertThat(verifier.prove()).hasSize(late.size() + 1);
    assertThat(verifier.unsigned()).as("whose block is not in the window").isEqualTo(1);
  }

  @Test
  void ofAWindowOneSignatureProvesAll() {
    List<LogRecord> unsigned = new ArrayList<>();
    for (LogRecord record : blocks.subList(0, blocks.size() - 1)) {
      unsigned.add(
          new LogRecord.Signed(((LogRecord.Signed) record).block().with(Bytes.wrap(new byte[64]))));
    }
    unsigned.add(blocks.getLast());
    window(records, unsigned);
    assertThat(verifier.prove()).hasSize(blocks.size() + 1);
    assertThat(verifier.unsigned()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"signature", "number", "epoch", "previous", "hash", "fewer", "order"})
  void anyChangeOfABlockIsSeen(String what) {
    for (int round = 0; round < 20; round++) {
      int at = random.nextInt(blocks.size() - 1);
      SignedBlock block = ((LogRecord.Signed) blocks.get(at)).block();
      if ((what.equals("fewer") || what.equals("order")) && block.covered().size() < 2) {
        continue;
      }
      List<LogRecord> told = new ArrayList<>(blocks);
      told.set(at, new LogRecord.Signed(changed(block, what)));
      LogVerifier live = verifier();
      tell(live, records);
      live.record(node.card());
      live.windowComplete();
      assertThatThrownBy(
              () -> {
                for (LogRecord each : told) {
                  live.record(each);
                  live.prove();
                }
              })
          .as("one by one")
          .isInstanceOf(ProtocolException.class);
      LogVerifier joining = new LogVerifier(PATH, SignedScript::vouched, true);
      tell(joining, records);
      joining.record(node.card());
      assertThatThrownBy(
              () -> {
                tell(joining, told);
                joining.windowComplete();
                joining.prove();
              })
          .as("as a window")
          .isInstanceOf(ProtocolException.class);
    }
  }

  private SignedBlock changed(SignedBlock block, String what) {
    List<Covered> covered = new ArrayList<>(block.covered());
    byte[] signature = block.signature().toArray();
    long number = block.number();
    long epoch = block.epoch();
    Bytes previous = block.previous();
    switch (what) {
      case "signature" -> signature[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
      case "number" -> number++;
      case "epoch" -> epoch++;
      case "previous" -> previous = previous.sha256();
      case "hash" ->
          covered.set(
              0, new Covered(covered.getFirst().name(), covered.getFirst().hash().sha256()));
      case "fewer" -> covered.removeLast();
      default -> Collections.swap(covered, 0, 1);
    }
    return new SignedBlock(block.signer(), epoch, number, previous, covered, Bytes.wrap(signature));
  }

  @Test
  void anotherEntryThanWasSignedIsSeenAtOnce() {
    for (int round = 0; round < 20; round++) {
      List<LogRecord> told = new ArrayList<>(records);
      int at = 5 + random.nextInt(records.size() - 10);
      LogRecord.Appended right = (LogRecord.Appended) told.get(at);
      told.set(at, new LogRecord.Appended(right.rendition(), lie(right.entry())));
      LogVerifier before = verifier();
      tell(before, told);
      before.record(node.card());
      tell(before, blocks);
      assertThatThrownBy(before::prove).hasMessageContaining("is not what its writer signed");
      LogVerifier behind = verifier();
      behind.record(records.getFirst());
      behind.record(node.card());
      tell(behind, blocks);
      behind.prove();
      assertThatThrownBy(() -> tell(behind, told))
          .hasMessageContaining("is not what its writer signed");
    }
  }

  private PartEntry lie(PartEntry of) {
    Bytes other = of.sha256().sha256();
    return new PartEntry(
        of.position(),
        of.durationUs() + (random.nextBoolean() ? 1 : 0),
        of.sizeBytes(),
        of.independent(),
        of.endOfSegment(),
        of.gap(),
        of.discontinuitySequence(),
        of.init(),
        of.programDateTimeUs(),
        of.keyFrameBytes(),
        other,
        other);
  }

  @Test
  void recordsWithoutABlockAreBelievedForTwoSeconds() {
    window(records.subList(0, 3), blocks.subList(0, 0));
    for (int tick = 0; tick < 8; tick++) {
      verifier.record(records.get(3 + tick));
      verifier.tick();
    }
    ProtocolException fault =
        fault(
            () -> {
              for (int tick = 8; tick < 14; tick++) {
                verifier.record(records.get(3 + tick));
                verifier.tick();
              }
            });
    assertThat(fault).hasMessage("'opened 1000' is not signed, though its log went on");
  }

  @Test
  void theEndOfALogMayBeUnsignedUntilItGoesOn() {
    int end = records.size() - 5;
    window(records.subList(0, end), node.blocks(records.subList(0, end), EPOCH + 1));
    verifier.prove();
    verifier.record(records.get(end));
    verifier.tick();
    verifier.record(records.get(end + 1));
    ticks(verifier, 100);
    assertThat(verifier.unsigned()).isEqualTo(2);

    SignedScript heir = new SignedScript(random);
    tell(verifier, records.subList(end + 2, end + 4));
    ticks(verifier, 3);
    verifier.record(heir.card());
    tell(verifier, heir.blocks(records.subList(end, end + 4), EPOCH + 2));
    assertThat(verifier.prove()).as("and whoever goes on signs it").hasSizeGreaterThan(1);
    assertThat(verifier.unsigned()).isZero();
  }

  @Test
  void theEndOfALogIsNotExcusedWhenItGoesOn() {
    int end = records.size() - 5;
    window(records.subList(0, end), blocks);
    LogVerifier without = verifier();
    tell(without, records.subList(0, end));
    without.windowComplete();
    ticks(without, 100);
    without.record(records.get(end));
    assertThatThrownBy(() -> ticks(without, LONG)).hasMessageContaining("is not signed");
  }

  @Test
  void signersNeedAVoucherAndAKey() {
    assertThatThrownBy(
            () ->
                verifier.record(
                    new LogRecord.SignerTold(
                        new SignerKey(node.key().publicKey(), Bytes.utf8("x").sha256()))))
        .hasMessageContaining("nobody vouches");
    assertThatCode(() -> verifier.record(node.card())).doesNotThrowAnyException();
  }

  @Test
  void blocksOfAnUnknownSignerProveNothing() {
    tell(verifier, records.subList(0, 10));
    tell(verifier, blocks);
    verifier.windowComplete();
    assertThat(verifier.prove()).isEmpty();
    verifier.tick();
    verifier.record(records.get(10));
    verifier.tick();
    verifier.record(records.get(11));
    assertThatThrownBy(() -> ticks(verifier, LONG))
        .hasMessageEndingWith("(by a signer that nobody told)");
  }

  @Test
  void aSignerMayBeToldAfterItsBlocks() {
    tell(verifier, records);
    tell(verifier, blocks);
    verifier.windowComplete();
    verifier.record(node.card());
    assertThat(verifier.prove()).hasSize(blocks.size() + 1);
  }

  @Test
  void blocksOfAnotherStreamAreNoneOfThis() {
    LogVerifier other =
        new LogVerifier(new StreamPath("live", "other"), SignedScript::vouched, false);
    tell(other, records);
    other.record(node.card());
    tell(other, blocks);
    assertThatThrownBy(other::prove).hasMessageContaining("signature");
  }

  @Test
  void twoBlocksWithOneNumberAreSeen() {
    SignedBlock first = ((LogRecord.Signed) blocks.getFirst()).block();
    SignedBlock other =
        node.sign(
            new SignedBlock(
                first.signer(),
                first.epoch(),
                first.number(),
                first.previous(),
                first.covered().subList(0, 1),
                Bytes.EMPTY));
    if (first.covered().size() == 1) {
      other = node.sign(changed(first, "hash"));
    }
    LogRecord twin = new LogRecord.Signed(other);
    verifier.record(node.card());
    verifier.record(blocks.getFirst());
    assertThatThrownBy(() -> verifier.record(twin)).hasMessageContaining("another one");
    LogVerifier later = verifier();
    later.record(node.card());
    later.record(blocks.getFirst());
    later.prove();
    assertThatThrownBy(() -> later.record(twin)).hasMessageContaining("another one");
  }

  @Test
  void aWindowThatBeginsAnewIsBelievedWithItsBlocks() {
    window(records, blocks);
    verifier.prove();
    verifier.record(records.getFirst());
    verifier.record(node.card());
    tell(verifier, blocks);
    verifier.prove();
    tell(verifier, records.subList(1, records.size()));
    assertThat(verifier.unsigned()).isZero();
    ticks(verifier, LONG);
  }

  @Test
  void whatItRemembersIsBounded() {
    verifier.windowComplete();
    LogScript script = LogScript.open(EPOCH, TARGETS).video().audio();
    ProtocolException fault = fault(() -> tell(verifier, script.segments(3000).records()));
    assertThat(fault).hasMessageContaining("more than 20000 records are not signed");
  }
}

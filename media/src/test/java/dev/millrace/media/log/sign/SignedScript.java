package dev.millrace.media.log.sign;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignerKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A node that signs what a log script wrote, in blocks of any length. */
public final class SignedScript {
  public static final StreamPath PATH = new StreamPath("live", "main");

  /** What stands for the cluster's voucher in tests. */
  public static final Bytes VOUCHER = Bytes.wrap(new byte[32]);

  private final SigningKey key = SigningKey.generate();
  private final LogSigner signer = new LogSigner(PATH, key.id());
  private final Random random;

  public SignedScript(Random random) {
    this.random = random;
  }

  /** Whether a key is one that tests vouch for. */
  public static boolean vouched(SignerKey card) {
    return card.voucher().equals(VOUCHER);
  }

  public SigningKey key() {
    return key;
  }

  public LogRecord.SignerTold card() {
    return new LogRecord.SignerTold(new SignerKey(key.publicKey(), VOUCHER));
  }

  /** Signs these records in a chain of this tenure, and gives the blocks. */
  public List<LogRecord> blocks(List<LogRecord> records, long tenure) {
    signer.begin(tenure);
    List<LogRecord> blocks = new ArrayList<>();
    for (LogRecord record : records) {
      LogHashes.covered(record, tenure).ifPresent(signer::add);
      if (random.nextInt(4) == 0) {
        close().ifPresent(blocks::add);
      }
    }
    for (Optional<LogRecord> last = close(); last.isPresent(); last = close()) {
      blocks.add(last.get());
    }
    return blocks;
  }

  private Optional<LogRecord> close() {
    return signer.close().map(block -> new LogRecord.Signed(sign(block)));
  }

  /** The block with a right signature of this node. */
  public SignedBlock sign(SignedBlock block) {
    return block.with(key.sign(block.text(PATH)));
  }
}

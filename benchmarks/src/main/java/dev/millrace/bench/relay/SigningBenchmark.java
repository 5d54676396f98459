package dev.millrace.bench.relay;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogPosition;
import dev.millrace.media.log.LogRecord;
import dev.millrace.media.log.RecordName;
import dev.millrace.media.log.SignedBlock;
import dev.millrace.media.log.SignedBlock.Covered;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.sign.LogSigner;
import dev.millrace.media.log.sign.LogVerifier;
import dev.millrace.media.log.sign.SigningKey;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a block of a signed log costs its writer and each copy, and what the chunk hashes of a part
 * of 250 kB cost. Decides how long a block is kept open.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SigningBenchmark {
  private static final StreamPath PATH = new StreamPath("live", "bench");
  private static final int RECORDS = 4;

  private final SigningKey key = SigningKey.generate();
  private final SignerKey card = new SignerKey(key.publicKey(), key.publicKey());
  private final Bytes part = Bytes.wrap(new byte[250_000]);
  private final SignedBlock signed = block(key);

  @Benchmark
  public SignedBlock signBlock() {
    return block(key);
  }

  private static SignedBlock block(SigningKey key) {
    LogSigner signer = new LogSigner(PATH, key.id());
    signer.begin(1);
    for (int i = 0; i < RECORDS; i++) {
      RecordName name = new RecordName.Entry("720p", new LogPosition(1, 1, i));
      signer.add(new Covered(name, key.publicKey()));
    }
    SignedBlock block = signer.close().orElseThrow();
    return block.with(key.sign(block.text(PATH)));
  }

  @Benchmark
  public List<LogRecord.Signing> verifyBlock() {
    LogVerifier verifier = new LogVerifier(PATH, any -> true, true);
    verifier.record(new LogRecord.SignerTold(card));
    verifier.record(new LogRecord.Signed(signed));
    return verifier.prove();
  }

  @Benchmark
  public Bytes hashChunks() {
    return MerkleTree.root(part);
  }
}

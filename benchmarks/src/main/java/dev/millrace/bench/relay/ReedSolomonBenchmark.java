package dev.millrace.bench.relay;

import dev.millrace.media.Bytes;
import dev.millrace.relay.mesh.ReedSolomon;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
 * What parity costs the sender of a part of 250 kB, and losses its receivers. Decides whether plain
 * Java is enough for binding M.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReedSolomonBenchmark {
  private static final int K = ReedSolomon.MAX_SOURCE;
  private static final int SYMBOL_BYTES = 1312;
  private static final int LOST = 8;

  private final List<Bytes> source = source();
  private final List<Integer> indices = new ArrayList<>();
  private final List<Bytes> received = received();

  /** Of the eight that a sender adds at 2 % loss. */
  @Benchmark
  public Bytes oneParitySymbol() {
    return ReedSolomon.parity(source, K);
  }

  @Benchmark
  public List<Bytes> decodeWithoutEightSymbols() {
    return ReedSolomon.decode(K, indices, received);
  }

  private static List<Bytes> source() {
    Random random = new Random(1);
    List<Bytes> source = new ArrayList<>();
    for (int i = 0; i < K; i++) {
      byte[] symbol = new byte[SYMBOL_BYTES];
      random.nextBytes(symbol);
      source.add(Bytes.wrap(symbol));
    }
    return source;
  }

  private List<Bytes> received() {
    List<Bytes> symbols = new ArrayList<>();
    for (int index = LOST; index < K + LOST; index++) {
      indices.add(index);
      symbols.add(index < K ? source.get(index) : ReedSolomon.parity(source, index));
    }
    return symbols;
  }
}

package dev.millrace.bench.cmaf;

import dev.millrace.media.Bytes;
import dev.millrace.media.cmaf.Fragment;
import dev.millrace.media.cmaf.Sample;
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
 * How long one half-second video part of 2.5 Mbit/s takes to be written, and to be hashed for the
 * log. Decides whether writing or hashing is what a packager's CPU goes to.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FragmentBenchmark {
  private final List<Sample> samples = samples();
  private final Bytes part = Fragment.write(1, 0, samples);

  @Benchmark
  public Bytes writePart() {
    return Fragment.write(1, 90_000, samples);
  }

  @Benchmark
  public Bytes hashPart() {
    return part.sha256();
  }

  private static List<Sample> samples() {
    Random random = new Random(1);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      byte[] data = new byte[i == 0 ? 46_000 : 9_000];
      random.nextBytes(data);
      samples.add(new Sample(i % 3 == 0 ? 2970 : 3015, 0, i == 0, Bytes.wrap(data)));
    }
    return samples;
  }
}

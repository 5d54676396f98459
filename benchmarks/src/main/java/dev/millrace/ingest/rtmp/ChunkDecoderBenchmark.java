package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * How long one second of a 2.5 Mbit/s publisher takes to become messages again: 30 video messages,
 * 47 audio messages. Decides whether the chunk decoder is worth another look: at 100 publishers a
 * millisecond here is a tenth of a core. In the decoder's own package, for it is not public.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ChunkDecoderBenchmark {
  /** 128 is the protocol's default, 4096 what OBS and this server set. */
  @Param({"128", "4096"})
  public int chunkSize;

  private ByteBuf second = Unpooled.EMPTY_BUFFER;

  @Setup(Level.Trial)
  public void encodeOneSecond() {
    ChunkEncoder encoder = new ChunkEncoder();
    encoder.setChunkSize(chunkSize);
    second = Unpooled.directBuffer(400_000);
    for (int millis = 0, video = 0, audio = 0; millis < 1000; millis++) {
      if (millis >= video * 1000 / 30) {
        encoder.write(message(6, millis, MessageType.VIDEO, video == 0 ? 46_000 : 9_000), second);
        video++;
      }
      if (millis >= audio * 1000 / 47) {
        encoder.write(message(4, millis, MessageType.AUDIO, 343), second);
        audio++;
      }
    }
  }

  @TearDown(Level.Trial)
  public void release() {
    second.release();
  }

  @Benchmark
  public void decodeOneSecond(Blackhole sink) {
    ChunkDecoder decoder = new ChunkDecoder(RtmpLimits.DEFAULT, sink::consume);
    decoder.setChunkSize(chunkSize);
    decoder.read(second.duplicate());
  }

  private static ChunkMessage message(int chunkStream, int timestamp, int type, int length) {
    byte[] payload = new byte[length];
    new Random(length).nextBytes(payload);
    return new ChunkMessage(chunkStream, timestamp, type, 1, Bytes.wrap(payload));
  }
}

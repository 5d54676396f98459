package dev.millrace.edge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the relay at this node sends, for operators and for players. Called on event loops: nothing
 * here may block, and stages may complete on any thread; one that fails says who is wrong as in
 * {@link ClusterAdmin}.
 *
 * @param channels of IPTV, in the order in which they began
 * @param playlist the same as M3U
 * @param description one of them, by its name, as SDP
 * @param put begins a channel of this name, or changes it: what is sent and where, in the form of
 *     the configuration
 * @param remove ends the channel of this name
 * @param received channels, in the order of the configuration
 * @param transport the channels themselves
 */
public record EdgeRelay(
    Supplier<List<Channel>> channels,
    Supplier<String> playlist,
    Function<String, Optional<String>> description,
    BiFunction<String, String, CompletionStage<Void>> put,
    Function<String, CompletionStage<Void>> remove,
    Supplier<List<Channel>> received,
    TransportStreams transport) {

  /**
   * One channel.
   *
   * @param stream that is sent, or that a received channel becomes; empty for none
   * @param line as the configuration has it
   * @param url as receivers write it
   * @param trouble empty where all is well
   * @param counters by name
   */
  public record Channel(
      String name,
      String stream,
      String line,
      String url,
      String state,
      String trouble,
      Map<String, Long> counters) {}

  /** No relay. */
  public static final EdgeRelay NONE =
      new EdgeRelay(
          List::of,
          () -> "#EXTM3U\n",
          name -> Optional.empty(),
          (name, line) -> refused(),
          name -> refused(),
          List::of,
          TransportStreams.NONE);

  private static CompletionStage<Void> refused() {
    return CompletableFuture.failedFuture(
        new IllegalStateException("this node has not the role relay"));
  }
}

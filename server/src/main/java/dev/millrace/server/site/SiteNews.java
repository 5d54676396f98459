package dev.millrace.server.site;

import dev.millrace.cluster.ClusterView;
import dev.millrace.cluster.Holding;
import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.SignerKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What an edge tells the relays of sites each second, a line for each: {@code stream APP/NAME STATE
 * EPOCH} and {@code signer KEY VOUCHER}. Immutable.
 */
public record SiteNews(Map<StreamPath, Stream> streams, List<SignerKey> signers) {
  /** Nothing yet. */
  public static final SiteNews NONE = new SiteNews(Map.of(), List.of());

  private static final int KEY_BYTES = 32;

  /** How a stream is doing, by the best that the cluster has of its newest session. */
  public record Stream(Holding.State state, long epoch) {
    private static final List<Holding.State> BEST =
        List.of(Holding.State.AWAY, Holding.State.LIVE, Holding.State.ENDED);
  }

  public SiteNews {
    streams = Map.copyOf(streams);
    signers = List.copyOf(signers);
  }

  /**
   * What the cluster has now.
   *
   * @param told the streams that the site may know of
   */
  public static SiteNews of(ClusterView view, Predicate<StreamPath> told, List<SignerKey> signers) {
    Map<StreamPath, Stream> streams = new TreeMap<>();
    for (StreamPath path : view.streams().stream().filter(told).toList()) {
      List<Holding> holdings = view.holders(path).stream().map(ClusterView.Held::holding).toList();
      long newest = holdings.stream().mapToLong(Holding::epoch).max().orElse(0);
      List<Holding.State> states =
          holdings.stream().filter(each -> each.epoch() == newest).map(Holding::state).toList();
      if (!states.isEmpty()) {
        streams.put(path, new Stream(best(states), newest));
      }
    }
    return new SiteNews(streams, signers);
  }

  private static Holding.State best(List<Holding.State> states) {
    return Stream.BEST.stream().filter(states::contains).findFirst().orElse(states.getFirst());
  }

  /** The text form. */
  public String text() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(streams)
        .forEach(
            (path, stream) ->
                text.append("stream ")
                    .append(path)
                    .append(' ')
                    .append(stream.state)
                    .append(' ')
                    .append(stream.epoch)
                    .append('\n'));
    for (SignerKey key : signers) {
      text.append("signer ")
          .append(key.publicKey().hex())
          .append(' ')
          .append(key.voucher().hex())
          .append('\n');
    }
    return text.toString();
  }

  /**
   * Reads the text form; lines that it does not know are passed over.
   *
   * @throws ProtocolException (malformed) if a known line is not right
   */
  public static SiteNews parse(String text) {
    Map<StreamPath, Stream> streams = new TreeMap<>();
    List<SignerKey> signers = new ArrayList<>();
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", -1);
      try {
        if (words[0].equals("stream") && words.length == 4) {
          streams.put(
              StreamPath.parse(words[1]),
              new Stream(Holding.State.valueOf(words[2]), Long.parseLong(words[3])));
        } else if (words[0].equals("signer") && words.length == 3) {
          signers.add(new SignerKey(key(words[1]), key(words[2])));
        }
      } catch (IllegalArgumentException e) {
        throw ProtocolException.malformed("'" + line + "' is no news of an edge");
      }
    }
    return new SiteNews(streams, signers);
  }

  private static Bytes key(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key has 32 bytes");
    }
    return Bytes.wrap(bytes);
  }
}

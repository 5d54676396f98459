package dev.millrace.server;

import dev.millrace.cluster.secret.ClusterKeys;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogCheck;
import dev.millrace.media.log.LogTrust;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.sign.LogVerifier;
import dev.millrace.media.log.sign.SigningKey;
import dev.millrace.origin.LogSigning;
import dev.millrace.server.identity.NodeKey;
import dev.millrace.server.site.SignerBook;
import java.security.MessageDigest;
import java.util.function.BiFunction;

/**
 * With what a node of a cluster signs logs, and how it verifies those of others
 * (docs/reference/relay-protocol.md). Any thread.
 */
final class Signatures {
  private final ClusterKeys cluster;
  private final SignerKey card;
  private final LogSigning signing;
  private final SignerBook book = new SignerBook();

  /**
   * Finds or makes the node's key.
   *
   * @throws dev.millrace.server.config.ConfigException if the data folder has another file there
   */
  Signatures(NodeServices node, ClusterKeys cluster) {
    this.cluster = cluster;
    SigningKey key = NodeKey.findOrCreate(node.folder());
    this.card = new SignerKey(key.publicKey(), cluster.voucher(key.publicKey()));
    book.add(card);
    this.signing = new LogSigning(key, card, LogSigning.DELAY, node.timer(), node.tasks());
  }

  /** For the node's store. */
  LogSigning signing() {
    return signing;
  }

  /** The keys that were found to be of this cluster. */
  SignerBook book() {
    return book;
  }

  /** What others are told of the key. */
  SignerKey card() {
    return card;
  }

  /**
   * For what viewers are shown: other nodes' logs are verified behind, and the node's own store is
   * not.
   *
   * @param passedOn whether relays read it too, and are told the blocks
   */
  LogTrust forViewers(PartSource own, boolean passedOn) {
    return trust(
        (path, holder) -> holder.equals(own) ? LogCheck.believing() : verifier(path, passedOn),
        passedOn);
  }

  /** For copies, which pass on what was verified. */
  LogTrust forCopies() {
    return trust((path, holder) -> verifier(path, true), true);
  }

  private static LogTrust trust(
      BiFunction<StreamPath, PartSource, LogCheck> checks, boolean passesOn) {
    return new LogTrust() {
      @Override
      public LogCheck check(StreamPath path, PartSource holder) {
        return checks.apply(path, holder);
      }

      @Override
      public boolean passesOn() {
        return passesOn;
      }
    };
  }

  private LogVerifier verifier(StreamPath path, boolean each) {
    return new LogVerifier(path, this::isOfCluster, each);
  }

  private boolean isOfCluster(SignerKey key) {
    boolean vouched =
        MessageDigest.isEqual(key.voucher().toArray(), cluster.voucher(key.publicKey()).toArray());
    if (vouched) {
      book.add(key);
    }
    return vouched;
  }
}

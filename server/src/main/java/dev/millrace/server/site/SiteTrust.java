package dev.millrace.server.site;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogCheck;
import dev.millrace.media.log.LogTrust;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.SignerKey;
import dev.millrace.media.log.sign.LogVerifier;
import java.util.function.Predicate;

/**
 * How a relay takes logs: record by record as they are proven, and passed on with their blocks. An
 * edge is believed who signs; of other relays only keys are taken that an edge has told.
 */
public final class SiteTrust implements LogTrust {
  private final Predicate<PartSource> isEdge;
  private final SignerBook signers;

  public SiteTrust(Predicate<PartSource> isEdge, SignerBook signers) {
    this.isEdge = isEdge;
    this.signers = signers;
  }

  @Override
  public LogCheck check(StreamPath path, PartSource holder) {
    return LogVerifier.holding(path, isEdge.test(holder) ? this::learn : signers::contains);
  }

  private boolean learn(SignerKey key) {
    signers.add(key);
    return true;
  }

  @Override
  public boolean passesOn() {
    return true;
  }
}

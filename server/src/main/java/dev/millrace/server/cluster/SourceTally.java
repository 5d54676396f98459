package dev.millrace.server.cluster;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.PartSource;
import dev.millrace.media.log.SourceEvents;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts and logs what happens to the logs that are followed at other nodes. Any thread. */
public final class SourceTally implements SourceEvents {
  private static final Logger log = LoggerFactory.getLogger(SourceTally.class);

  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong mismatches = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong restarts = new AtomicLong();

  @Override
  public void followed(StreamPath path, PartSource holder) {
    log.atDebug().addKeyValue("stream", path).log("followed at {}", holder);
  }

  @Override
  public void lost(StreamPath path, PartSource holder, String reason) {
    lost.incrementAndGet();
    log.atInfo()
        .addKeyValue("stream", path)
        .addKeyValue("reason", reason)
        .log("not followed at {} any more", holder);
  }

  @Override
  public void mismatch(StreamPath path, PartSource holder, String file) {
    mismatches.incrementAndGet();
    log.atWarn()
        .addKeyValue("stream", path)
        .log("{} sent other bytes of {} than the log names; another node is asked", holder, file);
  }

  @Override
  public void refused(StreamPath path, PartSource holder, String reason) {
    refused.incrementAndGet();
    log.atWarn()
        .addKeyValue("stream", path)
        .addKeyValue("reason", reason)
        .log("the log that {} tells does not verify; another node is followed", holder);
  }

  @Override
  public void restarted(StreamPath path) {
    restarts.incrementAndGet();
    log.atWarn()
        .addKeyValue("stream", path)
        .log("no node had what came next: the window begins anew behind a hole");
  }

  /** Logs that were followed and are no more, for whatever reason. */
  public long lost() {
    return lost.get();
  }

  /** Bytes that were thrown away. */
  public long mismatches() {
    return mismatches.get();
  }

  /** Logs that did not verify. */
  public long refused() {
    return refused.get();
  }

  /** Holes. */
  public long restarts() {
    return restarts.get();
  }
}

package dev.millrace.relay.iptv;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.Publication;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.ts.TsReader;
import dev.millrace.media.ts.TsTags;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a received channel as a stream: as long as it comes, and anew when it comes back. Where
 * several nodes receive it, one publishes and the others stand by. A viewer of {@link IptvIn}: all
 * but the constructor on its thread.
 */
public final class GroupPublisher implements TsViewer {
  private static final Logger log = LoggerFactory.getLogger(GroupPublisher.class);

  /** More than a key frame of 100 Mbit/s. */
  private static final int MAX_PES_BYTES = 8 << 20;

  private static final long SECOND = 1_000_000_000;
  private static final long SILENT = 3 * SECOND;
  private static final long AGAIN = 2 * SECOND;

  private final ReceivedChannel channel;
  private final StreamPath path;
  private final Function<PublishRequest, PublishResult> hub;
  private final Predicate<StreamPath> publishedElsewhere;
  private final LongSupplier nanoTime;
  private @Nullable Session session;
  private long cameAt;
  private long notBefore;
  private String refusal = "";

  /** One publication and what reads into it. */
  private final class Session implements TsTags.Output {
    final Publication publication;
    final FlvPublisher publisher;
    final TsReader reader;

    Session(Publication publication) {
      this.publication = publication;
      this.publisher = new FlvPublisher(publication, FlvLimits.DEFAULT);
      this.reader = new TsReader(new TsTags(this), MAX_PES_BYTES);
    }

    @Override
    public void tag(int type, int timestampMs, Bytes body) {
      publisher.tag(type, timestampMs, body, cameAt);
    }

    @Override
    public void unsupported(String what) {
      publication.stream().setWarning("iptv", what);
    }
  }

  /**
   * @param channel with a stream that it becomes
   * @param publishedElsewhere whether another node publishes a stream now
   */
  public GroupPublisher(
      ReceivedChannel channel,
      Function<PublishRequest, PublishResult> hub,
      Predicate<StreamPath> publishedElsewhere,
      LongSupplier nanoTime) {
    this.channel = channel;
    this.path = channel.publish().orElseThrow();
    this.hub = hub;
    this.publishedElsewhere = publishedElsewhere;
    this.nanoTime = nanoTime;
    this.notBefore = nanoTime.getAsLong();
  }

  @Override
  public void packets(Bytes packets) {
    cameAt = nanoTime.getAsLong();
    if (session != null && !session.publication.isCurrent()) {
      // Another publisher has it: a newer one, or this one on another node.
      end("taken over");
    }
    if (session == null) {
      if (cameAt < notBefore) {
        return;
      }
      notBefore = cameAt + AGAIN;
      session = publishedElsewhere.test(path) ? null : begin();
    }
    if (session != null) {
      try {
        session.reader.read(packets);
      } catch (ProtocolException e) {
        log.atWarn().addKeyValue("stream", path).log("iptv {}: {}", channel.name(), e.getMessage());
        end(String.valueOf(e.getMessage()));
      }
    }
  }

  private @Nullable Session begin() {
    // Same name on every node that receives it: one goes on where another has ended.
    Grant grant = new Grant(path, "iptv:" + channel.name());
    PublisherFacts facts = new PublisherFacts(channel.url(), "iptv " + channel.name(), "mpeg-ts");
    return switch (hub.apply(new PublishRequest(grant, facts, () -> {}))) {
      case PublishResult.Accepted accepted -> {
        refusal = "";
        log.atInfo()
            .addKeyValue("stream", path)
            .log("iptv {}: published from {}", channel.name(), channel.url());
        yield new Session(accepted.publication());
      }
      case PublishResult.Refused(String reason) -> {
        if (!reason.equals(refusal)) {
          log.atWarn().addKeyValue("stream", path).log("iptv {}: {}", channel.name(), reason);
        }
        refusal = reason;
        yield null;
      }
    };
  }

  /** Ends the publication of a channel that has fallen silent. */
  @Override
  public void tick() {
    if (session != null && nanoTime.getAsLong() - cameAt >= SILENT) {
      end("the group is silent");
    }
  }

  private void end(String reason) {
    if (session != null) {
      session.publication.end(reason);
      session = null;
      notBefore = nanoTime.getAsLong() + AGAIN;
    }
  }
}

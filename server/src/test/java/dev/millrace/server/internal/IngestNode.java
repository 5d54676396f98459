package dev.millrace.server.internal;

import dev.millrace.media.StreamPath;
import dev.millrace.media.feed.VideoRung.Codec;
import dev.millrace.media.flv.FlvFileReader;
import dev.millrace.media.flv.FlvTag;
import dev.millrace.media.live.FlvLimits;
import dev.millrace.media.live.FlvPublisher;
import dev.millrace.media.live.Grant;
import dev.millrace.media.live.LadderFacts;
import dev.millrace.media.live.LiveConfig;
import dev.millrace.media.live.LiveStreams;
import dev.millrace.media.live.Publication;
import dev.millrace.media.live.PublishRequest;
import dev.millrace.media.live.PublishResult;
import dev.millrace.media.live.PublisherFacts;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.http.TrustedAuthority;
import dev.millrace.origin.GenerationGate;
import dev.millrace.origin.OriginConfig;
import dev.millrace.origin.OriginStore;
import dev.millrace.origin.http.BodyLimits;
import dev.millrace.testkit.SharedMedia;
import dev.millrace.transcoder.feed.FeedLimits;
import dev.millrace.transcoder.ladder.LadderServices;
import dev.millrace.transcoder.ladder.LadderSettings;
import dev.millrace.transcoder.ladder.RungSetting;
import dev.millrace.transcoder.ladder.StreamLadder;
import dev.millrace.transcoder.packager.SequenceNumbers;
import dev.millrace.transcoder.packager.StreamPackager;
import dev.millrace.transcoder.worker.EncoderPreference;
import dev.millrace.transcoder.worker.PlacedWorkers;
import dev.millrace.transcoder.worker.WorkerJob;
import dev.millrace.transcoder.worker.WorkerPlace;
import dev.millrace.transcoder.worker.WorkerPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;

/** A node that takes one stream in, packages it, and has it encoded elsewhere. */
final class IngestNode implements AutoCloseable {
  static final StreamPath PATH = new StreamPath("live", "main");
  static final InternalToken TOKEN = new InternalToken("of-the-cluster");
  static final String NO_TRANSCODER = "no node of the cluster has the role transcoder";

  private final OriginStore store = new OriginStore(OriginConfig.defaults(), System::nanoTime);
  private final GenerationGate gate = new GenerationGate(store);
  private final List<TranscoderNode> transcoders = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final LiveStreams streams =
      new LiveStreams(LiveConfig.DEFAULT, InstantSource.system(), System::nanoTime, timer);
  private final TrustedAuthority authority;
  private final RemoteWorkers remote;
  private final InternalServer server;
  private final StreamLadder ladder;
  private final Thread packager;
  private final Thread publisher;
  private volatile boolean closed;

  IngestNode(Path folder, InternalTls tls, TrustedAuthority authority) throws IOException {
    this.authority = authority;
    this.remote = new RemoteWorkers(authority, TOKEN, System::nanoTime);
    Publication publication = publication();
    this.ladder = new StreamLadder(publication.stream(), services());
    this.server =
        new InternalServer(
            InternalConfig.clustered("127.0.0.1", 0, InternalConfig.Advertised.AS_BOUND, tls, 1),
            TOKEN,
            List.of(
                new FeedRoute((path, generation) -> Optional.of(ladder.feed(generation))),
                new WriterRoute(gate, BodyLimits.DEFAULT)));
    server.start();
    StreamPackager packaging =
        new StreamPackager(
            publication.stream(),
            store,
            Targets.DEFAULT,
            new SequenceNumbers(Files.createDirectories(folder), InstantSource.system()),
            InstantSource.system(),
            System::nanoTime,
            ladder);
    packager = Thread.ofVirtual().start(packaging);
    List<FlvTag> tags = new ArrayList<>();
    byte[] file = SharedMedia.bytes("media/bbb_480p_gop2s.flv");
    new FlvFileReader(4 << 20, tags::add).feed(file, 0, file.length);
    publisher = Thread.ofVirtual().start(() -> publish(publication, tags));
  }

  private Publication publication() {
    PublishRequest request =
        new PublishRequest(
            new Grant(PATH, "key"), new PublisherFacts("127.0.0.1", "test", "rtmp"), () -> {});
    return ((PublishResult.Accepted) streams.publish(request)).publication();
  }

  private LadderServices services() {
    WorkerPlaces places =
        new WorkerPlaces() {
          @Override
          public List<WorkerPlace> of(StreamPath path) {
            return transcoders.stream()
                .filter(TranscoderNode::takesWork)
                .map(TranscoderNode::place)
                .toList();
          }

          @Override
          public String whyNone() {
            return NO_TRANSCODER;
          }
        };
    return new LadderServices(
        new LadderSettings(
            LadderSettings.Mode.LIST,
            LadderSettings.DEFAULT_TABLE,
            List.of(new RungSetting(160, 200_000, Codec.H264)),
            LadderSettings.HevcPolicy.H264,
            List.of(64_000L)),
        Optional.of(new PlacedWorkers(places, remote::at, System::nanoTime)),
        this::job,
        new GatedWriters(gate),
        1L << 30,
        FeedLimits.DEFAULT,
        Optional.empty(),
        System::nanoTime);
  }

  private WorkerJob job(StreamPath path, long generation) {
    return new WorkerJob(
        server.feedAddress(path),
        server.address(),
        TOKEN.secret(),
        authority,
        generation,
        path,
        EncoderPreference.LIBX264,
        "ultrafast",
        0,
        Duration.ZERO,
        160,
        Duration.ofMillis(500),
        true);
  }

  /** In real time, again and again. */
  private void publish(Publication publication, List<FlvTag> tags) {
    FlvPublisher to = new FlvPublisher(publication, FlvLimits.DEFAULT);
    int lengthMs = tags.getLast().timestamp() + 40;
    long startNanos = System.nanoTime();
    for (int round = 0; ; round++) {
      for (FlvTag tag : tags) {
        int atMs = round * lengthMs + tag.timestamp();
        long early = startNanos + atMs * 1_000_000L - System.nanoTime();
        if (early > 0) {
          LockSupport.parkNanos(early);
        }
        if (closed) {
          publication.end("the test is over");
          return;
        }
        to.tag(tag.type(), atMs, tag.body(), System.nanoTime());
      }
    }
  }

  void add(TranscoderNode node) {
    transcoders.add(node);
  }

  LadderFacts ladder() {
    return ladder.facts();
  }

  OriginStore store() {
    return store;
  }

  /** Wall time at which the source's log ends, microseconds; 0 before its first part. */
  long sourceEndPdtUs() {
    return store.tail(PATH, "video").map(tail -> tail.endPdtUs()).orElse(0L);
  }

  @Override
  public void close() {
    closed = true;
    try {
      publisher.join();
      streams.close();
      packager.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ladder.close();
    server.close();
    remote.close();
    timer.shutdownNow();
    store.close();
  }
}

package dev.millrace.edge;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * What the event loops of one edge share; every member is safe on any thread.
 *
 * @param phase whether more viewers are wanted
 */
record EdgeNode(
    EdgeConfig config,
    EdgeSources sources,
    EdgeStreams streams,
    MediaCache media,
    SegmentHashes hashes,
    Posters posters,
    LiveFacts facts,
    StreamsApi api,
    ClusterApi cluster,
    WebFiles web,
    HeldRequests held,
    EdgeCounters counters,
    ViewerIdentity identity,
    AtomicReference<NodePhase> phase,
    InstantSource wall,
    LongSupplier nanoTime) {}

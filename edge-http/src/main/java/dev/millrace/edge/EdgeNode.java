package dev.millrace.edge;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * What the event loops of one edge share; every member is safe on any thread.
 *
 * @param draining whether viewers are asked to leave
 */
record EdgeNode(
    EdgeConfig config,
    EdgeSources sources,
    EdgeStreams streams,
    MediaCache media,
    Posters posters,
    LiveFacts facts,
    StreamsApi api,
    ClusterApi cluster,
    WebFiles web,
    HeldRequests held,
    EdgeCounters counters,
    ViewerIdentity identity,
    AtomicBoolean draining,
    InstantSource wall,
    LongSupplier nanoTime) {}

package dev.millrace.edge;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/** What the event loops of one edge share; every member is safe on any thread. */
record EdgeNode(
    EdgeConfig config,
    EdgeSources sources,
    EdgeStreams streams,
    MediaCache media,
    LiveFacts facts,
    StreamsApi api,
    WebFiles web,
    HeldRequests held,
    EdgeCounters counters,
    ViewerIdentity identity,
    InstantSource wall,
    LongSupplier nanoTime) {}

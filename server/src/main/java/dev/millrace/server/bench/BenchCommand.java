package dev.millrace.server.bench;

import picocli.CommandLine.Command;

/** {@code millrace bench}: measures a running node, or a worker. */
@Command(
    mixinStandardHelpOptions = true,
    name = "bench",
    description = "Measures what a running node costs under load, and a worker beside ffmpeg.",
    subcommands = {IngestBench.class, HlsBench.class, TrackerBench.class, TranscodeBench.class})
public final class BenchCommand {}

package dev.millrace.server.bench;

import picocli.CommandLine.Command;

/** {@code millrace bench}: load drivers against a running node. */
@Command(
    mixinStandardHelpOptions = true,
    name = "bench",
    description = "Loads a running node over loopback and reports what it cost.",
    subcommands = {IngestBench.class, HlsBench.class})
public final class BenchCommand {}

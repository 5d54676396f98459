package dev.millrace.server.chaos;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long, how much, and where.
 *
 * @param length of the time in which nodes are hit
 * @param seed decides what is done to which node
 * @param streams published all the while, {@code live/chaos-1} and so on
 * @param players in all, spread over streams and edges
 * @param folder for data and output of the nodes
 */
public record ChaosSettings(
    Duration length, long seed, int nodes, int streams, int players, Path folder) {}

package dev.millrace.server.chaos;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long, how much, and where.
 *
 * @param length of the time in which actions begin
 * @param actions the most of them
 * @param seed decides what is done to which node
 * @param rest the longest time between two actions
 * @param stop how long a node stands still or the network is cut, at most
 * @param streams published all the while, {@code live/chaos-1} and so on
 * @param players in all, spread over streams and edges
 * @param folder for data and output of the nodes
 */
public record ChaosSettings(
    Duration length,
    int actions,
    long seed,
    Duration rest,
    Duration stop,
    int nodes,
    int streams,
    int players,
    Path folder) {}

package dev.millrace.cluster;

import java.net.URI;
import java.util.Optional;

/**
 * Where a node is found.
 *
 * @param internal its internal HTTP, for nodes and workers; without a path
 * @param viewers what players and browsers use, without a path; empty where it has no edge
 * @param publishers {@code rtmp://HOST:PORT}; empty where it takes none
 */
public record NodeAddresses(URI internal, Optional<URI> viewers, Optional<URI> publishers) {}

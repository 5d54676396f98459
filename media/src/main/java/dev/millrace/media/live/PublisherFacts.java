package dev.millrace.media.live;

/**
 * Who publishes, for people to read.
 *
 * @param remoteAddress host and port of the peer
 * @param agent what the peer calls itself, for example {@code obs-output module (libobs version
 *     29.0.2)}; empty if it does not say
 * @param protocol {@code rtmp}, {@code rtmps}
 */
public record PublisherFacts(String remoteAddress, String agent, String protocol) {}

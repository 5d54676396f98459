package dev.millrace.media.live;

/**
 * Asks for a path.
 *
 * @param onTakenOver closes the publisher's connection when a newer publication of the same owner
 *     has taken the path, here or on another node; called at most once, on the newer publisher's or
 *     the cluster's thread; must not block
 */
public record PublishRequest(Grant grant, PublisherFacts publisher, Runnable onTakenOver) {}

package dev.millrace.media.feed;

/**
 * An audio rendition that a worker makes: AAC-LC stereo.
 *
 * @param name of the rendition, for example {@code audio-64k}
 */
public record AudioRung(String name, long bitrateBps) {}

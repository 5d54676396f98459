/**
 * The feed of one stream: what its packager tells goes in on the packager's thread, bounded
 * subscribers read it on theirs. Pure Java; how it travels is {@code dev.millrace.media.feed}.
 */
@NullMarked
package dev.millrace.transcoder.feed;

import org.jspecify.annotations.NullMarked;

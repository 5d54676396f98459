/**
 * Posters and thumbnails where no worker runs: key frames of H.264 decoded in pure Java by JCodec,
 * scaled, and written as JPEG. One thread a node, called "pictures", on a budget of its own; {@link
 * dev.millrace.transcoder.picture.PosterMaker} is the way in. JCodec is used in this package only.
 */
@NullMarked
package dev.millrace.transcoder.picture;

import org.jspecify.annotations.NullMarked;

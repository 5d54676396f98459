/**
 * Which renditions are made of a source: settings and planning (pure), and what ties plan, feed,
 * worker and keeper of one stream together.
 */
@NullMarked
package dev.millrace.transcoder.ladder;

import org.jspecify.annotations.NullMarked;

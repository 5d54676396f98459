/** Tests. */
@NullMarked
package dev.millrace.transcoder.ladder;

import org.jspecify.annotations.NullMarked;

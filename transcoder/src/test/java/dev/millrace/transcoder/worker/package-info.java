/** Tests. */
@NullMarked
package dev.millrace.transcoder.worker;

import org.jspecify.annotations.NullMarked;

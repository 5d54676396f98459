/**
 * Action Message Format: AMF0 ("Action Message Format – AMF 0", Adobe 2007) whole but for
 * references and recordsets, and AMF3 (2013) as far as RTMP clients put it into commands. Pure
 * functions on complete messages; any thread.
 */
@NullMarked
package dev.millrace.media.amf;

import org.jspecify.annotations.NullMarked;

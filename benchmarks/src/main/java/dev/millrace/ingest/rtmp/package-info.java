/** Benches of types that are not public, in their own package. */
@NullMarked
package dev.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;

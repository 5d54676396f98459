/** Tests of RTMP: wire formats by tables, sessions over real sockets. */
@NullMarked
package dev.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
